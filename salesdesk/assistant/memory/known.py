"""What the agents know and did in one conversation, for the pages and programs that show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from salesdesk.assistant.enums import AgentName, FactStatus
from salesdesk.assistant.models import (
    CapturedFact,
    CaptureField,
    EscalationRequest,
    HandOver,
    ToolInvocation,
)
from salesdesk.assistant.reading.heard import bare
from salesdesk.assistant.reading.shown import shown

MISSING = "missing"
MOST_USES = 100
MOST_ARGUMENTS = 120


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A field, and what the customer told of it; ``status`` is ``missing`` where nothing."""

    field: CaptureField
    captured: CapturedFact | None

    @property
    def status(self) -> str:
        return self.captured.status if self.captured else MISSING

    @property
    def status_label(self) -> str:
        return FactStatus(self.captured.status).label if self.captured else "Missing"

    @property
    def shown(self) -> str:
        return shown(self.field.type, self.captured.value) if self.captured else ""

    @property
    def words(self) -> str:
        """The customer's own words, where they are not just the value again."""
        said = self.captured.said if self.captured else ""
        return "" if bare(said) in bare(self.shown) else said


@dataclass(frozen=True, slots=True)
class KnownHandOver:
    """From which agent to which, and what was known then: pairs of label and value."""

    key: int
    from_agent: str
    to_agent: str
    reason: str
    at: datetime
    knew: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KnownUse:
    """A tool that was used; ``arguments`` are shortened."""

    invocation: ToolInvocation
    arguments: str


@dataclass(frozen=True, slots=True)
class Known:
    facts: Sequence[KnownFact] = ()
    requests: Sequence[EscalationRequest] = ()
    hand_overs: Sequence[KnownHandOver] = ()
    uses: Sequence[KnownUse] = ()

    @property
    def told(self) -> int:
        return sum(fact.captured is not None for fact in self.facts)

    @property
    def is_complete(self) -> bool:
        """Whether everything that is required was told."""
        return all(fact.captured for fact in self.facts if fact.field.is_required)


def known_of(business_id: int | None, conversation: str) -> Known:
    """Of the conversation with this id (a call's public id, or a thread's) of the business."""
    if business_id is None:
        return Known()
    fields = {field.pk: field for field in CaptureField.objects.filter(business=business_id)}
    of_thread = {"thread__business": business_id, "thread__conversation": conversation}
    captured = {fact.field_id: fact for fact in CapturedFact.objects.filter(**of_thread)}
    requests = EscalationRequest.objects.filter(**of_thread).order_by("created_at", "pk")
    return Known(
        facts=[
            KnownFact(field, captured.get(field.pk))
            for field in fields.values()
            if field.is_active or field.pk in captured
        ],
        requests=list(requests),
        hand_overs=[
            _hand_over(each, fields.values()) for each in HandOver.objects.filter(**of_thread)
        ],
        uses=_uses(business_id, conversation),
    )


def _hand_over(row: HandOver, fields: Iterable[CaptureField]) -> KnownHandOver:
    facts: Mapping[str, Any] = row.knew.get("facts", {})
    knew = tuple(
        (field.label, shown(field.type, facts[field.key].get("value")))
        for field in fields
        if field.key in facts
    )
    from_agent, to_agent = AgentName(row.from_agent).label, AgentName(row.to_agent).label
    return KnownHandOver(row.pk, from_agent, to_agent, row.reason, row.created_at, knew)


def _uses(business_id: int, conversation: str) -> list[KnownUse]:
    """The newest, the oldest of them first."""
    rows = ToolInvocation.objects.filter(business=business_id, conversation=conversation)
    newest = rows.defer("output").newest_first()[:MOST_USES]
    return [KnownUse(row, short_arguments(row.arguments)) for row in reversed(newest)]


def short_arguments(arguments: Mapping[str, Any]) -> str:
    """``field: email, value: maria@example.com``, cut off where it gets long."""
    text = ", ".join(f"{name}: {value}" for name, value in arguments.items() if value != "")
    return text if len(text) <= MOST_ARGUMENTS else text[: MOST_ARGUMENTS - 1] + "…"
