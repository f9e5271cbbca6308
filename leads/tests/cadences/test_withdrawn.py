"""What a cadence leaves out when consent is withdrawn, each step committed as it is in life."""

import pytest

from leads.cadences import services
from leads.cadences.carrying import carry_out
from leads.cadences.claiming import claim_due
from leads.consent import record_consent
from leads.enums import ConsentKind
from leads.models import Lead
from leads.tests.cadences.conftest import Clock, MakeCadence, touches


@pytest.mark.django_db(transaction=True)
def test_a_touch_whose_dial_was_queued_is_refused_not_failed(
    here: Lead, make_cadence: MakeCadence, clock: Clock
) -> None:
    services.enroll(here, make_cadence((10, "ai_call"), (30, "ai_call"), (30, "rep_call")))
    clock.pass_(minutes=10)
    [touch] = claim_due(10)
    carry_out(touch.pk, touch.claims)
    assert [dial.status for dial in here.dials.all()] == ["queued"]

    record_consent(here, ConsentKind.AI_VOICE, is_given=False, wording="No machines.")

    assert touches(here) == [
        ("ai_call", "done", "blocked"),
        ("ai_call", "done", "blocked"),
        ("rep_call", "planned", ""),
    ]
    assert [dial.status for dial in here.dials.all()] == ["canceled"]
