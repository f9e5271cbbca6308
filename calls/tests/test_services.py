from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from calls import services, signals
from calls.carriers.base import Detection, Dial
from calls.enums import MAY_FOLLOW, UNDER_WAY, CallStatus, Direction, EndReason
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call, MediaStream
from calls.tests.carrier import ScriptedCarrier
from conftest import BUSINESS_NUMBER, CUSTOMER_NUMBER, MakeCall, open_stream
from leads.enums import DialKind, SuppressionSource
from leads.gate.services import FRESH, DialRefused, permit
from leads.models import DialDecision
from leads.services import suppress
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotAllowed, ProviderError

pytestmark = pytest.mark.django_db


def reload(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


# ---------------------------------------------------------------- beginning


def test_an_inbound_call_belongs_to_the_business_of_its_number(business: Business) -> None:
    call = services.receive_call(sid="CA1", from_number=CUSTOMER_NUMBER, to_number=BUSINESS_NUMBER)
    assert (call.business, call.direction, call.status) == (
        business,
        Direction.INBOUND,
        CallStatus.RINGING,
    )
    assert call.legs.get().number == CUSTOMER_NUMBER


def test_asking_twice_about_a_call_makes_it_once(business: Business) -> None:
    def ask() -> Call:
        return services.receive_call(
            sid="CA1", from_number=CUSTOMER_NUMBER, to_number=BUSINESS_NUMBER
        )

    assert ask().pk == ask().pk
    assert Call.objects.get().events.filter(kind="call.started").count() == 1


def test_a_call_to_nobodys_number_is_kept_and_has_failed() -> None:
    call = services.receive_call(sid="CA1", from_number="+1", to_number="+19995550000")
    assert (call.business, call.status, call.end_reason) == (
        None,
        CallStatus.FAILED,
        EndReason.UNKNOWN_NUMBER,
    )


def test_an_inactive_business_has_no_number(business: Business) -> None:
    business.is_active = False
    business.save()
    call = services.receive_call(sid="CA1", from_number=CUSTOMER_NUMBER, to_number=BUSINESS_NUMBER)
    assert call.end_reason == EndReason.UNKNOWN_NUMBER


def allowed(business: Business, number: str = "(415) 555-2671") -> DialDecision:
    return permit(business, phone=number, kind=DialKind.AI)


@pytest.mark.usefixtures("open_gate")
def test_placing_a_call_dials_what_the_gate_allowed(
    business: Business, carrier: ScriptedCarrier
) -> None:
    decision = allowed(business)
    call = services.place_call(decision)
    url = f"{settings.PUBLIC_URL}/twilio"
    assert carrier.dialled == [
        Dial(
            to="+14155552671",
            from_=BUSINESS_NUMBER,
            answer_url=f"{url}/voice/?call={call.public_id}",
            status_url=f"{url}/status/?call={call.public_id}",
            detection=Detection(f"{url}/amd/?call={call.public_id}"),
        )
    ]
    assert call.status == CallStatus.INITIATED
    assert call.legs.get().sid == call.sid
    assert call.metadata == {"decision": decision.public_id}


@pytest.mark.usefixtures("open_gate")
def test_what_the_gate_allowed_is_dialled_once(
    business: Business, carrier: ScriptedCarrier
) -> None:
    decision = allowed(business)
    services.place_call(decision)
    with pytest.raises(Conflict, match="used already"):
        services.place_call(decision)
    assert len(carrier.dialled) == 1


@pytest.mark.usefixtures("daytime")
def test_what_the_gate_refused_is_not_dialled(business: Business, carrier: ScriptedCarrier) -> None:
    with pytest.raises(DialRefused, match="no consent to calls by an AI voice"):
        services.place_call(allowed(business))
    assert not Call.objects.exists()
    assert not carrier.dialled


@pytest.mark.usefixtures("open_gate")
def test_what_the_gate_allowed_a_while_ago_is_not_dialled(
    business: Business, carrier: ScriptedCarrier
) -> None:
    decision = allowed(business)
    decision.at -= FRESH + timedelta(seconds=1)
    with pytest.raises(Conflict, match="too old"):
        services.place_call(decision)
    assert not carrier.dialled


@pytest.mark.usefixtures("open_gate")
def test_who_opted_out_since_the_gate_allowed_it_is_not_dialled(
    business: Business, carrier: ScriptedCarrier
) -> None:
    decision = allowed(business)
    suppress(business, phone=decision.phone, source=SuppressionSource.STAFF)
    with pytest.raises(DialRefused, match="must not be called") as refusal:
        services.place_call(decision)
    assert refusal.value.decision.pk != decision.pk
    assert not refusal.value.decision.allowed
    assert not carrier.dialled


@pytest.mark.usefixtures("open_gate")
def test_who_opts_out_while_the_carrier_is_asked_is_hung_up_on(
    business: Business, carrier: ScriptedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = carrier.place

    def place_while_opting_out(dial: Dial) -> str:
        suppress(business, phone=dial.to, source=SuppressionSource.CALLER)
        return place(dial)

    monkeypatch.setattr(carrier, "place", place_while_opting_out)
    call = services.place_call(allowed(business))
    assert carrier.hung_up == [call.sid]
    assert call.end_reason == EndReason.SUPPRESSED


@pytest.mark.usefixtures("open_gate")
def test_a_refused_call_is_kept_with_the_carriers_reason(
    business: Business, carrier: ScriptedCarrier
) -> None:
    carrier.refusal = ProviderError("No such number can be called.")
    with pytest.raises(ProviderError):
        services.place_call(allowed(business))
    call = Call.objects.get()
    assert (call.status, call.error) == (CallStatus.FAILED, "No such number can be called.")
    assert call.end_reason == EndReason.CARRIER_REFUSED


# ---------------------------------------------------------------- state


@pytest.mark.parametrize("before", CallStatus.values)
@pytest.mark.parametrize("after", CallStatus.values)
def test_only_the_steps_of_the_state_machine_are_taken(
    make_call: MakeCall, before: str, after: str
) -> None:
    call = make_call(status=CallStatus.RINGING)
    Call.objects.filter(pk=call.pk).update(status=before)
    allowed = before in MAY_FOLLOW[CallStatus(after)]
    assert services.advance_call(call, CallStatus(after)) is allowed
    assert reload(call).status == (after if allowed else before)


@pytest.mark.parametrize("status", [s for s in CallStatus if s not in UNDER_WAY])
def test_a_call_that_is_over_stays_as_it_ended(make_call: MakeCall, status: CallStatus) -> None:
    call = make_call(status=CallStatus.COMPLETED)
    ended_at = call.ended_at
    assert not services.advance_call(call, status, error="late news")
    assert (reload(call).ended_at, reload(call).error) == (ended_at, "")


def test_a_completed_call_whose_engine_broke_has_failed(call: Call) -> None:
    services.note_end_reason(call, EndReason.ENGINE_FAILED, error="Out of order.")
    services.advance_call(call, CallStatus.COMPLETED)
    assert (reload(call).status, reload(call).error) == (CallStatus.FAILED, "Out of order.")


def test_the_first_end_reason_stays(call: Call) -> None:
    services.note_end_reason(call, EndReason.ENDED_BY_MANAGER)
    services.note_end_reason(call, EndReason.CALLER_HUNG_UP)
    services.advance_call(call, CallStatus.COMPLETED)
    assert reload(call).end_reason == EndReason.ENDED_BY_MANAGER


def test_duration_is_the_carriers_or_else_since_the_answer(make_call: MakeCall) -> None:
    told, counted, unanswered = make_call(), make_call(), make_call(status=CallStatus.RINGING)
    Call.objects.filter(pk=counted.pk).update(answered_at=timezone.now() - timedelta(seconds=90))
    services.advance_call(told, CallStatus.COMPLETED, duration_seconds=42)
    services.advance_call(counted, CallStatus.COMPLETED)
    services.advance_call(unanswered, CallStatus.NO_ANSWER)
    durations = [reload(call).duration_seconds for call in (told, counted, unanswered)]
    assert durations == [42, 90, 0]


# ---------------------------------------------------------------- media streams


def test_a_token_opens_one_stream_once(make_call: MakeCall) -> None:
    call = make_call(status=CallStatus.RINGING)
    token = services.issue_media_token(call)
    assert services.claim_stream(token).call == call
    with pytest.raises(NotAllowed):
        services.claim_stream(token)


def test_a_token_expires(make_call: MakeCall) -> None:
    token = services.issue_media_token(make_call(status=CallStatus.RINGING))
    MediaStream.objects.update(expires_at=timezone.now())
    with pytest.raises(NotAllowed):
        services.claim_stream(token)


def test_a_new_token_ends_the_old_one(make_call: MakeCall) -> None:
    call = make_call(status=CallStatus.RINGING)
    old, new = services.issue_media_token(call), services.issue_media_token(call)
    with pytest.raises(NotAllowed):
        services.claim_stream(old)
    assert services.claim_stream(new)


def test_a_token_of_a_call_that_is_over_opens_nothing(make_call: MakeCall) -> None:
    call = make_call(status=CallStatus.RINGING)
    token = services.issue_media_token(call)
    services.advance_call(call, CallStatus.CANCELED)
    with pytest.raises(NotAllowed):
        services.claim_stream(token)


def test_the_token_itself_is_not_stored(make_call: MakeCall) -> None:
    token = services.issue_media_token(make_call(status=CallStatus.RINGING))
    assert token not in str(list(MediaStream.objects.values()))


def test_a_stream_of_another_call_is_refused(make_call: MakeCall) -> None:
    call = make_call(status=CallStatus.RINGING)
    stream = services.claim_stream(services.issue_media_token(call))
    with pytest.raises(NotAllowed):
        services.start_stream(stream, sid="MZ1", call_sid="CA-of-somebody-else")
    assert reload(call).status == CallStatus.RINGING


def test_a_started_stream_answers_the_call_and_its_end_says_why(make_call: MakeCall) -> None:
    call = make_call(status=CallStatus.RINGING)
    stream = open_stream(call)
    assert reload(call).status == CallStatus.IN_PROGRESS
    services.end_stream(stream, EndReason.AGENT_SAID_GOODBYE)
    services.end_stream(stream, EndReason.MEDIA_FAILED, error="late")
    assert (reload(call).end_reason, reload(call).error) == (EndReason.AGENT_SAID_GOODBYE, "")


# ---------------------------------------------------------------- transcript


def spoken(sequence: int, text: str, **changes: object) -> RecordUtterance:
    return RecordUtterance(sequence, Speaker.CALLER, text, 0, 900, **changes)  # type: ignore[arg-type]


def test_versions_count_every_change_of_the_transcript(call: Call) -> None:
    services.record_utterance(call, spoken(2, "second"))
    services.record_utterance(call, spoken(1, "first"))
    services.record_utterance(call, spoken(2, "second, cut"))
    rows = call.utterances.in_order().values_list("sequence", "text", "version", "created_version")
    assert list(rows) == [(1, "first", 2, 2), (2, "second, cut", 3, 1)]
    assert [u.text for u in call.utterances.changed_after(2)] == ["second, cut"]


def test_an_utterance_is_announced_after_commit_with_ids_only(
    call: Call, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[dict[str, object]] = []

    def listen(**news: object) -> None:
        heard.append(news)

    signals.utterance_recorded.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        services.record_utterance(call, spoken(1, "secret words"))
        assert heard == []
    signals.utterance_recorded.disconnect(listen)
    news = {key: heard[0][key] for key in ("call_id", "business_id", "sequence", "version")}
    assert news == {
        "call_id": call.public_id,
        "business_id": call.business_id,
        "sequence": 1,
        "version": 1,
    }
    assert "secret" not in str(heard)


def test_what_was_said_is_found_by_its_words(make_call: MakeCall) -> None:
    found = make_call(said=[("caller", "Do you install heat pumps?")])
    make_call(said=[("caller", "I want a new roof.")])
    assert list(Call.objects.saying("heat pump installation")) == [found]
    assert not Call.objects.saying('"pumps heat"').exists()


def test_an_event_with_a_key_is_stored_once(call: Call) -> None:
    assert services.record_event(call, "carrier.status", key="k")
    assert not services.record_event(call, "carrier.status", key="k")
    assert call.events.filter(kind="carrier.status").count() == 1


# ---------------------------------------------------------------- supervisor


def test_ending_a_call_asks_the_carrier(
    call: Call, carrier: ScriptedCarrier, manager: User
) -> None:
    services.end_call(call, by=manager)
    assert carrier.hung_up == [call.sid]
    assert reload(call).end_reason == EndReason.ENDED_BY_MANAGER
    assert call.events.get(kind="supervisor.end").user == manager


def test_a_call_that_is_over_cannot_be_ended(
    ended_call: Call, carrier: ScriptedCarrier, manager: User
) -> None:
    with pytest.raises(Conflict):
        services.end_call(ended_call, by=manager)
    assert carrier.hung_up == []


def test_a_call_that_the_carrier_does_not_end_goes_on_as_before(
    call: Call, carrier: ScriptedCarrier, manager: User
) -> None:
    carrier.refusal = ProviderError("Twilio could not be reached.", retryable=True)
    with pytest.raises(ProviderError):
        services.end_call(call, by=manager)
    services.advance_call(call, CallStatus.COMPLETED)
    assert reload(call).end_reason == EndReason.CALLER_HUNG_UP


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_a_line_has_words_and_an_end(call: Call, manager: User, text: str) -> None:
    with pytest.raises(InvalidInput):
        services.say_line(call, text, by=manager)


def test_an_agent_that_is_not_on_the_call_cannot_be_told_anything(
    make_call: MakeCall, manager: User
) -> None:
    call = make_call(status=CallStatus.RINGING)
    for command in (services.pause_agent, services.resume_agent):
        with pytest.raises(Conflict):
            command(call, by=manager)
    with pytest.raises(Conflict):
        services.instruct_agent(call, "Offer a discount", by=manager)


def test_pausing_twice_is_refused(call: Call, manager: User) -> None:
    services.pause_agent(call, by=manager)
    assert reload(call).agent_paused
    with pytest.raises(Conflict):
        services.pause_agent(call, by=manager)
    services.resume_agent(call, by=manager)
    assert not reload(call).agent_paused
