"""The list of leads: what is on it, who may do what with it."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads import contacts
from leads.bulk import as_csv
from leads.company_keys import CompanyKey
from leads.consent import record_consent
from leads.enums import ConsentKind, LeadSource, LeadStage, ListKind, SuppressionSource
from leads.gate.places import company_key
from leads.lists import lead_list
from leads.models import Account, DoNotCallEntry, DoNotCallList, Lead
from leads.services import create_lead, is_suppressed, merge_facts, suppress, update_lead
from leads.tests.conftest import MARIA
from leads.tests.pages.conftest import visitor
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
URL = "/leads/"


def made(business: Business, first: str, **values: Any) -> Lead:
    changes = {key: values.pop(key) for key in ("rank", "created_at", "wanted_at") if key in values}
    lead = create_lead(business, source=LeadSource.API, first_name=first, **values)
    Lead.objects.filter(pk=lead.pk).update(**changes)
    return lead


def names(user: User, business: Business, query: str) -> list[str]:
    return [str(lead) for lead in lead_list(user, business, QueryDict(query)).page.rows]


# ---------------------------------------------------------------- searching


@pytest.mark.parametrize(
    "search",
    [
        "maria",
        "LOP",
        "lopez maria",
        "harbor",
        "Maria@Example.com",
        "maria@ex",
        "+1 415 555 0199",
        "(415) 555-0199",
        "4155550199",
        "555 0199",
        "0199",
        "josé",
    ],
)
def test_a_lead_is_found(known_lead: Lead, rep: User, search: str) -> None:
    update_lead(known_lead, address="7 Jose Lane")
    query = QueryDict(mutable=True)
    query["search"] = search
    made(known_lead.business, "Other", phone="+12125550100")
    assert names(rep, known_lead.business, query.urlencode()) == ["Maria Lopez"]


@pytest.mark.parametrize("search", ["nobody", "aria", "maria otto", "0198", "&|!:*", "'"])
def test_another_is_not(known_lead: Lead, rep: User, search: str) -> None:
    query = QueryDict(mutable=True)
    query["search"] = search
    assert names(rep, known_lead.business, query.urlencode()) == []


def test_a_number_given_later_and_that_of_a_relative_are_found_too(lead: Lead, rep: User) -> None:
    contacts.add_contact(lead, name="Luis Ortega", phone="+14155550142")
    merge_facts(made(lead.business, "Ann"), {"callback_phone": "+12125550100"})
    assert names(rep, lead.business, "search=415-555-0142") == ["Maria Lopez"]
    assert names(rep, lead.business, "search=luis") == ["Maria Lopez"]
    assert names(rep, lead.business, "search=212-555-0100") == ["Ann"]


# ---------------------------------------------------------------- filters and order


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ann", "Bob", "Cy"]),
        ("stage=won", ["Bob"]),
        ("source=api", ["Ann", "Bob", "Cy"]),
        ("source=email", []),
        ("owner=nobody", ["Bob", "Cy"]),
        ("age=7", ["Ann", "Bob"]),
        ("age=older", ["Cy"]),
        ("wanted=due", ["Bob"]),
        ("wanted=any", ["Bob", "Cy"]),
        ("do_not_call=yes", ["Cy"]),
        ("do_not_call=no", ["Ann", "Bob"]),
        ("appointment=yes", []),
        ("appointment=no", ["Ann", "Bob", "Cy"]),
        ("sort=newest", ["Bob", "Ann", "Cy"]),
        ("sort=value", ["Cy", "Ann", "Bob"]),
    ],
)
def test_a_list_is_narrowed_down_and_sorted(
    business: Business, rep: User, query: str, found: list[str]
) -> None:
    now = timezone.now()
    made(business, "Ann", rank=9, owner=rep, value=Decimal(5), created_at=now - timedelta(days=3))
    won = {"stage": LeadStage.WON, "wanted_at": now - timedelta(hours=1)}
    made(business, "Bob", rank=8, **won)
    later = {"wanted_at": now + timedelta(days=1), "created_at": now - timedelta(days=60)}
    made(business, "Cy", rank=7, phone=MARIA, value=Decimal(6), **later)
    suppress(business, phone=MARIA, source="staff")  # type: ignore[arg-type]
    assert names(rep, business, query) == found


def test_owners_are_chosen_from_the_business(
    known_lead: Lead, rep: User, manager: User, outsider: User
) -> None:
    business = known_lead.business
    assert names(rep, business, f"owner={rep.pk}") == ["Maria Lopez"]
    assert names(rep, business, f"owner={manager.pk}") == []
    assert not lead_list(rep, business, QueryDict(f"owner={outsider.pk}")).is_valid


@pytest.mark.parametrize("sort", ["rank", "newest", "value"])
def test_pages_follow_one_another_and_lead_back(
    business: Business, rep: User, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where many have the same value, and none."""
    monkeypatch.setattr("leads.lists.PAGE_SIZE", 3)
    for number in range(8):
        made(business, f"L{number}", rank=number // 3, value=number // 3 or None)
    first = lead_list(rep, business, QueryDict(f"sort={sort}")).page
    pages, page = [first], first
    while page.older:
        query = QueryDict(mutable=True)
        query.update({"sort": sort, "after": page.older})
        page = lead_list(rep, business, query).page
        pages.append(page)
    every = [str(lead) for shown in pages for lead in shown.rows]
    assert [len(shown.rows) for shown in pages] == [3, 3, 2]
    assert sorted(every) == [f"L{number}" for number in range(8)]
    query = QueryDict(mutable=True)
    query.update({"sort": sort, "before": page.newer})
    back = lead_list(rep, business, query).page
    assert [lead.pk for lead in back.rows] == [lead.pk for lead in pages[1].rows]
    assert not first.newer


@pytest.mark.parametrize(
    "cursor", ["x", "x~1", "~", "1~x", "nan~1", "9" * 200 + "~1", "1~" + "9" * 70]
)
def test_a_cursor_that_is_none_gives_a_page(lead: Lead, rep: User, cursor: str) -> None:
    for sort in ("rank", "newest", "value"):
        lead_list(rep, lead.business, QueryDict(f"sort={sort}&after={cursor}"))


# ---------------------------------------------------------------- the page

VIEWING = {
    "admin_user": 200,
    "manager": 200,
    "rep": 200,
    "auditor": 200,
    "outsider": 200,
    "anonymous": 302,
    "superuser": 200,
}


@pytest.mark.parametrize(("name", "status"), VIEWING.items())
def test_everybody_sees_the_leads_of_their_business_only(
    name: str,
    status: int,
    known_lead: Lead,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    response = client_for(visitor(name, request)).get(URL)
    assert response.status_code == status
    sees = status == 200 and name != "outsider"
    assert (b"Maria Lopez" in response.content) is sees


def test_another_business_is_not_there(
    business: Business, outsider: User, client_for: ClientFor
) -> None:
    response = client_for(outsider).get(URL, {"business": business.public_id})
    assert response.status_code == 404


def test_what_a_row_holds_is_escaped(lead: Lead, rep: User, client_for: ClientFor) -> None:
    update_lead(lead, first_name="<b>Maria")
    assert b"<b>Maria" not in client_for(rep).get(URL).content


def test_wrong_filters_say_so(lead: Lead, rep: User, client_for: ClientFor) -> None:
    response = client_for(rep).get(URL, {"stage": "famous"}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "These filters cannot be used" in response.content.decode()


def test_a_list_of_any_length_costs_the_same(
    known_lead: Lead,
    rep: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_for(rep)
    client.get(URL)
    for count in (1, 3):
        while Lead.objects.count() < count:
            made(known_lead.business, "More", owner=rep, company="Harbor")
        with django_assert_num_queries(15):
            assert client.get(URL).content.decode().count('<tr id="lead-') == count


# ---------------------------------------------------------------- several at once


def change(client: Client, *leads: Lead, **values: str) -> Any:
    data = {"lead": [lead.public_id for lead in leads], "query": "", **values}
    return client.post(reverse("leads:change_several"), data, headers={"HX-Request": "true"})


def test_the_ticked_ones_are_changed(lead: Lead, rep: User, client_for: ClientFor) -> None:
    other, third = made(lead.business, "Ann"), made(lead.business, "Bob")
    client = client_for(rep)
    response = change(client, lead, other, action="owner", owner=str(rep.pk))
    assert "2 leads changed." in response.headers["HX-Trigger"]
    change(client, other, action="stage", stage="qualified")
    change(client, lead, action="do_not_call", reason="Asked for it")
    change(client, other, action="cadence")
    for each in (lead, other, third):
        each.refresh_from_db()
    assert [each.owner for each in (lead, other, third)] == [rep, rep, None]
    assert (lead.stage, other.stage) == ("new", "qualified")
    assert is_suppressed(lead.business, phone=MARIA)
    assert other.enrollments.count() == 1


def test_what_is_refused_keeps_none_of_the_others_back(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    no_number = made(lead.business, "Ann")
    response = change(client_for(rep), no_number, lead, action="do_not_call")
    told = response.headers["HX-Trigger"]
    assert "1 lead changed. 1 not: Give the phone number" in told


def test_leads_of_others_are_not_touched(
    lead: Lead, outsider: User, auditor: User, client_for: ClientFor
) -> None:
    elsewhere = change(client_for(outsider), lead, action="stage", stage="qualified")
    looking = change(client_for(auditor), lead, action="stage", stage="qualified")
    lead.refresh_from_db()
    assert (lead.stage, looking.status_code) == ("new", 403)
    assert "0 leads changed" in elsewhere.headers["HX-Trigger"]


@pytest.mark.parametrize("values", [{"action": "burn"}, {"action": "owner", "owner": "0"}])
def test_what_cannot_be_done_is_refused(
    lead: Lead, rep: User, client_for: ClientFor, values: dict[str, str]
) -> None:
    assert change(client_for(rep), lead, **values).status_code == 422
    assert change(client_for(rep), action="stage", stage="new").status_code == 422


# ---------------------------------------------------------------- as a file


def test_the_filtered_list_is_taken_away_as_csv(
    known_lead: Lead, manager: User, client_for: ClientFor
) -> None:
    made(known_lead.business, "Ann", stage=LeadStage.WON)
    response = client_for(manager).get(reverse("leads:export"), {"stage": "new"})
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("id,first_name,last_name")
    assert len(lines) == 2
    assert f"{known_lead.public_id},Maria,Lopez,Harbor Dental,'{MARIA}" in lines[1].replace(
        f",{MARIA}", f",'{MARIA}"
    )
    assert ".csv" in response.headers["Content-Disposition"]


def test_formulas_are_written_as_text(business: Business) -> None:
    made(business, "=HYPERLINK(1)", last_name="-5", company="@x")
    line = list(as_csv(Lead.objects.of(business)))[1]
    assert ",'=HYPERLINK(1),-5,'@x," in line


@pytest.mark.parametrize(("name", "status"), [("rep", 403), ("auditor", 403), ("manager", 200)])
def test_who_may_take_the_list_away(
    name: str, status: int, lead: Lead, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    client = client_for(request.getfixturevalue(name))
    assert client.get(reverse("leads:export")).status_code == status


# ---------------------------------------------------------------- a new one


def test_a_lead_is_added_by_hand(business: Business, rep: User, client_for: ClientFor) -> None:
    data = {"first_name": "Ann", "phone": "415 555 0142", "source": "manual", "note": "Via Bob."}
    response = client_for(rep).post(reverse("leads:new"), data)
    lead = Lead.objects.get()
    assert response.headers["Location"] == f"/leads/{lead.public_id}/"
    assert (lead.phone, lead.source, lead.events.last().text) == (  # type: ignore[union-attr]
        "+14155550142",
        "manual",
        "Via Bob.",
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Give a name, a phone number or an e-mail address."),
        ({"phone": "12"}, "too many or too few digits"),
        ({"phone": MARIA}, "There is already a lead with this phone number."),
        ({"email": "nobody"}, "Enter a valid email address."),
    ],
)
def test_what_cannot_be_a_lead_says_why(
    data: dict[str, str], sentence: str, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    response = client_for(rep).post(reverse("leads:new"), {"source": "manual", **data})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Lead.objects.count() == 1


def test_an_auditor_only_looks(business: Business, auditor: User, client_for: ClientFor) -> None:
    client = client_for(auditor)
    assert client.get(reverse("leads:new")).status_code == 403
    assert "New lead" not in client.get(URL).content.decode()


# ---------------------------------------------------------------- do not call


@pytest.fixture
def listed(business: Business, manager: User) -> DoNotCallList:
    found = DoNotCallList.objects.create(
        business=business, name="National", kind=ListKind.NATIONAL, as_of=timezone.localdate()
    )
    DoNotCallEntry.objects.create(list=found, phone="+12125550177")
    return found


@pytest.mark.parametrize(
    "spelling", ["Acme Roofing, Inc.", "ACME  roofing", "acme-roofing LLC", "Acme Roofing"]
)
def test_a_company_counts_however_it_is_spelled(
    spelling: str, business: Business, rep: User, client_for: ClientFor
) -> None:
    made(business, "Ann", company=spelling)
    contacts.put_into_account(made(business, "Bob"), spelling)
    made(business, "Cy", company="Acme Roofing Supplies")
    suppress(business, company="Acme Roofing Co.", source=SuppressionSource.STAFF)
    assert sorted(names(rep, business, "do_not_call=yes")) == ["Ann", "Bob"]
    assert names(rep, business, "do_not_call=no") == ["Cy"]
    page = client_for(rep).get(URL).content.decode()
    assert page.count("Nobody at their company must be contacted") == 2


@pytest.mark.parametrize(
    ("answers", "is_barred"), [((), True), ((True,), False), ((True, False), True)]
)
def test_a_list_counts_unless_they_agreed_to_calls(
    answers: tuple[bool, ...],
    is_barred: bool,
    business: Business,
    listed: DoNotCallList,
    rep: User,
    client_for: ClientFor,
) -> None:
    lead = made(business, "Ann", phone="+12125550177")
    for answer in answers:
        record_consent(lead, ConsentKind.CALL, is_given=answer, wording="So.")
    assert names(rep, business, "do_not_call=yes") == (["Ann"] if is_barred else [])
    assert names(rep, business, "do_not_call=no") == ([] if is_barred else ["Ann"])
    client = client_for(rep)
    assert ("is on a do-not-call list" in client.get(URL).content.decode()) is is_barred
    page = client.get(reverse("leads:lead", args=[lead.public_id])).content.decode()
    assert ("is on the list “National”" in page) is is_barred


def test_who_only_unsubscribed_from_mail_is_not_shown_as_barred(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    made(business, "Ann", phone="+12125550177", email="ann@example.com")
    suppress(business, email="ann@example.com", source=SuppressionSource.LINK)
    [row] = re.findall(r"<tr id.*?</tr>", client_for(rep).get(URL).content.decode(), re.DOTALL)
    assert "No e-mails" in row and "Do not call" not in row
    assert names(rep, business, "do_not_call=yes") == []
    assert names(rep, business, "do_not_call=no") == ["Ann"]


def test_lists_and_companies_of_another_business_do_not_count(
    business: Business, other_business: Business, listed: DoNotCallList, outsider: User
) -> None:
    suppress(business, company="Acme", source=SuppressionSource.STAFF)
    made(other_business, "Eve", phone="+12125550177", company="Acme")
    assert names(outsider, other_business, "do_not_call=yes") == []


@pytest.mark.parametrize(
    "name",
    [
        "Acme Roofing, Inc.",
        "Smith & Sons L.L.C.",
        "Inc",
        "The Co",
        " co. ltd ",
        "A_B corp.",
        "",
        "Élan Dächer Ltd",
        "7-Eleven",
    ],
)
def test_postgres_compares_companies_as_the_gate_does(business: Business, name: str) -> None:
    Account.objects.create(business=business, name=name)
    [key] = Account.objects.annotate(key=CompanyKey("name")).values_list("key", flat=True)
    assert key == company_key(name)
