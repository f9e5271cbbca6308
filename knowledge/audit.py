"""Who added, changed and deleted what: kept in the admin's log, shown on a document's page."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

from knowledge.models import Document
from salesdesk.accounts.models import User

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did, in words without a subject: “changed the text”."""

    who: str
    what: str
    at: datetime


def record_added(user: User, thing: models.Model, what: str = "added this") -> None:
    _record(user, thing, ADDITION, what)


def record_changed(user: User, thing: models.Model, what: str) -> None:
    _record(user, thing, CHANGE, what)


def record_deleted(user: User, thing: models.Model) -> None:
    """To be called before ``thing`` is gone."""
    _record(user, thing, DELETION, "deleted this")


def deeds_about(document: Document) -> list[Deed]:
    """The newest first."""
    kind = ContentType.objects.get_for_model(Document)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(document.pk))
    newest = entries.select_related("user").order_by("-action_time", "-pk")[:MOST_SHOWN]
    return [Deed(str(entry.user), entry.change_message, entry.action_time) for entry in newest]


def _record(user: User, thing: models.Model, flag: int, what: str) -> None:
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(type(thing)),
        object_id=str(thing.pk),
        object_repr=str(thing)[:200],
        action_flag=flag,
        change_message=what,
    )
