"""Every write about calls that means something, and the only writer of them.

State moves by conditional UPDATE: a callback that comes twice, late or out of order changes
nothing. News goes out through :mod:`calls.signals` after commit.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, DurationField, ExpressionWrapper, F, IntegerField, Value, When
from django.db.models.functions import Cast, Extract
from django.utils import timezone

from calls import push, signals
from calls.carriers.base import Detection, Dial, get_carrier
from calls.enums import (
    BROKEN,
    MAY_FOLLOW,
    UNDER_WAY,
    AnsweredBy,
    CallStatus,
    Direction,
    EndReason,
)
from calls.live.events import RecordEvent, RecordUtterance
from calls.models import Call, CallEvent, Leg, MediaStream, Utterance
from leads.enums import MachineAction
from leads.gate.reading import rules_of
from leads.gate.services import is_left_in_peace, use
from leads.models import DialDecision
from salesdesk.accounts.models import User
from salesdesk.businesses.queries import business_of_number
from salesdesk.lib.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotConfigured,
    ProviderError,
    SalesdeskError,
)

LONGEST_LINE = 1000
DECISION = "decision"
"""In the metadata of an outbound call: the public id of the gate's decision that allowed it."""
ANSWERED_BY = "call.answered_by"
"""The kind of a line of the history that says who answered."""
NO_MACHINE = (AnsweredBy.HUMAN, AnsweredBy.UNKNOWN)
"""Verdicts that say no more than that no machine was heard."""
CHANGING_WITH_UTTERANCE = (
    "version",
    "speaker",
    "text",
    "start_ms",
    "end_ms",
    "interrupted",
    "confidence",
    "metadata",
)

REASON_WHEN_OVER = {
    CallStatus.COMPLETED: EndReason.CALLER_HUNG_UP,
    CallStatus.CANCELED: EndReason.CALLER_HUNG_UP,
    CallStatus.BUSY: EndReason.NOT_REACHED,
    CallStatus.NO_ANSWER: EndReason.NOT_REACHED,
    CallStatus.FAILED: EndReason.CARRIER_REFUSED,
}


# ---------------------------------------------------------------- beginning


def receive_call(*, sid: str, from_number: str, to_number: str) -> Call:
    """The inbound call that the carrier knows as ``sid``, made at the first asking.

    A number that is nobody's gives a call without business that has failed already.
    Sends ``call_started`` once.
    """
    business = business_of_number(to_number)
    with transaction.atomic():
        call, created = Call.objects.get_or_create(
            sid=sid,
            defaults={
                "business": business,
                "direction": Direction.INBOUND,
                "status": CallStatus.RINGING,
                "from_number": from_number,
                "to_number": to_number,
                "engine": business.engine_name if business else "",
            },
        )
        if created:
            _begin(call)
    if created and business is None:
        advance_call(call, CallStatus.FAILED, end_reason=EndReason.UNKNOWN_NUMBER)
        call.refresh_from_db()
    return call


def place_call(
    decision: DialDecision, *, placed_by: User | None = None, answers: str = "voice"
) -> Call:
    """Dial what the gate allowed: the number of its decision, from the number of its decision.

    The decision is used up by this, so each call has its line in the ledger. ``answers`` is the
    webhook under ``/twilio/`` that is asked when somebody answers. Sends ``call_started``. Raises
    :class:`~leads.gate.services.DialRefused` when the gate has something against it (by now), and
    ``Conflict`` for a decision that is used or too old; ``ProviderError`` when the carrier refuses:
    the refused call is kept with the carrier's reason.
    """
    use(decision)
    with transaction.atomic():
        call = Call.objects.create(
            business=decision.business,
            direction=Direction.OUTBOUND,
            from_number=decision.caller,
            to_number=decision.phone,
            engine=decision.business.engine_name,
            placed_by=placed_by,
            metadata={DECISION: decision.public_id},
        )
        _begin(call)
    _dial_out(call, decision, answers)
    call.refresh_from_db()
    return call


def _dial_out(call: Call, decision: DialDecision, answers: str) -> None:
    """The only place at which the product has a carrier dial.

    Who opts out in the very moment of dialling is hung up on: a suppression that was committed
    after the decision was used finds the call, or is found here.
    """
    try:
        sid = get_carrier().place(_dial(call, answers))
    except (ProviderError, NotConfigured) as error:
        advance_call(
            call, CallStatus.FAILED, end_reason=EndReason.CARRIER_REFUSED, error=error.message
        )
        raise
    identify_call(call, sid)
    if is_left_in_peace(decision):
        call.refresh_from_db()
        leave_in_peace(call)


