"""A rep's phone-sized page in a real browser: ready, called, connected, settled, and the next.

The sandbox carrier rings both phones and connects them. With ``READY_SCREENSHOTS`` set to a folder
the pages of the way are kept there.
"""

import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.async_api import Page, expect
from pytest_django import Settings

from calls.carriers.base import get_carrier
from calls.dialling.placing import end_dial, place_dial
from calls.models import Call, Leg
from calls.sandbox.call import Call as CarriedCall
from calls.sandbox.carrier import OwnNumber
from calls.sandbox.scenarios import all_scenarios
from calls.sandbox.script import (
    AfterPause,
    AtTheEnd,
    Callee,
    CallerScript,
    DuringAgent,
    HangUp,
    Keys,
    Line,
    Silence,
    Step,
    Tone,
)
from calls.sandbox.server import Sandbox
from calls.sandbox.stage import Source
from calls.tests.sandbox.product import voice
from conftest import BUSINESS_NUMBER
from leads.enums import LeadSource
from leads.models import (
    Dial,
    DialDecision,
    DialRules,
    Lead,
    Outcome,
    ReadySession,
    Reservation,
)
from leads.ready import services as ready
from leads.ready.push import tell_rep
from leads.ready.wanting import want_call
from leads.services import add_note, create_lead
from leads.visits.appointments import add_calendar
from salesdesk.accounts.enums import CallBy
from salesdesk.accounts.models import User
from salesdesk.accounts.services import change_rep, rep_of
from salesdesk.assistant.playbooks.demo import load_demo_playbook
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, Server, do, is_live

pytestmark = MARKS

