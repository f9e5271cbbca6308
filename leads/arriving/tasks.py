"""Background work on what comes in. Tasks take keys, and call one service."""

from celery import shared_task

from leads.arriving import importing
from leads.arriving.mail import reading, watching
from leads.models import InboxMessage, Mailbox


@shared_task
def work_on_import(key: int) -> None:
    """Check, import or take back; a worker that dies is followed by another."""
    importing.work_on(key)


@shared_task
def resume_imports() -> None:
    """Queue again what no worker gives a sign of life for."""
    for key in importing.left_behind().values_list("pk", flat=True):
        work_on_import.delay(key)


@shared_task
def watch_mailboxes() -> None:
    """Look into every watched mailbox, each in a task of its own."""
    for key in watching.due().values_list("pk", flat=True):
        watch_mailbox.delay(key)


@shared_task
def watch_mailbox(key: int) -> None:
    """Store what is new. What goes wrong stands at the mailbox; the next round tries again."""
    mailbox = Mailbox.objects.select_related("business").filter(pk=key).first()
    if mailbox is not None:
        watching.watch(mailbox)


@shared_task
def read_mail(key: int) -> None:
    """Make a lead of a stored message, or put it into the queue for a person."""
    message = InboxMessage.objects.select_related("business", "mailbox").filter(pk=key).first()
    if message is not None:
        reading.read(message)


@shared_task
def read_waiting_mail() -> None:
    """Read what was stored and not read: its worker has died, or was never asked."""
    for key in reading.left_behind().values_list("pk", flat=True)[:500]:
        read_mail.delay(key)
