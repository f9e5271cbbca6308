"""The agent's calls to answering machines, over the sandbox carrier with the engine's own ears."""

import pytest
from asgiref.sync import sync_to_async

from calls.dialling.machines import spoken
from calls.dialling.placing import place_dial
from calls.models import Call
from calls.sandbox.scenarios import all_scenarios
from calls.sandbox.script import Callee
from calls.tests.live.conftest import Desk
from conftest import BUSINESS_NUMBER
from leads.dialing.services import request_dial
from leads.enums import DialKind, DialOrigin, DialResult, LeadSource, MachineAction
from leads.models import Dial, DialRules, Lead
from leads.services import create_lead
from salesdesk.businesses.models import Business

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("open_gate")]

MACHINE = "+14155550176"
MESSAGE = "Hello {name}, this is {business}. Please call {phone}."


@pytest.fixture
def dial(business: Business) -> Dial:
    Business.objects.filter(pk=business.pk).update(engine="cascade")
    lead: Lead = create_lead(
        business, source=LeadSource.WEB_FORM, first_name="Daniel", phone=MACHINE
    )
    return request_dial(lead, kind=DialKind.AI, origin=DialOrigin.MANUAL)


async def called(desk: Desk, dial: Dial, **rules: object) -> Call:
    """The machine was called, and the call is over."""
    await DialRules.objects.filter(business=dial.business_id).aupdate(**rules)
    script = all_scenarios()["voicemail"].script
    desk.carrier.callees[MACHINE] = Callee(script, ring_ms=100)
    await sync_to_async(place_dial)(dial.public_id)
    (carried,) = [each for each in desk.carrier.calls.values() if each.parties.to == MACHINE]
    await carried.wait_ended()
    await dial.arefresh_from_db()
    return await desk.call_of(carried)


@pytest.mark.slow
@pytest.mark.parametrize("detects", [True, False])
async def test_a_machine_is_left_the_message_once(desk: Desk, dial: Dial, detects: bool) -> None:
    call = await called(
        desk,
        dial,
        detects_machines=detects,
        on_machine=MachineAction.LEAVE_MESSAGE,
        machine_message=MESSAGE,
    )
    said = [text for speaker, text in await desk.lines_of(call) if speaker == "agent"]
    name = await sync_to_async(lambda: dial.business.name)()
    number = spoken(BUSINESS_NUMBER)
    assert said == [f"Hello Daniel, this is {name}. Please call {number}."]
    assert (call.answered_by, call.end_reason) == ("machine", "machine")
    assert await call.events.filter(kind="machine.message").acount() == 1
    assert dial.result == DialResult.VOICEMAIL


async def test_a_machine_is_hung_up_on_where_no_message_is_wanted(desk: Desk, dial: Dial) -> None:
    call = await called(desk, dial)
    assert [each for each in await desk.lines_of(call) if each[0] == "agent"] == []
    assert (call.answered_by, dial.result) == ("machine", DialResult.VOICEMAIL)
