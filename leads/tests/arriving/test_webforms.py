"""Forms on other people's sites: what is sent becomes a lead, spam does not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from leads.arriving import webforms
from leads.enums import ConsentKind, LeadSource
from leads.models import Arrival, Consent, Lead, WebForm
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
FIELDS = [
    {"key": "name", "label": "Name", "required": True},
    {"key": "phone", "label": "Phone", "required": True},
    {"key": "email", "label": "E-mail", "required": False},
    {"key": "roof_type", "label": "Roof type", "required": False},
]
WORDS = "I agree to calls by an AI voice."
SENT = {"name": "Maria Lopez", "phone": "(415) 555-0199", "roof_type": "tile", "agreed": "on"}


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The time by which forms are shown and sent."""
    moved = Clock()
    monkeypatch.setattr("django.core.signing.time.time", moved)
    yield moved


@pytest.fixture
def web_form(business: Business) -> WebForm:
    return webforms.add_form(
        business,
        name="Site",
        fields=FIELDS,
        consent_text=WORDS,
        consent_kinds=[ConsentKind.AI_VOICE],
        origins=["https://solar.example"],
    )


class Visitor:
    """Somebody with a browser, who opens the form and sends it after some seconds."""

    def __init__(self, web_form: WebForm, clock: Clock) -> None:
        self.address = f"/f/{web_form.public_id}/"
        self.client, self.clock = Client(enforce_csrf_checks=True), clock

    def open(self) -> Any:
        return self.client.get(self.address, {"from": "https://solar.example/contact"})

    def send(self, after: float = 10, **changes: Any) -> Any:
        shown = self.open()
        self.clock.now += after
        return self.client.post(
            self.address, {**SENT, "token": shown.context["token"], "from": "page", **changes}
        )


@pytest.fixture
def visitor(web_form: WebForm, clock: Clock) -> Visitor:
    return Visitor(web_form, clock)


def test_what_is_sent_becomes_a_lead_with_its_proof_of_consent(
    visitor: Visitor, web_form: WebForm
) -> None:
    answer = visitor.send()
    assert (answer.status_code, answer["Location"]) == (302, f"{visitor.address}thanks/")
    lead = Lead.objects.get()
    assert (lead.name, lead.phone, lead.source) == ("Maria Lopez", MARIA, LeadSource.WEB_FORM)
    assert lead.facts == {"roof_type": "tile"}
    consent = Consent.objects.get()
    assert (consent.lead, consent.kind, consent.wording) == (lead, ConsentKind.AI_VOICE, WORDS)
    assert consent.is_given and "version: 1" in consent.proof and "127.0.0.1" in consent.proof
    raw = Arrival.objects.get().raw
    assert raw is not None and raw["agreed"] is True
    assert "We will call you" in visitor.client.get(answer["Location"]).content.decode()


def test_who_does_not_agree_has_given_no_consent(visitor: Visitor) -> None:
    assert visitor.send(agreed="").status_code == 302
    assert Lead.objects.exists() and not Consent.objects.exists()


def test_sending_twice_makes_one_lead(visitor: Visitor) -> None:
    token = visitor.open().context["token"]
    visitor.clock.now += 10
    for _ in range(2):
        answer = visitor.client.post(visitor.address, {**SENT, "token": token})
        assert answer.status_code == 302
    assert Lead.objects.count() == Arrival.objects.count() == Consent.objects.count() == 1


@pytest.mark.parametrize(
    ("after", "sentence"), [(1, "quicker than we can read"), (13 * 3600, "open for too long")]
)
def test_what_is_sent_too_fast_or_too_late_is_sent_again(
    visitor: Visitor, after: float, sentence: str
) -> None:
    answer = visitor.send(after)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Lead.objects.exists()
    again = {**SENT, "token": answer.context["token"]}
    visitor.clock.now += 10
    assert visitor.client.post(visitor.address, again).status_code == 302


def test_a_token_of_another_form_or_of_nobody_is_none(visitor: Visitor, business: Business) -> None:
    other = webforms.add_form(business, name="Other", fields=FIELDS)
    token = webforms.issue_token(other)
    for bad in (token, "", "a:b:c"):
        assert visitor.send(token=bad).status_code == 422
    assert not Lead.objects.exists()


def test_who_fills_in_the_hidden_field_is_thanked_and_nothing_is_kept(
    visitor: Visitor, web_form: WebForm
) -> None:
    assert visitor.send(website="http://spam.example").status_code == 302
    web_form.refresh_from_db()
    assert web_form.spam_count == 1 and not Lead.objects.exists()


def test_an_address_sends_so_many_times_only(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webforms, "MOST_SENT", 2)
    statuses = [visitor.send(after=5).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]
    visitor.clock.now += webforms.WINDOW_SECONDS
    assert visitor.send().status_code == 302


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phone": "12"}, "too few digits"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"name": ""}, "required"),
        ({"name": "x" * 81}, "80"),
    ],
)
def test_a_mistake_comes_back_with_its_sentence(
    visitor: Visitor, changes: dict[str, Any], sentence: str
) -> None:
    answer = visitor.send(**changes)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Lead.objects.exists()