def leave_in_peace(call: Call) -> None:
    """Hang up on somebody who must not be called any more; who answers is hung up on too.

    The carrier's callback then completes the call. Raises ``ProviderError`` from the carrier.
    """
    note_end_reason(call, EndReason.SUPPRESSED)
    record_event(call, "gate.suppressed", key="gate.suppressed")
    if call.sid:
        get_carrier().hang_up(call.sid)


def _dial(call: Call, answers: str) -> Dial:
    def url(path: str) -> str:
        return f"{settings.PUBLIC_URL}/twilio/{path}/?call={call.public_id}"

    return Dial(
        to=call.to_number,
        from_=call.from_number,
        answer_url=url(answers),
        status_url=url("status"),
        detection=_detection(call, answers, url("amd")),
    )


def _detection(call: Call, answers: str, url: str) -> Detection | None:
    """As the business wants it; the end of a greeting is waited for only to leave a message."""
    assert call.business is not None, "only businesses place calls"
    rules = rules_of(call.business)
    if not rules.detects_machines:
        return None
    leaves = answers == "voice" and rules.on_machine == MachineAction.LEAVE_MESSAGE
    return Detection(url, waits_for_beep=leaves)


def identify_call(call: Call, sid: str) -> None:
    """Note the carrier's id of an outbound call; both its answer and its webhooks tell it."""
    with transaction.atomic():
        if not Call.objects.filter(pk=call.pk, sid=None).update(sid=sid):
            return
        Leg.objects.create(call=call, sid=sid, number=call.customer_number, status=call.status)


def _begin(call: Call) -> None:
    if call.sid:
        Leg.objects.create(call=call, sid=call.sid, number=call.customer_number, status=call.status)
    record_event(call, "call.started", {"direction": call.direction})
    _announce(signals.call_started, call)


# ---------------------------------------------------------------- state


def advance_call(
    call: Call,
    status: CallStatus,
    *,
    end_reason: str = "",
    error: str = "",
    duration_seconds: int | None = None,
) -> bool:
    """Move the call to ``status`` if it may go there from where it is; says whether it did.

    A completed call whose audio path broke counts as failed. The first end reason stays.
    Sends ``call_updated`` or ``call_ended``.
    """
    over = status not in UNDER_WAY
    with transaction.atomic():
        moved = Call.objects.filter(pk=call.pk, status__in=MAY_FOLLOW[status]).update(
            **_over(status, end_reason, error, duration_seconds) if over else _under_way(status)
        )
        if not moved:
            return False
        _advance_leg(call, status, over=over)
        record_event(call, f"status.{status}")
        _announce(signals.call_ended if over else signals.call_updated, call)
    return True


def _under_way(status: CallStatus) -> dict[str, Any]:
    answered = {"answered_at": timezone.now()} if status == CallStatus.IN_PROGRESS else {}
    return {"status": status, **answered}


def _over(status: CallStatus, reason: str, error: str, seconds: int | None) -> dict[str, Any]:
    now = timezone.now()
    reason = reason or REASON_WHEN_OVER.get(status, "")
    changes: dict[str, Any] = {
        "status": status,
        "ended_at": now,
        "end_reason": Case(When(end_reason="", then=Value(reason)), default=F("end_reason")),
        "duration_seconds": seconds if seconds is not None else _seconds_until(now),
    }
    if status == CallStatus.COMPLETED:
        broken = When(end_reason__in=BROKEN, then=Value(CallStatus.FAILED))
        changes["status"] = Case(broken, default=Value(status))
    if error:
        changes["error"] = error
    return changes


def _seconds_until(now: Any) -> Case:
    talked = ExpressionWrapper(Value(now) - F("answered_at"), output_field=DurationField())
    seconds = Cast(Extract(talked, "epoch"), IntegerField())
    return Case(When(answered_at=None, then=Value(0)), default=seconds)


def _advance_leg(call: Call, status: CallStatus, *, over: bool) -> None:
    changes: dict[str, Any] = {"status": status}
    if over:
        changes["ended_at"] = timezone.now()
    elif status == CallStatus.IN_PROGRESS:
        changes["answered_at"] = timezone.now()
    call.legs.filter(sid=call.sid).update(**changes)


def note_end_reason(call: Call, reason: EndReason, *, error: str = "") -> None:
    """Say why the call is about to end, unless that is known already."""
    changes: dict[str, str] = {"end_reason": reason}
    if error:
        changes["error"] = error
    Call.objects.filter(pk=call.pk, end_reason="").update(**changes)


def hang_up(call: Call, reason: EndReason) -> None:
    """Have the carrier end the call, ringing or answered; its callback then completes it.

    Raises ``ProviderError`` from the carrier; the call then goes on as before.
    """
    note_end_reason(call, reason)
    if not call.sid:
        return
    try:
        get_carrier().hang_up(call.sid)
    except SalesdeskError:
        Call.objects.under_way().filter(pk=call.pk, end_reason=reason).update(end_reason="")
        raise


