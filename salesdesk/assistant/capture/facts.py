"""The facts that a business wants to know, as they are captured in a conversation.

A fact is heard; where its field asks for it, it is read back and then confirmed by the customer. A
value that changes is heard anew. At the end of the conversation the lead is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from salesdesk.assistant.enums import FactStatus
from salesdesk.assistant.loop.state import Fact, FieldSpec
from salesdesk.assistant.models import CapturedFact, CaptureField, Thread
from salesdesk.assistant.reading.heard import is_said_in
from salesdesk.assistant.reading.result import Reading, Setting
from salesdesk.assistant.reading.values import LONGEST_SAID, read_value
from salesdesk.assistant.signals import facts_changed, send_after_commit
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound

ONLY_FROM_WORDS = 0.7
"""How sure a value is that was understood only from the customer's words around it."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of it: a value and how it is read back, or a problem; see :class:`Reading`."""

    field: FieldSpec
    reading: Reading
    needs_read_back: bool = False
    confidence: float = 1.0


# ---------------------------------------------------------------- reading


def fields_of(business: Business) -> tuple[FieldSpec, ...]:
    """What the business wants to know of its leads, in the order of asking."""
    return tuple(spec_of(field) for field in business.capture_fields.filter(is_active=True))


def spec_of(field: CaptureField) -> FieldSpec:
    return FieldSpec(
        key=field.key,
        label=field.label,
        type=field.type,
        question=field.question,
        choices=tuple(field.choices),
        smallest=field.smallest,
        largest=field.largest,
        is_required=field.is_required,
        reads_back=field.reads_back,
        lead_field=field.lead_field,
    )


def load_facts(thread: Thread) -> dict[str, Fact]:
    """What was captured in the thread, by the key of its field."""
    return facts_of(thread.pk)


def facts_of(thread_id: int) -> dict[str, Fact]:
    """As :func:`load_facts`, for the thread with this key in the database."""
    captured = CapturedFact.objects.filter(thread_id=thread_id, field__is_active=True)
    return {
        fact.field.key: Fact(fact.value, fact.said, fact.status, fact.confidence)
        for fact in captured.select_related("field").order_by("field__position", "field_id")
    }


def setting_of(thread: Thread, now: datetime | None = None) -> Setting:
    """The business's day, and the number that the customer calls from."""
    return Setting(today_of(thread.business, now), thread.customer_phone)


def today_of(business: Business, now: datetime | None = None) -> date:
    return (now or timezone.now()).astimezone(business.tz).date()


# ---------------------------------------------------------------- capturing


def capture_fact(
    thread: Thread,
    key: str,
    value: str,
    *,
    said: str = "",
    confidence: float = 1.0,
    now: datetime | None = None,
) -> Captured:
    """Keep what the customer told: ``value`` is what it means, ``said`` are their words.

    What the field cannot take is not kept; the result says why. A value that is new or has changed
    is only heard, even where another one was confirmed. Raises :class:`NotFound` where the
    business has no such field. Sends ``facts_changed``.
    """
    field = _field(thread, key)
    spec = spec_of(field)
    reading, sureness = _understood(spec, value, said, setting_of(thread, now))
    if reading.problem:
        return Captured(spec, reading, confidence=0.0)
    confidence = min(confidence, sureness)
    fact = _keep(thread, field, reading.value, (said or value)[:LONGEST_SAID], confidence)
    is_open = spec.reads_back and fact.status != FactStatus.CONFIRMED
    return Captured(spec, reading, needs_read_back=is_open, confidence=confidence)


def _understood(spec: FieldSpec, value: str, said: str, setting: Setting) -> tuple[Reading, float]:
    """The reading of the value, or else of the words; and how sure it is."""
    reading = read_value(spec, value, setting)
    if not reading.problem or not said:
        return reading, 1.0
    from_words = read_value(spec, said, setting)
    return (reading, 1.0) if from_words.problem else (from_words, ONLY_FROM_WORDS)


@transaction.atomic
def _keep(
    thread: Thread, field: CaptureField, value: Any, said: str, confidence: float
) -> CapturedFact:
    heard = {"value": value, "said": said, "status": FactStatus.HEARD, "confidence": confidence}
    facts = CapturedFact.objects.select_for_update()
    fact, created = facts.get_or_create(thread=thread, field=field, defaults=heard)
    if created or fact.value != value:
        for name, each in heard.items():
            setattr(fact, name, each)
        fact.save()
        _tell(thread)
    return fact


def read_back(thread: Thread, key: str) -> bool:
    """The customer has heard the value; whether it was waiting for that."""
    return _mark_read_back(thread, [_field(thread, key).pk])


def awaits_read_back(conversation: str) -> bool:
    """Whether there is a fact to be read back that was only heard so far."""
    return _waiting(conversation).exists()


def _waiting(conversation: str) -> QuerySet[CapturedFact]:
    return CapturedFact.objects.filter(
        thread__conversation=conversation, status=FactStatus.HEARD, field__reads_back=True
    )


def note_read_back(conversation: str, text: str) -> None:
    """The customer has heard the agent say ``text``: facts whose value is in it were read back.

    ``conversation`` as the thread's. Reads the words only where a fact waits for it.
    """
    facts = list(_waiting(conversation).select_related("field", "thread__business"))
    said = [
        fact.field_id
        for fact in facts
        if is_said_in(spec_of(fact.field), fact.value, text, setting_of(fact.thread))
    ]
    if said:
        _mark_read_back(facts[0].thread, said)


@transaction.atomic
def _mark_read_back(thread: Thread, field_ids: Iterable[int]) -> bool:
    heard = thread.captured.filter(field_id__in=field_ids, status=FactStatus.HEARD)
    is_marked = heard.update(status=FactStatus.READ_BACK, updated_at=timezone.now()) > 0
    if is_marked:
        _tell(thread)
    return is_marked


@transaction.atomic
def confirm_fact(thread: Thread, key: str, is_right: bool) -> FieldSpec:
    """The customer says whether the value is right; a wrong one is forgotten.

    Raises :class:`NotFound` where nothing is known that could be right. Sends ``facts_changed``.
    """
    field = _field(thread, key)
    fact = thread.captured.select_for_update().filter(field=field).first()
    if fact is None:
        raise NotFound(f"Nothing has been noted for “{field.label}”; ask for it.")
    if not is_right:
        fact.delete()
        _tell(thread)
    elif fact.status != FactStatus.CONFIRMED:
        fact.status = FactStatus.CONFIRMED
        fact.save(update_fields=["status", "updated_at"])
        _tell(thread)
    return spec_of(field)


def _field(thread: Thread, key: str) -> CaptureField:
    fields = {field.key: field for field in thread.business.capture_fields.filter(is_active=True)}
    if key not in fields:
        known = ", ".join(fields) or "none at all"
        raise NotFound(f"There is no field “{key[:40]}”. The fields are: {known}.")
    return fields[key]


def _tell(thread: Thread) -> None:
    send_after_commit(
        facts_changed,
        business_id=thread.business_id,
        conversation=thread.conversation,
        thread_id=thread.public_id,
    )
