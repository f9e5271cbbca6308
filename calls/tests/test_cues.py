"""Cue cards: who sees them, while which calls, and what they say."""

from collections.abc import Callable

import pytest
from django.test import Client

from calls.cues import cue_for, playbook_for
from calls.enums import CallStatus, Speaker
from calls.models import Call
from conftest import MakeCall
from salesdesk.accounts.enums import ABILITIES, Role
from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.loop.state import PlaybookSpec
from salesdesk.assistant.models import Playbook, Thread
from salesdesk.assistant.playbooks.demo import EXAMPLE, load_demo_playbook
from salesdesk.assistant.playbooks.following import Cue
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
HELLO = ("agent", "How can I help you today?")
SOLAR = ("caller", "I am thinking about solar.")
EXPENSIVE = ("caller", "But it is too expensive.")
MANAGER = ABILITIES[Role.MANAGER]


@pytest.fixture
def playbook(business: Business) -> Playbook:
    return load_demo_playbook(business)


def card(call: Call) -> Cue:
    cue = cue_for(call, playbook_for(call, MANAGER))
    assert cue is not None
    return cue


# ---------------------------------------------------------------- what it says


@pytest.mark.usefixtures("playbook")
def test_it_follows_what_is_said(make_call: MakeCall) -> None:
    assert card(make_call()).stage.name == "Greeting"
    assert card(make_call(said=[HELLO, SOLAR])).next.question == EXAMPLE.stages[1].questions[0]


@pytest.mark.usefixtures("playbook")
def test_it_answers_what_the_caller_objects(make_call: MakeCall) -> None:
    assert card(make_call(said=[HELLO, SOLAR])).objection is None
    assert card(make_call(said=[HELLO, SOLAR, EXPENSIVE])).objection == EXAMPLE.objections[0]


@pytest.mark.usefixtures("playbook")
def test_what_the_system_says_is_no_part_of_the_talk(make_call: MakeCall) -> None:
    question = EXAMPLE.stages[1].questions[0]
    call = make_call(said=[HELLO, SOLAR, ("agent", question)])
    assert card(call).next.question == EXAMPLE.stages[1].questions[1]

    call.utterances.filter(text=question).update(speaker=Speaker.SYSTEM)

    assert card(call).next.question == question


@pytest.mark.usefixtures("playbook")
def test_the_stage_that_the_agent_noted_counts(call: Call, business: Business) -> None:
    Thread.objects.create(
        business=business,
        channel=Channel.PHONE,
        conversation=call.public_id,
        state={"notes": {"stage": "Appointment"}},
    )

    assert card(call).stage.name == "Appointment"


# ---------------------------------------------------------------- who and when


@pytest.mark.parametrize(
    ("status", "is_there"),
    [
        (CallStatus.RINGING, True),
        (CallStatus.IN_PROGRESS, True),
        (CallStatus.COMPLETED, False),
        (CallStatus.FAILED, False),
    ],
)
@pytest.mark.usefixtures("playbook")
def test_only_a_call_under_way_has_one(
    status: CallStatus, is_there: bool, make_call: MakeCall
) -> None:
    call = make_call(status=status)

    assert (playbook_for(call, MANAGER) == EXAMPLE) is is_there
    assert (cue_for(call, EXAMPLE) is not None) is is_there


@pytest.mark.usefixtures("playbook")
def test_nobodys_call_has_none(call: Call) -> None:
    call.business = None

    assert playbook_for(call, MANAGER) == PlaybookSpec()


@pytest.mark.parametrize(
    ("who", "is_shown"),
    [
        ("admin_user", True),
        ("manager", True),
        ("rep", True),
        ("superuser", True),
        ("auditor", False),
    ],
)
@pytest.mark.usefixtures("playbook")
def test_who_sells_sees_it_on_the_page(
    who: str,
    is_shown: bool,
    make_call: MakeCall,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    call = make_call(said=[HELLO, SOLAR, EXPENSIVE])

    page = client_for(request.getfixturevalue(who)).get(f"/calls/{call.public_id}/")

    assert page.status_code == 200
    assert (b'id="call-cue"' in page.content) is is_shown
    assert (b"Too expensive" in page.content) is is_shown


def test_without_a_playbook_there_is_no_card(
    call: Call, manager: User, client_for: ClientFor
) -> None:
    page = client_for(manager).get(f"/calls/{call.public_id}/")

    assert b"call-cue" not in page.content


def test_what_people_wrote_is_escaped(
    make_call: MakeCall, playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    playbook.stages.update(goal="<script>alert(1)</script>")

    page = client_for(manager).get(f"/calls/{make_call().public_id}/")

    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;alert(1)" in page.content