def note_answered_by(call: Call, answered_by: AnsweredBy, *, by: str) -> None:
    """Who answered, as the carrier says, once; ``by`` is whose word it is.

    A machine that was known by its words stays one: the carrier only judges by sound. Sends
    ``call_updated`` where it is news.
    """
    detail = {"answered_by": answered_by.value, "by": by}
    with transaction.atomic():
        if not record_event(call, ANSWERED_BY, detail, key=f"{ANSWERED_BY}.{by}.{answered_by}"):
            return
        known = Call.objects.filter(pk=call.pk).exclude(answered_by="")
        if answered_by in NO_MACHINE and known.exists():
            return
        _take_answered_by(call, answered_by)


def _take_answered_by(call: Call, answered_by: str) -> None:
    known = Call.objects.filter(pk=call.pk, answered_by=answered_by)
    if not known.exists():
        Call.objects.filter(pk=call.pk).update(answered_by=AnsweredBy(answered_by))
        _announce(signals.call_updated, call)


def tell_session(call: Call, answered_by: AnsweredBy, *, is_greeting_over: bool) -> None:
    """The process that talks on this call learns who answered."""
    told = f"{answered_by.value} over" if is_greeting_over else answered_by.value
    push.to_live_call(call.public_id, "picked_up", told)


# ---------------------------------------------------------------- media streams


def issue_media_token(call: Call) -> str:
    """A new secret that opens this call's media stream once, soon; older unused ones expire."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        call.media_streams.filter(claimed_at=None, expires_at__gt=now).update(expires_at=now)
        MediaStream.objects.create(
            call=call,
            token_hash=_hash(token),
            expires_at=now + timedelta(seconds=settings.MEDIA_TOKEN_SECONDS),
        )
    return token


def claim_stream(token: str) -> MediaStream:
    """The stream that ``token`` opens, for whoever asks first.

    Raises ``NotAllowed`` for an unknown, used or expired token and for a call that is over.
    """
    now = timezone.now()
    claimable = MediaStream.objects.filter(
        token_hash=_hash(token),
        claimed_at=None,
        expires_at__gt=now,
        call__status__in=UNDER_WAY,
    )
    if not claimable.update(claimed_at=now):
        raise NotAllowed("This media token is unknown, used or expired.")
    return MediaStream.objects.select_related("call__business").get(token_hash=_hash(token))


def start_stream(stream: MediaStream, *, sid: str, call_sid: str) -> None:
    """The carrier began to send audio: the call is in progress.

    Raises ``NotAllowed`` when the stream carries another call than its token was made for.
    """
    if call_sid != stream.call.sid:
        raise NotAllowed("The media stream belongs to another call.")
    MediaStream.objects.filter(pk=stream.pk, started_at=None).update(
        sid=sid, started_at=timezone.now()
    )
    advance_call(stream.call, CallStatus.IN_PROGRESS)


def end_stream(stream: MediaStream, reason: EndReason, *, error: str = "") -> None:
    """The audio is over, and why; the first reason stays."""
    with transaction.atomic():
        ended = MediaStream.objects.filter(pk=stream.pk, ended_at=None).update(
            ended_at=timezone.now(), end_reason=reason
        )
        if not ended:
            return
        note_end_reason(stream.call, reason, error=error)
        record_event(stream.call, "stream.ended", {"reason": reason})
        _announce(signals.call_updated, stream.call)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# ---------------------------------------------------------------- transcript and history


def record_utterance(call: Call, spoken: RecordUtterance) -> None:
    """Store what was said, or replace the utterance of that sequence; see ``record_all``."""
    record_all(call, [spoken])


def record_all(call: Call, records: Iterable[RecordUtterance | RecordEvent]) -> None:
    """Store utterances and lines of the call's history, all or none.

    An utterance replaces that of its sequence. Sends ``utterance_recorded`` for each, with the
    version that the transcript got by it, and ``answer_cited`` for those that cite documents.
    """
    records = list(records)
    spoken = {one.sequence: one for one in records if isinstance(one, RecordUtterance)}
    events = [one for one in records if isinstance(one, RecordEvent)]
    with transaction.atomic():
        if spoken:
            _store_utterances(call, list(spoken.values()))
        CallEvent.objects.bulk_create(
            CallEvent(call=call, kind=event.kind, detail=dict(event.detail)) for event in events
        )
        for event in events:
            if event.kind == ANSWERED_BY:
                _take_answered_by(call, str(event.detail["answered_by"]))


def _store_utterances(call: Call, spoken: Sequence[RecordUtterance]) -> None:
    first_version = _count_up_versions(call, len(spoken)) - len(spoken) + 1
    utterances = [
        _utterance(call, one, version) for version, one in enumerate(spoken, start=first_version)
    ]
    Utterance.objects.bulk_create(
        utterances,
        update_conflicts=True,
        unique_fields=("call", "sequence"),
        update_fields=CHANGING_WITH_UTTERANCE,
    )
    for one in utterances:
        ids = {"sequence": one.sequence, "version": one.version}
        _announce(signals.utterance_recorded, call, speaker=one.speaker, **ids)
        if one.metadata.get("citations"):
            _announce(signals.answer_cited, call, sequence=one.sequence)


def _utterance(call: Call, spoken: RecordUtterance, version: int) -> Utterance:
    return Utterance(
        call=call,
        sequence=spoken.sequence,
        version=version,
        created_version=version,
        speaker=spoken.speaker,
        text=spoken.text,
        start_ms=spoken.start_ms,
        end_ms=max(spoken.start_ms, spoken.end_ms),
        interrupted=spoken.interrupted,
        confidence=spoken.confidence,
        metadata=dict(spoken.metadata),
    )


def _count_up_versions(call: Call, by: int) -> int:
    """The last of so many new versions; under the row's lock, so that they show in order."""
    count_up = (
        f"UPDATE {Call._meta.db_table} "  # noqa: S608  # our own name
        "SET transcript_version = transcript_version + %s WHERE id = %s "
        "RETURNING transcript_version"
    )
    with connection.cursor() as cursor:
        cursor.execute(count_up, [by, call.pk])
        return int(cursor.fetchone()[0])


