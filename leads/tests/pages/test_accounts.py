"""The pages of companies, and of the people around them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads import contacts
from leads.enums import LeadSource
from leads.models import Account, Contact, Lead
from leads.services import create_lead, is_left_in_peace
from leads.tests.pages.conftest import visitor
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
READING = {"admin_user": 200, "rep": 200, "auditor": 200, "outsider": 404, "anonymous": 302}
CHANGING = {"manager": 302, "rep": 302, "auditor": 403, "outsider": 404, "anonymous": 302}
LIST = "/leads/accounts/"


@pytest.fixture
def account(lead: Lead) -> Account:
    """Maria's, with one contact."""
    account = contacts.put_into_account(lead, "Harbor Dental").account
    assert account is not None
    contacts.add_contact(account, name="Luis Ortega", role="Office", phone="+14155550142")
    return account


def url(name: str, account: Account) -> str:
    return reverse(f"leads:{name}", args=[account.public_id])


@pytest.mark.parametrize(("name", "status"), READING.items())
def test_who_may_see_an_account(
    name: str,
    status: int,
    account: Account,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    response = client_for(visitor(name, request)).get(url("account_page", account))
    assert response.status_code == status
    for shown in (b"Harbor Dental", b"Luis Ortega", b"Maria Lopez", b"Put into"):
        assert (shown in response.content) is (status == 200 and shown != b"Put into")


@pytest.mark.parametrize(("name", "status"), CHANGING.items())
@pytest.mark.parametrize(
    "what", ["edit_account", "never_call_account", "add_account_contact", "remove_account"]
)
def test_who_may_change_an_account(
    what: str,
    name: str,
    status: int,
    account: Account,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    if what == "remove_account":
        account.leads.update(account=None)
    before = (account.contacts.count(), account.business.suppressions.count(), account.name)
    response = client_for(visitor(name, request)).post(url(what, account), {"name": "Bay Dental"})
    assert response.status_code == status
    now = Account.objects.filter(pk=account.pk).first()
    counts = (
        (now.contacts.count(), now.business.suppressions.count(), now.name) if now else ("gone",)
    )
    assert (counts != before) is (name in ("manager", "rep"))


@pytest.mark.parametrize(("name", "status"), CHANGING.items())
@pytest.mark.parametrize("what", ["edit_contact", "drop_contact"])
def test_who_may_change_somebody_at_an_account(
    what: str,
    name: str,
    status: int,
    account: Account,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    contact = account.contacts.get()
    path = reverse(f"leads:{what}", args=[contact.public_id])
    response = client_for(visitor(name, request)).post(path, {"name": "Ana"})
    assert response.status_code == status
    is_same = Contact.objects.filter(pk=contact.pk, name="Luis Ortega").exists()
    assert is_same is (name not in ("manager", "rep"))


def test_the_list_finds_by_name_and_domain_and_shows_only_ones_own(
    account: Account, rep: User, outsider: User, client_for: ClientFor
) -> None:
    contacts.create_account(account.business, name="Bay Roofs", domain="bay.example")
    client = client_for(rep)
    assert "Harbor Dental" in client.get(LIST).content.decode()
    found = client.get(LIST, {"search": "bay.ex"}).content.decode()
    assert "Bay Roofs" in found and "Harbor" not in found
    assert "No account matches" in client.get(LIST, {"search": "nobody"}).content.decode()
    assert "Harbor" not in client_for(outsider).get(LIST).content.decode()


def test_the_list_costs_the_same_however_long_it_is(
    business: Business,
    rep: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_for(rep)
    contacts.create_account(business, name="A")
    client.get(LIST)
    for name in ("B", "C"):
        with django_assert_num_queries(9):
            client.get(LIST)
        contacts.create_account(business, name=name)


def test_what_cannot_be_is_said_at_the_form_and_changes_nothing(
    account: Account, rep: User, client_for: ClientFor
) -> None:
    contacts.create_account(account.business, name="Bay Roofs")
    client = client_for(rep)
    taken = client.post(url("edit_account", account), {"name": "Bay Roofs"})
    assert taken.status_code == 422 and b"already an account" in taken.content
    wrong = client.post(url("edit_account", account), {"name": "Harbor", "phone": "12"})
    assert wrong.status_code == 422
    nobody = client.post(url("add_account_contact", account), {"role": "Office"})
    assert nobody.status_code == 422 and b"Give a name" in nobody.content
    account.refresh_from_db()
    assert (account.name, account.phone, account.contacts.count()) == ("Harbor Dental", "", 1)


def test_moments_are_told_by_the_businesss_clock(
    account: Account, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    """Half past three at night by UTC is the evening before in New York."""
    moment = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
    lead.events.update(created_at=moment)
    Account.objects.update(created_at=moment)
    page = client_for(rep).get(url("account_page", account)).content.decode()
    assert "Account since Dec 31, 2025" in page
    assert "Dec 31, 2025, 10:30 PM</time>" in page
    assert "3:30 AM" not in page


def test_a_change_stands_in_the_history_of_its_leads(
    account: Account, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    client_for(rep).post(url("edit_account", account), {"name": "Bay", "domain": "Bay.example"})
    event = lead.events.order_by("-pk")[0]
    assert (event.by, event.data) == (
        rep,
        {"account name": ["Harbor Dental", "Bay"], "account domain": ["", "bay.example"]},
    )


def test_an_account_with_leads_is_kept(account: Account, rep: User, client_for: ClientFor) -> None:
    assert client_for(rep).post(url("remove_account", account)).status_code == 409
    assert Account.objects.filter(pk=account.pk).exists()


def test_who_works_there_is_left_in_peace(
    account: Account, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    client.post(url("never_call_account", account), {"reason": "Their lawyer wrote."})
    assert "Nobody at this company" in client.get(url("account_page", account)).content.decode()
    page = client.get(reverse("leads:lead", args=[lead.public_id])).content.decode()
    assert "Nobody at their company must be contacted" in page


def test_a_new_name_is_left_in_peace_too_and_the_page_says_so(
    account: Account, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    client, page = client_for(rep), url("account_page", account)
    client.post(url("never_call_account", account), {"reason": "Their lawyer wrote."})
    client.get(page)
    data = {"name": "Harbor Group", "domain": ""}
    told = client.post(url("edit_account", account), data, follow=True).content.decode()
    assert "Nobody there is contacted by the name “Harbor Group” either." in told
    assert "Nobody at this company must be contacted." in told and "Their lawyer wrote." in told
    assert is_left_in_peace(Lead.objects.get(pk=lead.pk))
    again = client.post(
        url("edit_account", account), {**data, "phone": "415 555 0142"}, follow=True
    )
    assert "either." not in again.content.decode()


def test_somebody_at_a_company_is_not_asked_whether_they_are_the_lead(
    account: Account, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    contact = account.contacts.get()
    path = reverse("leads:edit_contact", args=[contact.public_id])
    assert 'name="is_lead"' not in client.get(path).content.decode()
    assert 'name="is_lead"' not in client.get(url("account_page", account)).content.decode()
    assert client.post(path, {"name": "Luis", "is_lead": "on"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.is_lead) == ("Luis", False)
    of_lead = contacts.add_contact(lead, name="Luis")
    own = reverse("leads:edit_contact", args=[of_lead.public_id])
    assert 'name="is_lead"' in client.get(own).content.decode()


def test_a_refusal_is_told_once(account: Account, rep: User, client_for: ClientFor) -> None:
    contacts.create_account(account.business, name="Bay Roofs")
    twin = {"name": "Bay Roofs"}
    for path in (reverse("leads:new_account"), url("edit_account", account)):
        page = client_for(rep).post(path, twin).content.decode()
        assert page.count("There is already an account with this name and domain.") == 1


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("leads:accounts", "leads:accounts"),
        ("leads:new_account", "leads:accounts"),
        ("leads:list", "leads:list"),
        ("leads:new", "leads:list"),
    ],
)
def test_links_back_keep_the_business(
    path: str, link: str, other_business: Business, superuser: User, client_for: ClientFor
) -> None:
    business = f"business={other_business.public_id}"
    page = client_for(superuser).get(f"{reverse(path)}?{business}&search=nobody").content.decode()
    assert f'href="{reverse(link)}?{business}"' in page
    assert f'href="{reverse(link)}">' not in page.partition("<main")[2]


@pytest.mark.parametrize("path", ["leads:list", "leads:pipeline", "leads:accounts"])
def test_duplicates_are_offered_to_who_may_see_them(
    path: str, business: Business, rep: User, auditor: User, client_for: ClientFor
) -> None:
    link = f"{reverse('leads:duplicates')}?business={business.public_id}"
    assert link in client_for(rep).get(reverse(path)).content.decode()
    assert link not in client_for(auditor).get(reverse(path)).content.decode()
    assert link in client_for(rep).get(link).content.decode()


def test_new_accounts_are_added_on_their_own_page(
    business: Business, rep: User, auditor: User, client_for: ClientFor
) -> None:
    path = reverse("leads:new_account")
    assert client_for(auditor).get(path).status_code == 403
    assert client_for(rep).post(path, {"name": ""}).status_code == 422
    made = client_for(rep).post(path, {"name": "Bay Roofs"})
    assert made["Location"] == url("account_page", Account.objects.get(name="Bay Roofs"))


def test_somebody_around_a_lead_is_edited_from_its_page(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    contact = contacts.add_contact(lead, name="Luis")
    other = create_lead(lead.business, source=LeadSource.API, phone="+12125550100")
    path = reverse("leads:edit_contact", args=[contact.public_id])
    client = client_for(rep)
    assert path in client.get(reverse("leads:lead", args=[lead.public_id])).content.decode()
    taken = client.post(path, {"name": "Luis", "phone": other.phone, "is_lead": "on"})
    assert taken.status_code == 422 and b"merge the two" in taken.content
    done = client.post(path, {"name": "Luis", "phone": "(415) 555-0142"})
    assert done["Location"] == reverse("leads:lead", args=[lead.public_id])
    contact.refresh_from_db()
    assert contact.phone == "+14155550142"
