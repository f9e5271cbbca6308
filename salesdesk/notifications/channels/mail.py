"""E-mail by Django's backend: SMTP, SendGrid (django-anymail), or what the settings say.

Errors: smtplib's, where a 4yz reply is passing and a 5yz one is not (RFC 5321, 4.2.1), and
anymail's, by HTTP status.
"""

import smtplib
from email.utils import formataddr, parseaddr

from anymail.exceptions import AnymailError, AnymailRequestsAPIError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.notifications.enums import Purpose
from salesdesk.notifications.models import Delivery
from salesdesk.notifications.wording import one_line, subject_of, text_of

UNREACHABLE = "The mail server could not be reached."


class Mail:
    def send(self, delivery: Delivery) -> str:
        if not delivery.to:
            raise NotConfigured("There is no e-mail address to send to.")
        message = EmailMessage(subject_of(delivery), text_of(delivery), _sender(delivery))
        message.to = [delivery.to]
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        message.extra_headers.update(delivery.headers)
        for each in delivery.attachments:
            message.attach(each["name"], each["text"], each["type"])
        _send(message)
        status = getattr(message, "anymail_status", None)
        return str(getattr(status, "message_id", None) or "")


def _sender(delivery: Delivery) -> str:
    """Customers see the business's name."""
    if delivery.purpose != Purpose.CUSTOMER:
        return str(settings.DEFAULT_FROM_EMAIL)
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((one_line(delivery.business.name, 78), address))


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except smtplib.SMTPException as error:
        raise _of_smtp(error) from error
    except AnymailRequestsAPIError as error:
        raise _of_http(error) from error
    except (AnymailError, ImproperlyConfigured) as error:
        raise ProviderError("The mail service refused the message.", retryable=False) from error
    except OSError as error:
        raise ProviderError(UNREACHABLE, retryable=True) from error


def _of_smtp(error: smtplib.SMTPException) -> ProviderError:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return ProviderError(
            "The mail server refused our sign-in.", retryable=error.smtp_code < 500
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        return ProviderError("The mail server refuses this address.", retryable=code < 500)
    if isinstance(error, smtplib.SMTPResponseException):
        sentence = f"The mail server refused the message (reply {error.smtp_code})."
        return ProviderError(sentence, retryable=error.smtp_code < 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return ProviderError("The mail server lacks what the message needs.", retryable=False)
    return ProviderError(UNREACHABLE, retryable=True)


def _of_http(error: AnymailRequestsAPIError) -> ProviderError:
    response = error.response
    if response is None:
        return ProviderError("The mail service could not be reached.", retryable=True)
    if response.status_code == 429 or response.status_code >= 500:
        return ProviderError("The mail service is out of order at the moment.", retryable=True)
    if response.status_code in (401, 403):
        return ProviderError("The mail service refused the API key or the sender.", retryable=False)
    sentence = f"The mail service refused the message (status {response.status_code})."
    return ProviderError(sentence, retryable=False)