def record_event(
    call: Call,
    kind: str,
    detail: Mapping[str, object] | None = None,
    *,
    key: str | None = None,
    user: User | None = None,
) -> bool:
    """Add a line to the call's history; one with a ``key`` that is there already is not added."""
    values = {"kind": kind, "detail": dict(detail or {}), "user": user}
    if key is None:
        CallEvent.objects.create(call=call, **values)
        return True
    _, created = CallEvent.objects.get_or_create(call=call, key=key, defaults=values)
    return created


def _announce(signal: Any, call: Call, **ids: Any) -> None:
    signals.send_after_commit(signal, call_id=call.public_id, business_id=call.business_id, **ids)


# ---------------------------------------------------------------- supervisor commands


def end_call(call: Call, *, by: User) -> None:
    """Hang up, ringing or answered. The carrier's callback then completes the call.

    Raises ``Conflict`` when it is over or not yet dialled, ``ProviderError`` from the carrier;
    the call then goes on as before.
    """
    if not call.is_under_way:
        raise Conflict("This call is over already.")
    if not call.sid:
        raise Conflict("This call is being dialled this moment; try again in a second.")
    record_event(call, "supervisor.end", user=by)
    hang_up(call, EndReason.ENDED_BY_MANAGER)


def say_line(call: Call, text: str, *, by: User) -> None:
    """Have the agent say ``text`` word for word. Raises ``Conflict`` when it is not talking."""
    _supervise(call, "say", by=by, text=_line(text))


def instruct_agent(call: Call, text: str, *, by: User) -> None:
    """Tell the agent something the caller does not hear. Raises ``Conflict`` like ``say_line``."""
    _supervise(call, "instruct", by=by, text=_line(text))


def pause_agent(call: Call, *, by: User) -> None:
    """Silence the agent; it goes on listening. Raises ``Conflict`` when it is paused already."""
    _set_paused(call, True, by=by)


def resume_agent(call: Call, *, by: User) -> None:
    """Let the agent talk again. Raises ``Conflict`` when it is not paused."""
    _set_paused(call, False, by=by)


def _set_paused(call: Call, paused: bool, *, by: User) -> None:
    _require_live(call)
    if not Call.objects.filter(pk=call.pk, agent_paused=not paused).update(agent_paused=paused):
        raise Conflict("The agent is paused already." if paused else "The agent is not paused.")
    _supervise(call, "pause" if paused else "resume", by=by)
    _announce(signals.call_updated, call)


def _supervise(call: Call, command: str, *, by: User, text: str = "") -> None:
    _require_live(call)
    record_event(call, f"supervisor.{command}", {"text": text} if text else {}, user=by)
    push.to_live_call(call.public_id, command, text)


def _require_live(call: Call) -> None:
    if not (call.is_under_way and call.media_streams.live().exists()):
        raise Conflict("The agent is not talking on this call.")


def _line(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise InvalidInput("Write what is to be said.")
    if len(line) > LONGEST_LINE:
        raise InvalidInput(f"That is too long; {LONGEST_LINE} characters at most.")
    return line