REP_PHONE, ANA, BO = "+14155550177", "+14155550188", "+14155550189"
NOON = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
PHONE = {"width": 390, "height": 844}
HELLO_REP, HELLO_LEAD = "Hello Ana, this is Ray speaking", "Hello Ray, what a good time to call"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calls are allowed, and dials are placed at once instead of by a worker."""
    monkeypatch.setattr("leads.gate.clock.now", lambda: NOON)
    monkeypatch.setattr("calls.dialling.tasks.place.delay", place_dial)
    monkeypatch.setattr("calls.dialling.tasks.hang_up.delay", end_dial)
    get_carrier.cache_clear()
    yield
    get_carrier.cache_clear()


@pytest.fixture
async def sandbox(server: Server, settings: Settings) -> AsyncIterator[Sandbox]:
    """A carrier that knows the web process, and two people who talk."""
    settings.PUBLIC_URL = server.url
    settings.TWILIO_ACCOUNT_SID = "AC" + "5" * 32
    settings.TWILIO_AUTH_TOKEN = "token of the sandbox"
    callees = {
        REP_PHONE: talker(HELLO_REP, 3_000, hangs_up=False, presses="1"),
        ANA: talker(HELLO_LEAD, 1_500, hangs_up=True),
    }
    carrier = Sandbox(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        numbers={BUSINESS_NUMBER: OwnNumber(Source(f"{server.url}/twilio/voice/"))},
        callees=callees,
        speech=voice,
    )
    async with carrier:
        settings.TWILIO_API_BASE_URL = carrier.url
        yield carrier


def talker(words: str, after_ms: int, *, hangs_up: bool, presses: str = "") -> Callee:
    """Somebody who talks, after pressing a key where one is asked for."""
    steps: list[Step] = [Line(words, when=AfterPause(after_ms)), Silence(6_000, when=AfterPause(0))]
    if presses:
        steps.insert(0, Keys(presses, when=DuringAgent(300)))
    script = CallerScript([*steps, HangUp(AfterPause(0))] if hangs_up else steps, AtTheEnd.STAY)
    return Callee(script, ring_ms=1_200)


@pytest.fixture
def queue(business: Business, rep: User) -> list[Lead]:
    """Two leads that wait, the first ranked higher."""
    change_rep(rep_of(rep, business.pk), phone=REP_PHONE, call_by=CallBy.BRIDGE)
    week = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    add_calendar(business, "Crew A", hours=week)
    load_demo_playbook(business)
    leads = []
    for name, last, number, rank in (("Ana", "Ruiz", ANA, 9.0), ("Bo", "Berg", BO, 1.0)):
        lead = create_lead(
            business,
            source=LeadSource.WEB_FORM,
            first_name=name,
            last_name=last,
            phone=number,
            address="12 Pine St, San Francisco, CA 94105",
        )
        add_note(lead, "Asked for a quote for twelve panels on the garage.")
        want_call(lead, timezone.now() - timedelta(minutes=2), why="New lead from the web form")
        Lead.objects.filter(pk=lead.pk).update(rank=rank)
        leads.append(lead)
    return leads


@pytest.fixture
async def phone(queue: list[Lead], rep: User, open_page: OpenPage) -> Page:
    page: Page = await open_page(rep, "/ready/")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return page


async def press(page: Page, name: str) -> None:
    """The button of exactly this name."""
    await page.get_by_role("button", name=name, exact=True).click()


async def keep(page: Page, name: str) -> None:
    """A picture for the documentation, where one is wanted."""
    folder = os.environ.get("READY_SCREENSHOTS")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"ready-{name}.png"))


async def carried(sandbox: Sandbox, number: str) -> CarriedCall:
    return next(each for each in sandbox.calls.values() if each.parties.to == number)


async def drawn_anew(page: Page, rep: User, lead: Lead) -> None:
    """News of the lead have replaced what the page shows."""
    await Lead.objects.filter(pk=lead.pk).aupdate(company="Ruiz and Daughters")
    await do(tell_rep, await ReadySession.objects.aget(user=rep))
    await expect(page.get_by_text("Ruiz and Daughters").first).to_be_visible()


async def has_state(page: Page, state: str) -> None:
    await expect(page.locator("#ready-stage")).to_have_attribute("data-state", state)


async def test_a_rep_goes_ready_calls_settles_and_gets_the_next(
    phone: Page, sandbox: Sandbox, queue: list[Lead]
) -> None:
    await expect(phone.get_by_text("Notification mode")).to_be_visible()
    await keep(phone, "off")
    await press(phone, "I’m ready")
    await expect(phone.get_by_role("heading", name="Ana Ruiz")).to_be_visible()
    await expect(phone.get_by_text("New lead from the web form")).to_be_visible()
    await expect(phone.get_by_text("Cue card")).to_be_visible()
    await keep(phone, "lead")

    await press(phone, "Call Ana")
    await has_state(phone, "calling")
    await expect(phone.get_by_role("status").filter(has_text="Talking")).to_be_visible()
    await phone.get_by_label("Note").fill("Wants a visit next week")
    await keep(phone, "talking")
    rep_leg, lead_leg = await carried(sandbox, REP_PHONE), await carried(sandbox, ANA)
    await lead_leg.wait_ended()
    await rep_leg.wait_ended()
    assert rep_leg.phone is not None
    assert lead_leg.phone is not None
    assert voice(HELLO_LEAD) in rep_leg.phone.recording.heard
    assert voice(HELLO_REP) in lead_leg.phone.recording.heard

    await has_state(phone, "wrap_up")
    await keep(phone, "outcome")
    await press(phone, "Talked, nothing agreed")
    await expect(phone.get_by_role("heading", name="Bo Berg")).to_be_visible()
    await keep(phone, "next")

    outcome = await Outcome.objects.select_related("disposition").aget()
    assert (outcome.disposition.key, outcome.note) == ("talked", "Wants a visit next week")
    call = await Call.objects.aget()
    assert outcome.conversation == call.public_id
    assert call.status == "completed"
    roles = [role async for role in Leg.objects.order_by("role").values_list("role", flat=True)]
    assert roles == ["customer", "rep"]
    assert await DialDecision.objects.filter(allowed=True, phone=ANA).acount() == 1


@pytest.mark.slow
async def test_the_reps_voicemail_is_never_connected_with_the_lead(
    phone: Page, sandbox: Sandbox, queue: list[Lead]
) -> None:
    sandbox.callees[REP_PHONE] = Callee(all_scenarios()["voicemail"].script, ring_ms=300)
    await press(phone, "I’m ready")
    await press(phone, "Call Ana")

    await expect(phone.get_by_text("no key was pressed")).to_be_visible(timeout=60_000)
    await has_state(phone, "paused")
    await keep(phone, "voicemail-of-rep")
    assert [each.parties.to for each in sandbox.calls.values()] == [REP_PHONE]
    assert not await DialDecision.objects.aexists()
    assert (await Reservation.objects.aget()).state == "released"


@pytest.mark.slow
async def test_a_machine_at_the_leads_is_told_and_the_rep_hangs_up(
    phone: Page, sandbox: Sandbox, queue: list[Lead]
) -> None:
    await DialRules.objects.aupdate(rep_presses_key=False)
    script = CallerScript([Line("Leave a message", when=AfterPause(100)), Tone(), Silence(60_000)])
    sandbox.callees[ANA] = Callee(script, ring_ms=300)
    await press(phone, "I’m ready")
    await press(phone, "Call Ana")
    await expect(phone.get_by_role("status").filter(has_text="Voicemail")).to_be_visible(
        timeout=20_000
    )
    await expect(phone.get_by_role("button", name="Voicemail left")).to_have_class(
        re.compile("btn-primary")
    )
    await keep(phone, "voicemail-of-lead")
    await press(phone, "Hang up")

    await has_state(phone, "wrap_up")
    for number in (REP_PHONE, ANA):
        await (await carried(sandbox, number)).wait_ended()
    await expect(phone.get_by_role("button", name="Hang up")).to_have_count(0)
    assert (await Call.objects.aget()).answered_by == "machine"
    assert (await Dial.objects.aget()).result == "voicemail"


async def test_an_action_on_a_dead_network_is_sent_again_and_done_once(
    phone: Page, queue: list[Lead], rep: User, server: Server
) -> None:
    await press(phone, "I’m ready")
    await has_state(phone, "offered")
    server.stop()
    await press(phone, "Skip")
    await expect(phone.locator("#ready-offline")).to_be_visible()
    await keep(phone, "offline")
    server.start()

    await expect(phone.get_by_role("heading", name="Bo Berg")).to_be_visible()
    await expect(phone.locator("#ready-offline")).to_be_hidden()
    await is_live(phone)
    states = [row.state async for row in Reservation.objects.order_by("pk")]
    assert states == ["released", "offered"]


async def test_a_lead_that_becomes_due_appears_by_itself_and_shakes_the_phone(
    phone: Page, queue: list[Lead], business: Business, rep: User
) -> None:
    await phone.evaluate("window.shaken = []; navigator.vibrate = (how) => shaken.push(how)")
    for name in ("Ana Ruiz", "Bo Berg"):
        if name == "Ana Ruiz":
            await press(phone, "I’m ready")
        await expect(phone.get_by_role("heading", name=name)).to_be_visible()
        await press(phone, "Skip")
    await expect(phone.get_by_role("heading", name="You are ready")).to_be_visible()
    before = await phone.evaluate("shaken.length")

    lead = await do(
        create_lead, business, source=LeadSource.EMAIL, first_name="Cy", phone="+14155550190"
    )
    await do(want_call, lead)
    await do(ready.offer_to_waiting, business.pk, timezone.now())

    await expect(phone.get_by_role("heading", name="Cy")).to_be_visible()
    assert await phone.evaluate("shaken.length") == before + 1


async def test_a_callback_is_agreed_by_the_clock_of_the_lead(
    phone: Page, queue: list[Lead], rep: User, business: Business
) -> None:
    await do(change_rep, await do(rep_of, rep, business.pk), phone="", call_by=CallBy.TEL)
    await phone.reload()
    await press(phone, "I’m ready")
    await phone.evaluate(
        "addEventListener('dial', (event) => event.stopImmediatePropagation(), true)"
    )
    await press(phone, "Call Ana")
    await has_state(phone, "wrap_up")
    dial = await Dial.objects.select_related("decision").aget()
    assert (dial.kind, dial.origin, dial.status, dial.result) == ("rep", "ready", "placed", "")
    assert dial.decision is not None
    assert dial.decision.allowed

    await phone.locator("summary", has_text="Call back").click()
    await phone.get_by_label("Any rep may call").check()
    await drawn_anew(phone, rep, queue[0])
    await expect(phone.get_by_label("Any rep may call")).to_be_checked()
    await phone.get_by_label("Any rep may call").uncheck()
    await press(phone, "Tomorrow at 9")
    await expect(phone.get_by_role("heading", name="Bo Berg")).to_be_visible()

    await dial.arefresh_from_db()
    assert (dial.status, dial.result) == ("ended", "answered")
    lead = await Lead.objects.aget(pk=queue[0].pk)
    assert lead.wanted_at is not None
    assert lead.wanted_at.astimezone(ZoneInfo("America/Los_Angeles")).strftime("%H:%M") == "09:00"
    assert lead.wanted_by_id == rep.pk


async def test_every_target_is_big_enough_for_a_thumb(phone: Page, queue: list[Lead]) -> None:
    await press(phone, "I’m ready")
    await has_state(phone, "offered")
    small = """() => [...document.querySelectorAll('#ready-stage button, #ready-stage summary')]
        .filter((each) => each.getClientRects().length)
        .filter((each) => each.getBoundingClientRect().height < 47.5)
        .map((each) => each.textContent.trim())"""
    assert await phone.evaluate(small) == []
    assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_the_page_can_be_installed(phone: Page, server: Server) -> None:
    manifest = await phone.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href).then((told) => told.json())"
    )
    assert (manifest["start_url"], manifest["display"]) == ("/ready/", "standalone")
    for icon in manifest["icons"]:
        answer = await phone.request.get(server.url + icon["src"])
        assert answer.headers["content-type"] == "image/png"
    scope = "navigator.serviceWorker.ready.then((worker) => worker.scope)"
    assert await phone.evaluate(scope) == f"{server.url}/ready/"
