"""Makes leads of stored messages: by a rule for the sender, by the assistant, or by a person.

The assistant stands above this app, and is found by the setting ``LEAD_READER``: the path of a
function of a :class:`~leads.arriving.mail.message.Mail` that gives a
:class:`~leads.arriving.mail.rules.Read`.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from leads.arriving.arrivals import Arrived, take_lead
from leads.arriving.mail import rules
from leads.arriving.mail.message import Mail, parse
from leads.arriving.mail.rules import Read
from leads.arriving.values import told_of
from leads.enums import LeadSource, MailStatus
from leads.messaging.opting import heed_mail
from leads.models import InboxMessage, MailRule
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, InvalidInput, ProviderError, SalesdeskError

log = logging.getLogger(__name__)

LeadReader = Callable[[Mail], Read]
BY_HAND = "by hand"
ATTEMPTS = 5
LEFT_AFTER = timedelta(minutes=2)
OPTED_OUT = "They asked to be left in peace, and are."
NOBODY = "Nobody’s name, number or address was found in it."
OPEN = (MailStatus.STORED, MailStatus.FAILED)


def left_behind() -> QuerySet[InboxMessage]:
    """Those that were stored and not read."""
    late = timezone.now() - LEFT_AFTER
    return InboxMessage.objects.filter(status=MailStatus.STORED, stored_at__lt=late).order_by("pk")


def read(message: InboxMessage) -> None:
    """Make a lead of it, leave it aside, or put it into the queue; said again, nothing happens."""
    attempts = InboxMessage.objects.filter(pk=message.pk, status=MailStatus.STORED)
    if not attempts.update(attempts=message.attempts + 1):
        return
    if message.attempts >= ATTEMPTS:
        _fail(message, Read(problem="Reading this message broke off each time."))
        return
    mail = parse(bytes(message.raw))
    if mail.is_automatic or mail.sender == settings.DEFAULT_FROM_EMAIL:
        _settle(message, MailStatus.IGNORED, reason=mail.is_automatic or "We sent it ourselves.")
        return
    if heed_mail(message.business, mail.sender, mail.text or mail.subject):
        _settle(message, MailStatus.IGNORED, reason=OPTED_OUT)
        return
    _take_or_fail(message, read_mail(message.business_id, mail))


def _take_or_fail(message: InboxMessage, found: Read) -> None:
    if found.problem:
        _fail(message, found)
        return
    try:
        take(message, found.values, reader=found.reader)
    except SalesdeskError as error:
        _fail(message, Read(found.values, found.reader, error.message))


def read_mail(business_id: int, mail: Mail) -> Read:
    """What the first rule that fits makes of it, else what the assistant does."""
    known = MailRule.objects.filter(business=business_id, is_active=True)
    for rule in known:
        if rules.fits(rule.sender, rule.subject, mail):
            found = try_rule(rule.patterns, mail, rule.name)
            if not found.problem:
                return found
    return read_by_assistant(mail)


def try_rule(patterns: Mapping[str, Any], mail: Mail, name: str = "") -> Read:
    """What a rule makes of the message; ``problem`` says why it is no lead."""
    try:
        values = rules.read_by(patterns, mail)
        told = told_of(values)
    except InvalidInput as error:
        return Read(reader=name, problem=error.message)
    if not any(told.own.get(key) for key in ("first_name", "last_name", "phone", "email")):
        return Read(values, name, NOBODY)
    return Read(values, name)


def read_by_assistant(mail: Mail) -> Read:
    reader = cast(LeadReader, import_string(settings.LEAD_READER))
    try:
        return reader(mail)
    except ProviderError as error:
        return Read(problem=error.message)


@transaction.atomic
def take(
    message: InboxMessage,
    values: Mapping[str, Any],
    *,
    reader: str,
    by: User | None = None,
) -> Arrived:
    """A lead of these values, once for each message. Raises as ``take_lead`` does."""
    arrived = take_lead(
        message.business,
        source=LeadSource.EMAIL,
        values=values,
        origin=f"mail:{message.public_id}",
        raw={"message": message.public_id},
        by=by,
    )
    _settle(
        message,
        MailStatus.TAKEN,
        lead=arrived.lead,
        reader=reader[:100],
        reason="",
        values=told_of(values).as_json(),
        settled_by=by,
    )
    return arrived


# ---------------------------------------------------------------- what a person does


def retry(message: InboxMessage) -> None:
    """Read it once more, by the rules as they are now."""
    _require_open(message)
    mail = parse(bytes(message.raw))
    _take_or_fail(message, read_mail(message.business_id, mail))


def take_by_hand(message: InboxMessage, values: Mapping[str, Any], *, by: User) -> Arrived:
    """A lead as a person has read it. Raises as :func:`take` does."""
    _require_open(message)
    return take(message, values, reader=BY_HAND, by=by)


def ignore(message: InboxMessage, *, by: User) -> None:
    """It is nobody who wants something."""
    _require_open(message)
    _settle(message, MailStatus.IGNORED, reason="Left aside by a person.", settled_by=by)


def reopen(message: InboxMessage) -> None:
    """Back into the queue."""
    rows = InboxMessage.objects.filter(pk=message.pk, status=MailStatus.IGNORED)
    if not rows.update(status=MailStatus.FAILED, settled_at=None, settled_by=None, attempts=0):
        raise Conflict("It was not left aside.")
    message.refresh_from_db()


def _require_open(message: InboxMessage) -> None:
    if message.status not in OPEN:
        raise Conflict("This message is settled already.")


def _fail(message: InboxMessage, found: Read) -> None:
    log.info("message %s needs a person", message.public_id)
    values = {key: str(value) for key, value in found.values.items()}
    _settle(
        message,
        MailStatus.FAILED,
        reader=found.reader[:100],
        reason=found.problem[:300],
        values=values,
    )


def _settle(message: InboxMessage, status: MailStatus, **values: Any) -> None:
    settled = timezone.now() if status != MailStatus.FAILED else None
    values |= {"status": status, "settled_at": settled}
    rows = InboxMessage.objects.filter(pk=message.pk, status__in=OPEN)
    if not rows.update(**values):
        raise Conflict("This message is settled already.")
    message.refresh_from_db()
