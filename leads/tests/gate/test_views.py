"""The pages about the gate: the ledger, whom not to call, the rules."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from conftest import POSTAL_ADDRESS
from leads.enums import DialKind, SuppressionSource
from leads.gate.services import permit, permit_message
from leads.models import DialDecision, DialRules, DoNotCallList, Lead, Suppression
from leads.services import suppress
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import set_postal_address

ClientFor = Callable[[User | None], Client]
LEDGER, EXPORT = "/leads/ledger/", "/leads/ledger/export/"
PEACE, RULES = "/leads/do-not-call/", "/settings/dialing/"
ADDRESS = "/settings/dialing/address/"
HTMX = {"HX-Request": "true"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("daytime")]


def html(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content[:400]
    return str(response.content.decode())


def address_of(business: Business) -> str:
    return Business.objects.get(pk=business.pk).postal_address


@pytest.fixture
def lines(lead: Lead, manager: User) -> list[DialDecision]:
    """Refused, allowed, and overridden."""
    business = lead.business
    refused = permit(business, phone=MARIA, lead=lead, kind=DialKind.AI)
    allowed = permit(business, phone="+14155550177", kind=DialKind.REP)
    why = "She asked for it."
    overridden = permit(
        business, phone=MARIA, lead=lead, kind=DialKind.AI, user=manager, override_reason=why
    )
    return [refused, allowed, overridden]


def shown(page: str, lines: list[DialDecision]) -> list[bool]:
    return [f'id="decision-{line.public_id}"' in page for line in lines]


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("address", [LEDGER, EXPORT, RULES])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admin_user", 200),
        ("manager", 200),
        ("auditor", 200),
        ("superuser", 200),
        ("rep", 404),
        (None, 302),
    ],
)
def test_who_may_see_the_ledger_and_the_rules(
    address: str,
    who: str | None,
    status: int,
    business: Business,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    user = request.getfixturevalue(who) if who else None
    assert client_for(user).get(address).status_code == status


@pytest.mark.parametrize("address", [LEDGER, EXPORT, PEACE, RULES])
def test_nobody_sees_another_business(
    address: str, business: Business, outsider: User, client_for: ClientFor
) -> None:
    response = client_for(outsider).get(f"{address}?business={business.public_id}")
    assert response.status_code == 404


# ---------------------------------------------------------------- the ledger


def test_the_ledger_tells_decisions_with_their_reasons(
    lines: list[DialDecision], auditor: User, client_for: ClientFor
) -> None:
    page = html(client_for(auditor).get(LEDGER))
    assert shown(page, lines) == [True, True, True]
    assert "There is no consent to calls by an AI voice." in page
    assert "“She asked for it.”" in page
    assert "Maria Lopez" in page
    assert "America/Los_Angeles" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("outcome=refused", [True, False, False]),
        ("outcome=allowed", [False, True, False]),
        ("outcome=overridden", [False, False, True]),
        ("kind=rep", [False, True, False]),
        ("reason=ai_consent_missing", [True, False, True]),
        ("reason=holiday", [False, False, False]),
        ("search=(415) 555-0177", [False, True, False]),
        ("search=maria", [True, False, True]),
        ("search=mary", [False, False, True]),
        ("to_date=2001-01-01", [False, False, False]),
        ("from_date=2001-01-01", [True, True, True]),
    ],
)
def test_filters(
    query: str,
    expected: list[bool],
    lines: list[DialDecision],
    manager: User,
    client_for: ClientFor,
) -> None:
    part = html(client_for(manager).get(f"{LEDGER}?{query}", headers=HTMX))
    assert part.lstrip().startswith('<section class="panel')
    assert shown(part, lines) == expected


def test_wrong_filters_are_named(
    lines: list[DialDecision], manager: User, client_for: ClientFor
) -> None:
    page = html(client_for(manager).get(f"{LEDGER}?from_date=soon"), 422)
    assert "Enter a valid date." in page
    assert client_for(manager).get(f"{EXPORT}?from_date=soon").status_code == 422


def test_nothing_decided_yet_is_said(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    assert "Nothing decided yet" in html(client_for(manager).get(LEDGER))


def test_the_same_queries_with_one_line_and_with_many(
    lead: Lead, manager: User, client_for: ClientFor
) -> None:
    browser = client_for(manager)
    permit(lead.business, phone=MARIA, lead=lead, kind=DialKind.AI)
    browser.get(LEDGER)
    with CaptureQueriesContext(connection) as one:
        browser.get(LEDGER)
    for _ in range(4):
        permit(lead.business, phone=MARIA, lead=lead, kind=DialKind.AI)
    with CaptureQueriesContext(connection) as many:
        browser.get(LEDGER)
    assert len(one) == len(many)


def test_what_a_lead_is_called_is_text(
    business: Business, lead: Lead, manager: User, client_for: ClientFor
) -> None:
    Lead.objects.filter(pk=lead.pk).update(first_name="<script>alert(1)</script>")
    lead.refresh_from_db()
    permit(business, phone=MARIA, lead=lead, kind=DialKind.REP)
    assert "<script>alert(1)" not in html(client_for(manager).get(LEDGER))


def test_the_export_has_every_line_that_the_filters_let_through(
    lines: list[DialDecision], auditor: User, client_for: ClientFor
) -> None:
    response: Any = client_for(auditor).get(f"{EXPORT}?outcome=refused")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="dial-ledger-')
    text = b"".join(response.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Id"] for row in rows] == [lines[0].public_id]
    assert rows[0]["Reasons"] == "ai_consent_missing"
    assert rows[0]["Allowed"] == "no"
    assert MARIA in rows[0]["Number"]
    assert '"zones": ["America/Los_Angeles"]' in rows[0]["Facts"]


def test_the_api_tells_it_too(
    lines: list[DialDecision],
    auditor: User,
    rep: User,
    outsider: User,
    api_for: Callable[[User | None], APIClient],
) -> None:
    address = "/api/v1/leads/ledger"
    found = api_for(auditor).get(f"{address}?outcome=overridden").json()["results"]
    assert [each["id"] for each in found] == [lines[2].public_id]
    assert found[0]["reasons"] == ["ai_consent_missing"]
    assert found[0]["override_reason"] == "She asked for it."
    assert found[0]["lead"] == lines[2].lead.public_id  # type: ignore[union-attr]
    assert found[0]["facts"]["number"] == MARIA
    for nobody in (rep, outsider):
        assert api_for(nobody).get(address).json()["results"] == []
    assert api_for(None).get(address).status_code == 401
    assert api_for(auditor).delete(address).status_code == 405


# ---------------------------------------------------------------- whom not to call


def test_a_rep_leaves_somebody_in_peace(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    response = client_for(rep).post(f"{PEACE}add/", {"phone": "(415) 555-0199", "reason": "Angry"})
    assert response.status_code == 302
    row = Suppression.objects.get()
    assert (row.phone, row.reason, row.by, row.source) == (MARIA, "Angry", rep, "staff")
    assert "+1 415-555-0199" in html(client_for(rep).get(PEACE))
    assert not permit(business, phone=MARIA, kind=DialKind.REP).allowed


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({}, 422, "Give a number, an address or a company."),
        ({"phone": "12"}, 422, "This phone number has too many or too few digits."),
        ({"email": "nobody"}, 422, "This is not an e-mail address."),
    ],
)
def test_what_cannot_be_is_named(
    given: dict[str, str],
    status: int,
    sentence: str,
    business: Business,
    rep: User,
    client_for: ClientFor,
) -> None:
    assert sentence in html(client_for(rep).post(f"{PEACE}add/", given), status)
    assert not Suppression.objects.exists()


def test_an_auditor_only_looks(business: Business, auditor: User, client_for: ClientFor) -> None:
    browser = client_for(auditor)
    page = html(browser.get(PEACE))
    assert "Leave somebody in peace" not in page
    assert "Import a list" not in page
    assert browser.post(f"{PEACE}add/", {"phone": MARIA}).status_code == 403
    assert not Suppression.objects.exists()


def test_search_finds_a_number_however_it_is_written(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    source = SuppressionSource.STAFF
    suppress(business, phone=MARIA, source=source)
    suppress(business, company="Acme Roofing, Inc.", source=source)
    found = html(client_for(rep).get(f"{PEACE}?search=415.555.0199", headers=HTMX))
    assert "+1 415-555-0199" in found
    assert "acme roofing" not in found
    assert "acme roofing" in html(client_for(rep).get(f"{PEACE}?search=ACME", headers=HTMX))


def a_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", text.encode(), content_type="text/csv")


def test_a_manager_imports_a_list_and_deletes_it(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    browser, today = client_for(manager), timezone.now().date()
    values = {"name": "National", "kind": "national", "as_of": today.isoformat()}
    response = browser.post(f"{PEACE}lists/", {**values, "file": a_file("phone\n4155550199\nx1\n")})
    assert response.status_code == 302
    known = DoNotCallList.objects.get()
    assert (known.count, known.by) == (1, manager)
    page = html(browser.get(PEACE))
    assert "“National”: 1 taken in. Without a number: 1, the first in line 3." in page
    assert "On a do-not-call list" in html(browser.get(f"{PEACE}?search={MARIA[1:]}"))
    assert not permit(business, phone=MARIA, kind=DialKind.REP).allowed

    assert browser.post(f"{PEACE}lists/{known.public_id}/delete/").status_code == 302
    assert permit(business, phone=MARIA, kind=DialKind.REP).allowed


def test_a_rep_imports_and_deletes_no_list(
    business: Business, rep: User, outsider: User, client_for: ClientFor
) -> None:
    values = {"name": "Mine", "kind": "own", "as_of": "2026-11-01", "file": a_file("4155550199")}
    assert client_for(rep).post(f"{PEACE}lists/", values).status_code == 403
    known = DoNotCallList.objects.create(
        business=business, name="National", kind="national", as_of="2026-11-01"
    )
    delete = f"{PEACE}lists/{known.public_id}/delete/"
    assert client_for(rep).post(delete).status_code == 403
    assert client_for(outsider).post(delete).status_code == 404
    assert DoNotCallList.objects.count() == 1


def test_a_file_without_numbers_is_refused(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    values = {"name": "National", "kind": "national", "as_of": "2026-11-01", "file": a_file("a\nb")}
    page = html(client_for(manager).post(f"{PEACE}lists/", values), 422)
    assert "There is no phone number in this file." in page
    assert not DoNotCallList.objects.exists()


# ---------------------------------------------------------------- the rules

GIVEN = {
    "opens_at": 9,
    "closes_at": 18,
    "days": ["mon", "tue"],
    "countries": "us, ca",
    "per_day": 2,
    "per_week": 5,
    "rest_minutes": 30,
    "caller_per_hour": 60,
    "ai_needs_consent": "on",
    "list_days": 31,
    "on_machine": "leave_message",
    "machine_message": "This is {business}. Call us at {phone}.",
}


def test_a_manager_sets_how_the_business_dials(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    assert client_for(manager).post(RULES, GIVEN).status_code == 302
    rules = DialRules.objects.get()
    assert (rules.business, rules.opens_at, rules.days) == (business, 9, ["mon", "tue"])
    assert rules.countries == ["US", "CA"]
    assert (rules.ai_needs_consent, rules.sms_needs_consent) == (True, False)
    assert (rules.on_machine, rules.rep_presses_key) == ("leave_message", False)
    refused = permit(business, phone=MARIA, kind=DialKind.REP)
    assert refused.reasons == ["day_closed"]
    page = html(client_for(manager).get(RULES))
    assert 'value="US, CA"' in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"closes_at": 9}, "The last hour lies before the first."),
        ({"opens_at": 25}, "less than or equal to 24"),
        ({"days": ["someday"]}, "someday is not one of the available choices"),
        ({"countries": "USA"}, "“USA” is no country of two letters."),
        ({"machine_message": ""}, "Write the message that is to be left."),
        ({"machine_message": "Call {phone}."}, "Say who calls, {business}"),
        ({"machine_message": "{business} {phone} {age}"}, "“{age}” is no placeholder"),
    ],
)
def test_rules_that_cannot_be_are_named(
    change: dict[str, Any],
    sentence: str,
    business: Business,
    manager: User,
    client_for: ClientFor,
) -> None:
    page = html(client_for(manager).post(RULES, {**GIVEN, **change}), 422)
    assert sentence in page
    assert not DialRules.objects.exists()


def test_an_auditor_reads_the_rules_only(
    business: Business, auditor: User, client_for: ClientFor
) -> None:
    page = html(client_for(auditor).get(RULES))
    assert "Only managers and admins may change this." in page
    assert client_for(auditor).post(RULES, GIVEN).status_code == 403
    assert not DialRules.objects.exists()


# ---------------------------------------------------------------- the postal address


def test_a_manager_enters_the_postal_address(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    browser = client_for(manager)
    response = browser.post(ADDRESS, {"postal_address": "PO Box 12\r\n\r\n Austin,  TX 78701"})
    assert (response.status_code, address_of(business)) == (302, "PO Box 12\nAustin, TX 78701")
    assert "PO Box 12\nAustin, TX 78701</textarea>" in html(browser.get(RULES))

    assert browser.post(ADDRESS, {"postal_address": " "}).status_code == 302
    assert address_of(business) == ""


def test_what_cannot_be_an_address_is_named_and_kept_in_the_form(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    typed = {"postal_address": "</textarea><b>n/a</b>"}
    page = html(client_for(manager).post(ADDRESS, typed), 422)
    assert "Give street or PO box, place and postal code." in page
    assert "&lt;/textarea&gt;&lt;b&gt;n/a&lt;/b&gt;</textarea>" in page
    assert address_of(business) == POSTAL_ADDRESS


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 404), ("auditor", 403), ("outsider", 404), (None, 302)]
)
def test_nobody_else_enters_it(
    who: str | None,
    status: int,
    business: Business,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    browser = client_for(request.getfixturevalue(who) if who else None)
    address = f"{ADDRESS}?business={business.public_id}"
    assert browser.post(address, {"postal_address": "PO Box 1, Austin"}).status_code == status
    assert address_of(business) == POSTAL_ADDRESS


def test_an_auditor_sees_the_address_and_cannot_change_it(
    business: Business, auditor: User, client_for: ClientFor
) -> None:
    page = html(client_for(auditor).get(RULES))
    assert f"{POSTAL_ADDRESS}</textarea>" in page
    assert "Save the address" not in page


def test_the_ledger_names_the_missing_address_and_finds_it(
    lead: Lead, auditor: User, client_for: ClientFor
) -> None:
    set_postal_address(lead.business, "")
    refused = permit_message(lead.business, lead=lead, email="maria@example.com")
    page = html(client_for(auditor).get(f"{LEDGER}?reason=postal_address_missing"))
    assert shown(page, [refused]) == [True]
    assert "needs the business’s postal address; enter it under Dialling." in page


@pytest.mark.parametrize(
    "model", ["dialrules", "dialdecision", "dial", "donotcalllist", "suppression"]
)
def test_the_admin_shows_it(model: str, superuser: User, client_for: ClientFor) -> None:
    assert client_for(superuser).get(f"/admin/leads/{model}/").status_code == 200


def test_the_admin_changes_no_line(
    lines: list[DialDecision], superuser: User, client_for: ClientFor
) -> None:
    browser = client_for(superuser)
    address = f"/admin/leads/dialdecision/{lines[0].pk}/change/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"allowed": "on"}).status_code == 403
    assert browser.post(f"/admin/leads/dialdecision/{lines[0].pk}/delete/").status_code == 403


def test_the_admin_sets_rules(business: Business, superuser: User, client_for: ClientFor) -> None:
    values = {**GIVEN, "business": business.pk}
    assert client_for(superuser).post("/admin/leads/dialrules/add/", values).status_code == 302
    assert DialRules.objects.get().days == ["mon", "tue"]
