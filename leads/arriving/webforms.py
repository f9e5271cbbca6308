"""Forms on other people's sites: what they ask, who may show them, and what is sent.

What is sent comes from anybody. A form that was filled in faster than people can, twice, too often
from one address, or by what fills in a field that nobody sees, makes no lead.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from leads.arriving.arrivals import Arrived, take_lead
from leads.arriving.values import IN_WORDS
from leads.consent import record_consent
from leads.enums import ConsentKind, LeadSource
from leads.models import WebForm
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, TooMany

LEAST_SECONDS = 3
MOST_SECONDS = 12 * 3600
SALT = "leads.webform"
MOST_SENT, WINDOW_SECONDS = 20, 600
"""So many times an address may send a form in a window."""
LONGEST_LABEL, MOST_FIELDS = 120, 20
STANDARD = ("name", "first_name", "last_name", "company", "phone", "email", "address", "message")
WHO = frozenset({"name", "first_name", "last_name", "phone", "email"})


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a form was filled in: the address of who sent it, and of the page around it."""

    address: str
    page: str = ""
    browser: str = ""


def issue_token(form: WebForm) -> str:
    """Says when the form was shown; and it names what is sent, so that it counts once."""
    return signing.TimestampSigner(salt=SALT).sign(f"{form.public_id}:{secrets.token_hex(8)}")


def read_token(form: WebForm, token: str) -> str:
    """The name of what is sent. Raises ``InvalidInput`` where it was never shown, or just now."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        text = signer.unsign(token, max_age=MOST_SECONDS)
        shown_at = signing.b62_decode(token.rsplit(":", 2)[1])
    except signing.BadSignature:
        raise InvalidInput("This form was open for too long. Please send it again.") from None
    form_id, _, name = text.partition(":")
    if form_id != form.public_id:
        raise InvalidInput("This form was open for too long. Please send it again.")
    if time.time() - shown_at < LEAST_SECONDS:
        raise InvalidInput("That was quicker than we can read. Please send it again.")
    return name


def count_sending(form: WebForm, visit: Visit) -> None:
    """Raises ``TooMany`` where the address has sent this form too often."""
    who = hashlib.sha256(visit.address.encode()).hexdigest()[:24]
    key = f"webform:{form.pk}:{who}:{int(time.time() // WINDOW_SECONDS)}"
    cache.add(key, 0, WINDOW_SECONDS * 2)
    if cache.incr(key) > MOST_SENT:
        message = "Too many messages came from here. Please try again in some minutes."
        raise TooMany(message, retry_after=WINDOW_SECONDS)


def note_spam(form: WebForm) -> None:
    """Something filled in the field that nobody sees."""
    WebForm.objects.filter(pk=form.pk).update(spam_count=F("spam_count") + 1)


@transaction.atomic
def submit(
    form: WebForm, name: str, values: dict[str, Any], *, agreed: bool, visit: Visit
) -> Arrived:
    """Take the lead, and keep to what they agreed, in which words, as a proof.

    Raises ``InvalidInput`` as :func:`leads.arriving.arrivals.take_lead` does.
    """
    arrived = take_lead(
        form.business,
        source=LeadSource.WEB_FORM,
        values=values,
        origin=f"form:{form.public_id}:{name}",
        raw={"form": form.public_id, "page": visit.page[:300], "fields": values, "agreed": agreed},
    )
    if agreed and form.consent_text and not arrived.was_taken:
        for kind in form.consent_kinds:
            record_consent(
                arrived.lead,
                ConsentKind(kind),
                is_given=True,
                wording=form.consent_text,
                proof=proof_of(form, name, visit),
            )
    return arrived


def proof_of(form: WebForm, name: str, visit: Visit) -> str:
    """How it can be shown that somebody ticked the box, in one line."""
    told = {
        "form": f"{form.name} ({form.public_id})",
        "version": form.consent_version,
        "sent as": name,
        "page": visit.page[:150],
        "from": visit.address,
        "browser": visit.browser[:100],
    }
    return "; ".join(f"{key}: {value}" for key, value in told.items() if value)


# ---------------------------------------------------------------- what people set up


def add_form(business: Business, **values: Any) -> WebForm:
    """A new form. Raises ``InvalidInput`` where it does not ask who it is."""
    form = WebForm(business=business, **values)
    _check(form)
    form.save()
    return form


def change_form(form: WebForm, **values: Any) -> WebForm:
    """Change it; other words of consent are its next version. Raises as :func:`add_form`."""
    words = form.consent_text
    for key, value in values.items():
        setattr(form, key, value)
    if form.consent_text != words:
        form.consent_version += 1
    _check(form)
    form.save()
    return form


def _check(form: WebForm) -> None:
    if not WHO & {field["key"] for field in form.fields}:
        raise InvalidInput("Ask for a name, a phone number or an e-mail address at least.")
    if len(form.fields) > MOST_FIELDS:
        raise InvalidInput(f"A form has {MOST_FIELDS} fields at most.")
    if form.consent_kinds and not form.consent_text:
        raise InvalidInput("Write what people agree to.")


def frame_ancestors(form: WebForm) -> list[str]:
    """Who may show the form in a frame, as a content security policy says it."""
    return ["'self'", *(form.origins or ["*"])]


def origin_of(text: str) -> str:
    """``https://example.com``, of an address of that site. Raises ``InvalidInput``."""
    parts = urlsplit(text.strip() if "//" in text else f"https://{text.strip()}")
    host = parts.netloc
    fits = host and all(sign.isalnum() or sign in ".-:" for sign in host)
    if parts.scheme not in ("http", "https") or not fits:
        raise InvalidInput(f"“{text}” is no site; write https://example.com.")
    return f"{parts.scheme}://{host.lower()}"


def label_of(key: str) -> str:
    return "How can we help?" if key == "message" else IN_WORDS[key]
