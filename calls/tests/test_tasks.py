from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from calls import services
from calls.enums import CallStatus, EndReason
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call
from calls.signals import answer_cited
from calls.tasks import note_uses, settle_lost_calls
from calls.tests.carrier import ScriptedCarrier
from conftest import MakeCall
from knowledge.models import Document, PassageUse
from knowledge.services import add_text
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(minutes=10)


@pytest.fixture
def lost(make_call: MakeCall) -> Call:
    """A call that rang ten minutes ago, of which nothing was heard since."""
    return make_call(status=CallStatus.RINGING, started_at=timezone.now() - LONG_AGO)


def status_of(call: Call) -> tuple[str, str]:
    call.refresh_from_db()
    return call.status, call.end_reason


def test_the_carrier_tells_how_a_lost_call_ended(lost: Call, carrier: ScriptedCarrier) -> None:
    carrier.statuses[lost.sid or ""] = "no-answer"
    settle_lost_calls()
    assert status_of(lost) == (CallStatus.NO_ANSWER, EndReason.NOT_REACHED)


def test_a_call_that_the_carrier_does_not_know_has_failed(
    lost: Call, carrier: ScriptedCarrier
) -> None:
    settle_lost_calls()
    assert status_of(lost) == (CallStatus.FAILED, EndReason.LOST)


def test_a_carrier_that_cannot_be_asked_changes_nothing(
    lost: Call, carrier: ScriptedCarrier
) -> None:
    carrier.refusal = ProviderError("Out of order.", retryable=True)
    settle_lost_calls()
    assert status_of(lost) == (CallStatus.RINGING, "")


def test_young_calls_and_calls_with_live_audio_are_left_alone(
    make_call: MakeCall, carrier: ScriptedCarrier
) -> None:
    young = make_call(status=CallStatus.RINGING)
    talking = make_call(started_at=timezone.now() - LONG_AGO)
    settle_lost_calls()
    assert status_of(young)[0] == CallStatus.RINGING
    assert status_of(talking)[0] == CallStatus.IN_PROGRESS


def test_a_call_whose_audio_ended_long_ago_is_settled(
    make_call: MakeCall, carrier: ScriptedCarrier
) -> None:
    call = make_call(started_at=timezone.now() - LONG_AGO)
    services.end_stream(call.media_streams.get(), EndReason.AGENT_SAID_GOODBYE)
    carrier.statuses[call.sid or ""] = "completed"
    settle_lost_calls()
    assert status_of(call) == (CallStatus.COMPLETED, EndReason.AGENT_SAID_GOODBYE)


# ---------------------------------------------------------------- what answers came from


@pytest.fixture
def document(business: Business) -> Document:
    return add_text(business, title="Roof", text="The roof lasts 30 years.", by=None)


def answer(call: Call, document: Document) -> None:
    citation = {"passage": "p1", "document": document.public_id, "score": 0.7}
    services.record_utterance(
        call,
        RecordUtterance(
            3, Speaker.AGENT, "Thirty years.", 0, 900, metadata={"citations": [citation]}
        ),
    )


def test_what_an_answer_came_from_is_noted(call: Call, document: Document) -> None:
    answer(call, document)
    note_uses(call.public_id, 3)
    use = PassageUse.objects.get(document=document)
    assert (use.used_in, use.sequence, use.score) == (call.public_id, 3, 0.7)


def test_an_utterance_that_is_gone_notes_nothing(call: Call) -> None:
    note_uses(call.public_id, 99)
    assert not PassageUse.objects.exists()


def test_only_answers_that_cite_are_announced(
    call: Call, document: Document, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[int] = []

    def listen(sequence: int, **_: Any) -> None:
        told.append(sequence)

    answer_cited.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        services.record_utterance(call, RecordUtterance(2, Speaker.AGENT, "Hello.", 0, 900))
        answer(call, document)
    answer_cited.disconnect(listen)
    assert told == [3]