def test_consent_that_is_required_must_be_given(visitor: Visitor, web_form: WebForm) -> None:
    webforms.change_form(web_form, consent_required=True)
    assert visitor.send(agreed="").status_code == 422
    assert visitor.send().status_code == 302


def test_other_words_of_consent_are_the_next_version(web_form: WebForm) -> None:
    assert webforms.change_form(web_form, title="Hello").consent_version == 1
    assert webforms.change_form(web_form, consent_text="I agree.").consent_version == 2


def test_only_the_named_sites_may_show_the_form_and_only_the_form(
    visitor: Visitor, web_form: WebForm, manager: User, client_for: ClientFor
) -> None:
    shown = visitor.open()
    assert "frame-ancestors 'self' https://solar.example" in shown["Content-Security-Policy"]
    assert "script-src 'self'" in shown["Content-Security-Policy"]
    assert "X-Frame-Options" not in shown
    webforms.change_form(web_form, origins=[])
    assert "frame-ancestors 'self' *" in visitor.open()["Content-Security-Policy"]
    settings_page = client_for(manager).get(f"/settings/forms/{web_form.public_id}/")
    assert "frame-ancestors 'none'" in settings_page["Content-Security-Policy"]
    assert settings_page["X-Frame-Options"] == "DENY"


def test_a_form_that_is_put_away_is_not_there(visitor: Visitor, web_form: WebForm) -> None:
    webforms.change_form(web_form, is_active=False)
    assert visitor.open().status_code == 404
    assert visitor.client.get(f"{visitor.address}embed.js").status_code == 404


def test_the_script_is_served_to_any_site(visitor: Visitor) -> None:
    answer = visitor.client.get(f"{visitor.address}embed.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert 'createElement("iframe")' in answer.content.decode()


def test_what_people_write_is_shown_as_text(visitor: Visitor, web_form: WebForm) -> None:
    webforms.change_form(web_form, title="<script>alert(1)</script>")
    assert b"<script>alert" not in visitor.open().content


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Example.com/contact?x", "https://example.com"),
        ("example.com", "https://example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_a_site_is_named_by_its_origin(text: str, origin: str) -> None:
    assert webforms.origin_of(text) == origin


@pytest.mark.parametrize("text", ["javascript://x", "https://", "https://a b;script-src *"])
def test_what_is_no_site_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        webforms.origin_of(text)


# ---------------------------------------------------------------- setting up

CAST = {"admin_user": 200, "manager": 200, "rep": 403, "auditor": 403, "outsider": 404, "": 302}
NEW = {
    "name": "Landing page",
    "ask_name": "required",
    "ask_phone": "required",
    "others": "Roof type*\nHow old is it?",
    "button": "Send",
    "consent_text": WORDS,
    "consent_kinds": ["ai_voice", "sms"],
    "thanks_title": "Thanks",
    "thanks_text": "Soon.",
    "sites": "https://solar.example",
    "is_active": "on",
}


@pytest.mark.parametrize(("who", "status"), CAST.items())
def test_who_sets_up_forms(
    who: str,
    status: int,
    web_form: WebForm,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    client = client_for(request.getfixturevalue(who) if who else None)
    where = f"/settings/forms/?business={web_form.business.public_id}"
    assert client.get(where).status_code == status
    assert client.get(f"/settings/forms/{web_form.public_id}/").status_code == status
    made = client.post(where.replace("forms/", "forms/new/"), NEW)
    assert made.status_code == (302 if status == 200 else status)
    assert WebForm.objects.count() == (2 if status == 200 else 1)
    gone = client.post(f"/settings/forms/{web_form.public_id}/delete/")
    assert gone.status_code == (302 if status == 200 else status)


def test_a_form_is_made_of_what_was_chosen(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    client.post("/settings/forms/new/", NEW)
    made = WebForm.objects.get()
    assert [(each["key"], each["required"]) for each in made.fields] == [
        ("name", True),
        ("phone", True),
        ("roof_type", True),
        ("how_old_is_it", False),
    ]
    assert made.consent_kinds == ["ai_voice", "sms"]
    page = client.get(f"/settings/forms/{made.public_id}/").content.decode()
    assert f"/f/{made.public_id}/embed.js" in page
    assert "Roof type*" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ask_name": "", "ask_phone": ""}, "Ask for a name"),
        ({"consent_text": ""}, "Write what people agree to"),
        ({"sites": "https://a;b"}, "is no site"),
        ({"name": ""}, "required"),
    ],
)
def test_a_form_that_cannot_be_used_comes_back(
    changes: dict[str, str],
    sentence: str,
    business: Business,
    manager: User,
    client_for: ClientFor,
) -> None:
    answer = client_for(manager).post("/settings/forms/new/", {**NEW, **changes})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not WebForm.objects.exists()


def test_every_new_form_begins_with_the_usual_questions(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    for _ in range(2):
        form = client.get("/settings/forms/new/").context["form"]
        asked = {field.name: field.initial for field in form.asked() if field.initial}
        assert asked == {
            "ask_name": "required",
            "ask_phone": "required",
            "ask_email": "optional",
            "ask_message": "optional",
        }
