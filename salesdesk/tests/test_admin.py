"""The admin: every model has its pages, and each opens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from calls.models import Bridge, Call
from calls.notes import add_note
from knowledge.models import (
    BusinessKnowledge,
    Crawl,
    CrawlPage,
    Document,
    DocumentVersion,
    EmbeddingChange,
    Passage,
    PassageEmbedding,
    PassageUse,
    Site,
)
from leads.models import (
    Account,
    Appointment,
    ArrivalRules,
    Attempt,
    BulkChange,
    Cadence,
    CadenceStep,
    Calendar,
    CalendarFeed,
    Campaign,
    CampaignAttempt,
    CampaignMember,
    Consent,
    Contact,
    ConversionModel,
    Dial,
    DialDecision,
    DialRules,
    Disposition,
    DoNotCallEntry,
    DoNotCallList,
    Enrollment,
    Integration,
    Lead,
    LeadEvent,
    LeadMessage,
    Merge,
    Opportunity,
    Outcome,
    PriorityWeights,
    ReadyAction,
    ReadySession,
    Reservation,
    SpeedClock,
    Suppression,
    Touch,
    VisitMessage,
    VisitRules,
    VisitTemplate,
    arriving,
)
from salesdesk.accounts.models import Membership, Rep, User
from salesdesk.accounts.services import add_user
from salesdesk.assistant import models as assistant
from salesdesk.businesses.models import Business
from salesdesk.notifications import models as notifications

OURS = ("accounts", "businesses", "notifications", "knowledge", "leads", "assistant", "calls")
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
SIGN_IN = "/admin/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(superuser: User, client_for: Callable[[User | None], Client]) -> Client:
    return client_for(superuser)


@pytest.fixture
def furnished(ended_call: Call, manager: User, rep: User) -> None:
    """At least one row of every model."""
    add_note(ended_call, "Call back", author=rep)
    RecoveryCodes.activate(manager)
    assert ended_call.business is not None
    furnish_knowledge(ended_call.business)
    furnish_leads(ended_call.business)
    furnish_gate(ended_call.business)
    furnish_arriving(ended_call.business)
    furnish_pipeline(ended_call.business)
    furnish_visits(ended_call.business)
    furnish_cadences(ended_call.business)
    furnish_campaigns(ended_call.business)
    furnish_assistant(ended_call.business, rep)
    furnish_reps(rep)
    furnish_ready(ended_call, rep)
    furnish_notifications(ended_call.business, rep)


def furnish_arriving(business: Business) -> None:
    arriving.Arrival.objects.create(
        business=business, source="web_form", origin="form-1", is_new=True
    )
    arriving.WebForm.objects.create(business=business, name="Website")
    endpoint = arriving.WebhookEndpoint.objects.create(
        business=business, name="Portal", secret="sealed"
    )
    arriving.WebhookDelivery.objects.create(endpoint=endpoint, status="taken")
    file = arriving.LeadImport.objects.create(business=business, file="x.csv", file_name="x.csv")
    arriving.ImportProblem.objects.create(lead_import=file, row=2, message="No number.")
    arriving.ImportMapping.objects.create(business=business, headers_key="name,phone")
    told = {"business": business, "name": "Leads"}
    arriving.Mailbox.objects.create(
        **told, host="mail.example.com", username="leads", password="sealed"
    )
    arriving.MailRule.objects.create(**told, sender="portal.example.com")
    arriving.InboxMessage.objects.create(
        business=business, uid_validity=1, uid=1, digest="0", raw=b"Subject: Roof"
    )


def furnish_pipeline(business: Business) -> None:
    account = Account.objects.create(business=business, name="Larch Homes")
    Contact.objects.create(business=business, account=account, name="Ana")
    lead = Lead.objects.create(business=business, first_name="Ana", source="manual")
    Opportunity.objects.create(business=business, lead=lead, topic="Roof", found_by="rules")
    BulkChange.objects.create(business=business, action="pause", keys=[lead.pk], total=1)
    Merge.objects.create(
        business=business, kept=lead, absorbed_id="x", absorbed={}, before={}, after={}
    )


def furnish_visits(business: Business) -> None:
    VisitRules.objects.create(business=business)
    VisitTemplate.objects.create(business=business, kind="booked", channel="email", text="Booked.")
    appointment = Appointment.objects.filter(business=business).first()
    assert appointment is not None
    CalendarFeed.objects.create(calendar=appointment.calendar, digest="0")
    now = timezone.now()
    VisitMessage.objects.create(
        appointment=appointment, kind="booked", channel="email", about=now, due_at=now
    )


def furnish_notifications(business: Business, rep: User) -> None:
    notice = notifications.Notice.objects.create(business=business, kind="breach", title="Late")
    notifications.Notification.objects.create(notice=notice, user=rep)
    told = {"business": business, "purpose": "notification", "channel": "email"}
    notifications.Delivery.objects.create(**told, notice=notice, user=rep, to=rep.email)
    notifications.Preference.objects.create(user=rep, kind="breach", channels=["sms"])
    notifications.Reachability.objects.create(user=rep)
    notifications.SlackAccount.objects.create(business=business, credentials="sealed")


def furnish_reps(rep: User) -> None:
    Rep.objects.create(membership=rep.memberships.get())


def furnish_ready(call: Call, rep: User) -> None:
    assert call.business is not None
    lead = Lead.objects.create(business=call.business, first_name="Ana", source="web_form")
    disposition = Disposition.objects.create(
        business=call.business, key="won", label="Won", behaviour="won"
    )
    outcome = Outcome.objects.create(
        business=call.business, lead=lead, disposition=disposition, behaviour="won", user=rep
    )
    session = ReadySession.objects.create(business=call.business, user=rep)
    Reservation.objects.create(
        session=session, business=call.business, user=rep, lead=lead, outcome=outcome
    )
    ReadyAction.objects.create(user=rep, key="key-0001")
    dial = Dial.objects.create(
        business=call.business, lead=lead, phone="+14155550199", kind="rep", origin="ready"
    )
    Bridge.objects.create(dial=dial, rep_number="+14155550177", call=call)


def furnish_knowledge(business: Business) -> None:
    site = Site.objects.create(business=business, name="Docs", start_url="https://example.com/")
    crawl = Crawl.objects.create(site=site)
    CrawlPage.objects.create(crawl=crawl, url=site.start_url, identity="example.com", depth=0)
    EmbeddingChange.objects.create(business=business, from_model="a", to_model="b")
    BusinessKnowledge.objects.create(business=business)
    document = Document.objects.create(business=business, origin="text", title="Warranty")
    DocumentVersion.objects.create(
        document=document, number=1, content_hash="0", passages=1, characters=4
    )
    passage = Passage.objects.create(
        business=business, document=document, version=1, position=0, text="Call us.", tokens=2
    )
    PassageEmbedding.objects.create(
        passage=passage, business=business, model="a", embedding=[1.0, 0.0]
    )
    PassageUse.objects.create(
        business=business, passage=passage, document=document, used_in="x", score=1.0
    )


def furnish_leads(business: Business) -> None:
    lead = Lead.objects.create(business=business, first_name="Maria", source="call_in")
    LeadEvent.objects.create(lead=lead, kind="note", text="Likes slate.")
    Suppression.objects.create(business=business, phone="+14155550199", source="staff")
    Integration.objects.create(business=business, provider="salesforce")
    calendar = Calendar.objects.create(business=business, name="Crew")
    now = timezone.now()
    Appointment.objects.create(
        business=business,
        calendar=calendar,
        purpose="Inspection",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        blocked=(now, now + timedelta(hours=1)),
    )


def furnish_gate(business: Business) -> None:
    lead = Lead.objects.create(business=business, first_name="Tom", source="import")
    Consent.objects.create(business=business, lead=lead, kind="call", is_given=True)
    DialRules.objects.create(business=business)
    numbers = DoNotCallList.objects.create(
        business=business, name="US", kind="national", as_of=timezone.now().date()
    )
    DoNotCallEntry.objects.create(list=numbers, phone="+14155550177")
    told = {"business": business, "phone": "+14155550199", "kind": "ai"}
    decision = DialDecision.objects.create(**told, allowed=True)
    Attempt.objects.create(**told, decision=decision, caller="+14155550100")
    Dial.objects.create(**told, lead=lead, origin="manual", decision=decision)
    LeadMessage.objects.create(
        business=business, lead=lead, direction="in", channel="sms", address="+14155550199"
    )


def furnish_campaigns(business: Business) -> None:
    lead = Lead.objects.create(business=business, first_name="Eve", source="import")
    campaign = Campaign.objects.create(business=business, name="Roofs", purpose="Offers a check.")
    dial = Dial.objects.create(
        business=business, lead=lead, phone="+14155550188", kind="ai", origin="campaign"
    )
    member = CampaignMember.objects.create(campaign=campaign, lead=lead, dial=dial)
    CampaignAttempt.objects.create(
        campaign=campaign, member=member, dial=dial, phone=dial.phone, result="busy"
    )
    ConversionModel.objects.create(
        business=business, result="too_little", reason="Too little.", closed=1, won=0
    )


def furnish_cadences(business: Business) -> None:
    lead = Lead.objects.create(business=business, first_name="Una", source="web_form")
    cadence = Cadence.objects.create(business=business, name="Tries")
    step = CadenceStep.objects.create(
        cadence=cadence, position=0, wait_minutes=5, channel="rep_call"
    )
    enrollment = Enrollment.objects.create(business=business, lead=lead, cadence=cadence)
    now = timezone.now()
    about = {"business": business, "lead": lead}
    Touch.objects.create(
        **about,
        enrollment=enrollment,
        step=step,
        position=0,
        channel=step.channel,
        due_at=now,
        next_at=now,
    )
    SpeedClock.objects.create(
        **about, source="web_form", arrived_at=now, target_minutes=5, due_at=now
    )
    PriorityWeights.objects.create(business=business)
    ArrivalRules.objects.create(business=business)


def furnish_assistant(business: Business, rep: User) -> None:
    thread = assistant.Thread.objects.create(
        business=business, channel="chat", conversation="thread1"
    )
    run = assistant.AgentRun.objects.create(
        business=business,
        thread=thread,
        channel="chat",
        agent="desk",
        model="offline",
        status="ok",
        duration_ms=5,
    )
    message = assistant.Message.objects.create(
        thread=thread, sequence=1, author="agent", text="Hello.", run=run
    )
    assistant.Feedback.objects.create(message=message, user=rep, is_good=True)
    assistant.HandOver.objects.create(thread=thread, from_agent="desk", to_agent="lead")
    assistant.EscalationRequest.objects.create(business=business, reason="Wants a person.")
    used = {"business": business, "name": "write_note", "channel": "chat", "status": "ok"}
    assistant.ToolInvocation.objects.create(**used, latency_ms=3)
    assistant.InvocationHour.objects.create(**used, hour=timezone.now(), count=1)
    assistant.RunHour.objects.create(
        business=business,
        model="offline",
        channel="chat",
        status="ok",
        hour=timezone.now(),
        count=1,
    )
    assistant.RollupMark.objects.create(name="tools", hour=timezone.now())
    rule = assistant.AlertRule.objects.create(business=business, measure="score", threshold=0.5)
    assistant.Alert.objects.create(rule=rule, value=0.4)
    field = assistant.CaptureField.objects.create(
        business=business, key="budget", label="Budget", question="What is your budget?"
    )
    assistant.CapturedFact.objects.create(thread=thread, field=field, value=18000)
    assistant.PromptVersion.objects.create(
        business=business, agent="desk", number=1, template="Be kind."
    )
    playbook = assistant.Playbook.objects.create(business=business, name="Sales")
    assistant.Stage.objects.create(playbook=playbook, position=1, name="Hello", goal="Greet")
    assistant.Objection.objects.create(playbook=playbook, name="Price", answer="It pays.")


def page(model: type[Model], kind: str, *keys: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=keys)


def ids(model: type[Model]) -> str:
    return str(model._meta.label)


def test_every_model_of_ours_is_there() -> None:
    ours = {model for model in apps.get_models() if model._meta.app_label in OURS}

    assert {ids(model) for model in ours - set(REGISTERED)} == set()
    assert EmailAddress in REGISTERED


@pytest.mark.parametrize("model", REGISTERED, ids=ids)
def test_the_list_opens_and_can_be_searched(
    model: type[Model], furnished: None, browser: Client
) -> None:
    assert browser.get(page(model, "changelist")).status_code == 200
    if admin.site._registry[model].search_fields:
        assert browser.get(page(model, "changelist"), {"q": "call"}).status_code == 200


@pytest.mark.parametrize("model", REGISTERED, ids=ids)
def test_the_form_of_a_new_one_opens_where_one_may_be_added(
    model: type[Model], browser: Client, superuser: User, rf: Any
) -> None:
    request = rf.get("/")
    request.user = superuser
    may_add = admin.site._registry[model].has_add_permission(request)

    assert browser.get(page(model, "add")).status_code == (200 if may_add else 403)


@pytest.mark.parametrize("model", REGISTERED, ids=ids)
def test_the_form_of_one_that_is_there_opens(
    model: type[Model], furnished: None, browser: Client
) -> None:
    row = model._default_manager.first()
    assert row is not None, "“furnished” must make one of these"

    response = browser.get(page(model, "change", row.pk))

    assert response.status_code == 200
    assert browser.get(page(model, "history", row.pk)).status_code == 200


def test_calls_are_only_looked_at(ended_call: Call, browser: Client) -> None:
    url = page(Call, "change", ended_call.pk)

    assert browser.post(url, {"status": "failed"}).status_code == 403
    assert browser.post(page(Call, "delete", ended_call.pk), {"post": "yes"}).status_code == 403
    assert Call.objects.get().status == ended_call.status


def test_who_is_added_in_the_admin_can_sign_in(browser: Client) -> None:
    form = {
        "email": "New@Example.com",
        "name": "New",
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    response = browser.post("/admin/accounts/user/add/", form)

    assert response.status_code == 302, response.context["errors"]
    credentials = {"login": "new@example.com", "password": "correct horse battery"}
    assert Client().post("/accounts/login/", credentials).headers["Location"] == "/"


def test_an_address_that_an_admin_changes_is_the_only_one(browser: Client, rep: User) -> None:
    url = page(User, "change", rep.pk)
    form = {
        **browser.get(url).context["adminform"].form.initial,
        "email": "Ray@New.example.com",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    browser.post(url, {name: value for name, value in form.items() if value is not None})

    rep.refresh_from_db()
    addresses = EmailAddress.objects.filter(user=rep).values_list("email", "verified", "primary")
    assert rep.email == "ray@new.example.com"
    assert list(addresses) == [("ray@new.example.com", True, True)]


@pytest.mark.parametrize("path", ["/admin/", "/admin/calls/call/", "/admin/accounts/user/add/"])
@pytest.mark.parametrize("somebody", ["admin_user", "manager", "rep", "auditor", None])
def test_only_who_was_let_in_sees_the_admin(
    somebody: str | None,
    path: str,
    request: pytest.FixtureRequest,
    client_for: Callable[[User | None], Client],
) -> None:
    client = client_for(request.getfixturevalue(somebody) if somebody else None)

    response = client.get(path)

    assert response.status_code == 302
    assert response.headers["Location"].startswith(SIGN_IN)


def test_the_menu_of_the_admin_opens(browser: Client, furnished: None) -> None:
    assert b"Memberships" in browser.get("/admin/").content
    assert Membership.objects.exists()


def test_staff_without_permissions_see_nothing_of_calls(
    client_for: Callable[[User | None], Client],
) -> None:
    staff = add_user("staff@example.com")
    User.objects.filter(pk=staff.pk).update(is_staff=True)

    assert client_for(staff).get("/admin/").status_code == 200
    assert client_for(staff).get("/admin/accounts/user/").status_code == 403
