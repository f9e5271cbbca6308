"""Watches mailboxes: what is new is stored as it came, and only then counts as seen.

A message is known by its UID within the folder's UIDVALIDITY (RFC 3501, 2.3.1.1). Whoever dies
between fetching and storing has not moved ``last_uid``, so the next round fetches again; a message
that is stored already is known by its UID, and, when the folder has been numbered anew, by what it
is made of.
"""

import hashlib
import logging
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from leads.arriving.mail import imap
from leads.arriving.mail.imap import Fetched, MailboxError, OpenMailbox
from leads.arriving.mail.message import parse
from leads.models import InboxMessage, Mailbox
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.secrets import encrypt

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
"""Messages of one round; the rest come with the next one."""
DEAD_AFTER = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(minutes=5)
"""Servers' clocks, and that they tell whole seconds."""
LONGEST_PAUSE = timedelta(minutes=30)


def due() -> QuerySet[Mailbox]:
    """Those in use that nobody is looking into, and that have rested after a failure."""
    now = timezone.now()
    free = Q(beat_at=None) | Q(beat_at__lt=now - DEAD_AFTER)
    rested = Q(failures=0) | Q(checked_at=None)
    for failures in range(1, 6):
        pause = min(timedelta(minutes=2**failures), LONGEST_PAUSE)
        rested |= Q(failures=failures, checked_at__lt=now - pause)
    rested |= Q(failures__gt=5, checked_at__lt=now - LONGEST_PAUSE)
    return Mailbox.objects.filter(free, rested, is_active=True, business__is_active=True)


def watch(mailbox: Mailbox) -> int:
    """Store what is new; how many messages that were. What goes wrong stands at the mailbox.

    Nothing happens while another worker looks into it.
    """
    if not _claim(mailbox):
        return 0
    try:
        with imap.opened(mailbox) as folder:
            stored = _store_new(mailbox, folder)
    except MailboxError as error:
        log.warning("mailbox %s could not be read", mailbox.public_id)
        _release(mailbox, error=error.message[:300], failures=F("failures") + 1)
        return 0
    _release(mailbox, error="", failures=0)
    return stored


def _claim(mailbox: Mailbox) -> bool:
    now = timezone.now()
    free = Q(beat_at=None) | Q(beat_at__lt=now - DEAD_AFTER)
    return bool(Mailbox.objects.filter(free, pk=mailbox.pk).update(beat_at=now))


def _release(mailbox: Mailbox, **values: Any) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(beat_at=None, checked_at=timezone.now(), **values)
    mailbox.refresh_from_db()


def _store_new(mailbox: Mailbox, folder: OpenMailbox) -> int:
    _begin(mailbox, folder)
    stored = 0
    for uid in folder.uids_after(mailbox.last_uid)[:MOST_AT_ONCE]:
        fetched = folder.fetch(uid)
        with transaction.atomic():
            if fetched is not None and store(mailbox, fetched):
                stored += 1
            _seen(mailbox, uid)
    return stored


def _begin(mailbox: Mailbox, folder: OpenMailbox) -> None:
    """The first time, what is there already is left alone unless it is wanted; when the folder has
    been numbered anew, all of it is looked at again.
    """
    if mailbox.uid_validity == folder.uid_validity:
        return
    is_first = mailbox.uid_validity is None and not mailbox.takes_existing
    mailbox.last_uid = folder.uid_next - 1 if is_first else 0
    mailbox.uid_validity = folder.uid_validity
    mailbox.save(update_fields=["uid_validity", "last_uid"])


def _seen(mailbox: Mailbox, uid: int) -> None:
    mailbox.last_uid = uid
    Mailbox.objects.filter(pk=mailbox.pk).update(last_uid=uid, beat_at=timezone.now())


def store(mailbox: Mailbox, fetched: Fetched) -> bool:
    """Keep the message as it came, and have it read; whether it was not known."""
    validity = mailbox.uid_validity or 0
    digest = hashlib.sha256(fetched.raw).hexdigest()
    known = InboxMessage.objects.filter(mailbox=mailbox, digest=digest)
    began = mailbox.created_at - CLOCKS_DIFFER
    is_before = fetched.received_at < began and not mailbox.takes_existing
    if is_before or known.exclude(uid_validity=validity).exists():
        return False
    told = parse(fetched.raw)
    message = InboxMessage(
        business=mailbox.business,
        mailbox=mailbox,
        uid_validity=validity,
        uid=fetched.uid,
        digest=digest,
        raw=fetched.raw,
        is_cut=fetched.is_cut,
        sender=told.sender[:320],
        subject=told.subject[:300],
        sent_at=told.sent_at,
    )
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError:  # another worker was faster
        return False
    _queue(message)
    return True


def _queue(message: InboxMessage) -> None:
    from leads.arriving.tasks import read_mail  # tasks import this module

    key = message.pk
    transaction.on_commit(lambda: read_mail.delay(key))


# ---------------------------------------------------------------- what people set up


def add_mailbox(business: Business, *, password: str, **values: Any) -> Mailbox:
    """A mailbox that is watched from now on, unless it is not in use: then nothing is asked of its
    host yet. Raises :class:`MailboxError` for a host that is not asked, ``InvalidInput`` without a
    password.
    """
    if not password:
        raise InvalidInput("The mailbox needs a password.")
    mailbox = Mailbox(business=business, password=encrypt(password), **values)
    if mailbox.is_active:
        imap.check_host(mailbox.host, mailbox.port, mailbox.security)
    mailbox.save()
    return mailbox


def change_mailbox(mailbox: Mailbox, *, password: str = "", **values: Any) -> Mailbox:
    """Change it; without a password the known one stays, unless it is another server's.

    Raises as :func:`add_mailbox` does. Another server, user or folder is begun with anew.
    """
    place = ("host", "port", "username", "folder", "security")
    before = [getattr(mailbox, name) for name in place]
    for name, value in values.items():
        setattr(mailbox, name, value)
    has_moved = before != [getattr(mailbox, name) for name in place]
    if mailbox.is_active:
        imap.check_host(mailbox.host, mailbox.port, mailbox.security)
    if has_moved and not password and before[:3] != [mailbox.host, mailbox.port, mailbox.username]:
        raise InvalidInput("Type the password again: the server or the user has changed.")
    if password:
        mailbox.password = encrypt(password)
    if has_moved:
        mailbox.uid_validity, mailbox.last_uid = None, 0
    mailbox.failures, mailbox.error = 0, ""
    mailbox.save()
    return mailbox


def try_mailbox(mailbox: Mailbox) -> int:
    """How many messages the folder has room up to. Raises :class:`MailboxError`."""
    with imap.opened(mailbox) as folder:
        return len(folder.uids_after(0))
