"""Cadences and their steps are set up."""

import pytest

from leads.cadences import editing
from leads.cadences.services import enroll
from leads.cadences.usual import default_cadence
from leads.enums import TouchChannel
from leads.models import Cadence, Lead
from leads.tests.cadences.conftest import MakeCadence
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db


def channels(cadence: Cadence) -> list[str]:
    return list(cadence.steps.order_by("position").values_list("channel", flat=True))


def test_there_is_one_cadence_for_new_leads(business: Business, make_cadence: MakeCadence) -> None:
    usual, other = default_cadence(business), make_cadence((10, "sms"))

    editing.change_cadence(other, is_default=True)

    usual.refresh_from_db()
    assert (usual.is_default, default_cadence(business)) == (False, other)
    with pytest.raises(Conflict):
        editing.change_cadence(other, is_default=False)


def test_names_are_given_once(business: Business) -> None:
    editing.add_cadence(business, name="Winter")
    with pytest.raises(Conflict):
        editing.add_cadence(business, name="Winter")


def test_a_cadence_that_leads_were_in_stays(lead: Lead, make_cadence: MakeCadence) -> None:
    cadence = make_cadence((10, "ai_call"))
    enroll(lead, cadence)

    with pytest.raises(Conflict):
        editing.delete_cadence(cadence)
    editing.delete_cadence(make_cadence(name="Never used"))

    assert list(Cadence.objects.all()) == [cadence]


def test_the_one_for_new_leads_is_not_deleted(business: Business) -> None:
    with pytest.raises(Conflict):
        editing.delete_cadence(default_cadence(business))


def test_steps_are_added_moved_and_taken_out(make_cadence: MakeCadence) -> None:
    cadence = make_cadence((10, "ai_call"), (20, "rep_call"))
    step = editing.add_step(cadence, channel="sms", wait_minutes=5, text="Hi {{ first_name }}")

    editing.move_step(step, -1)
    assert channels(cadence) == ["ai_call", "sms", "rep_call"]
    editing.move_step(step, -5)
    assert channels(cadence) == ["sms", "ai_call", "rep_call"]
    editing.remove_step(step)
    assert channels(cadence) == ["ai_call", "rep_call"]


@pytest.mark.parametrize("text", ["", "Hi {{ nobody }}", "{% now %}"])
def test_words_that_cannot_be_are_refused(make_cadence: MakeCadence, text: str) -> None:
    with pytest.raises(InvalidInput):
        editing.add_step(make_cadence(), channel="sms", wait_minutes=5, text=text)


def test_a_call_needs_no_words(make_cadence: MakeCadence) -> None:
    step = editing.add_step(
        make_cadence(), channel=TouchChannel.AI_CALL, wait_minutes=5, text="Hi", subject="Hi"
    )
    assert (step.text, step.subject) == ("", "")
