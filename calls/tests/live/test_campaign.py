"""A campaign calls several people over the sandbox carrier: asked of the gate, placed, settled."""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from asgiref.sync import sync_to_async
from celery import current_app
from django.utils import timezone

from calls.models import Call
from calls.sandbox.script import Answer, Callee
from calls.tests.live.conftest import Desk
from leads.campaigns import services
from leads.campaigns.calling import call_due
from leads.enums import CampaignStatus, LeadSource, MemberStatus, SuppressionSource
from leads.models import Campaign, CampaignMember, DialDecision, Lead
from leads.services import create_lead, suppress
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("open_gate")]

TALKS, IS_BUSY, TALKS_TOO, LEAVE_ALONE = (f"+1415555017{digit}" for digit in range(4))
GREETING = "Hello, this is the roof check."


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are queued."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def campaign(business: Business, manager: User) -> Campaign:
    Business.objects.filter(pk=business.pk).update(engine="cascade")
    for number in (TALKS, IS_BUSY, TALKS_TOO, LEAVE_ALONE):
        create_lead(business, source=LeadSource.WEB_FORM, first_name=number[-1], phone=number)
    suppress(business, phone=LEAVE_ALONE, source=SuppressionSource.STAFF)
    return services.create_campaign(
        business,
        by=manager,
        name="Roof checks",
        purpose="Offers a free check of the roof.",
        greeting=GREETING,
        calls_per_second=10.0,
        at_once=10,
        days=list(WEEKDAYS),
        opens=time(0),
        closes=time(23, 59),
        retries={"busy": {"times": 1, "wait_minutes": 30}},
    )


async def call_round(desk: Desk, campaign: Campaign) -> int:
    """Call who is due, until their calls are over; how many dials were asked for."""
    before = set(desk.carrier.calls)
    asked: int = await sync_to_async(call_due)(campaign.pk, timezone.now())
    for sid in set(desk.carrier.calls) - before:
        await desk.carrier.calls[sid].wait_ended()
    return asked


def states(campaign: Campaign) -> dict[str, str]:
    return dict(campaign.members.values_list("lead__phone", "status"))


@pytest.mark.usefixtures("at_once")
async def test_a_campaign_calls_everybody_once_and_the_busy_one_again(
    desk: Desk, campaign: Campaign, manager: User
) -> None:
    desk.carrier.default_callee = Callee(ring_ms=100)
    desk.carrier.callees[IS_BUSY] = Callee(answer=Answer.BUSY, ring_ms=100)
    await sync_to_async(services.start)(campaign, by=manager)

    assert await call_round(desk, campaign) == 4
    assert await sync_to_async(states)(campaign) == {
        TALKS: MemberStatus.REACHED,
        IS_BUSY: MemberStatus.WAITING,
        TALKS_TOO: MemberStatus.REACHED,
        LEAVE_ALONE: MemberStatus.BARRED,
    }
    assert await call_round(desk, campaign) == 0

    desk.carrier.callees[IS_BUSY] = Callee(ring_ms=100)
    later = timezone.now() - timedelta(seconds=1)
    await CampaignMember.objects.filter(status=MemberStatus.WAITING).aupdate(due_at=later)
    assert await call_round(desk, campaign) == 1
    assert await call_round(desk, campaign) == 0

    await campaign.arefresh_from_db()
    assert campaign.status == CampaignStatus.DONE
    dialled = [call.to_number async for call in Call.objects.order_by("pk")]
    assert sorted(dialled) == sorted([TALKS, IS_BUSY, TALKS_TOO, IS_BUSY])
    await spoke_as_wanted(campaign)


async def spoke_as_wanted(campaign: Campaign) -> None:
    """The campaign's words were the first; each dial has its line in the ledger."""
    call = await Call.objects.aget(to_number=TALKS)
    first = await call.utterances.in_order().afirst()
    assert first is not None
    assert (first.speaker, first.text) == ("agent", GREETING)
    lines = DialDecision.objects.filter(campaign=campaign.public_id)
    assert [line.allowed async for line in lines.filter(phone=LEAVE_ALONE)] == [False]
    assert await lines.filter(allowed=True).acount() == 4
    assert await Lead.objects.filter(dials__call_id="").acount() == 1
