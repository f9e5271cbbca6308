"""The page on which a business says what its outcomes are and do."""

from collections.abc import Callable

import pytest
from django.test import Client

from leads.outcomes.defaults import USUAL, dispositions_of
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

Browse = Callable[[User | None], Client]
NEW = {"label": "Sent brochure", "behaviour": "retry", "retry_minutes": "60", "is_active": "on"}


@pytest.mark.parametrize(
    ("visitor", "seen", "changed"),
    [
        ("admin_user", 200, 302),
        ("manager", 200, 403),
        ("rep", 200, 403),
        ("auditor", 200, 403),
        ("outsider", 404, 404),
    ],
)
def test_everybody_reads_and_admins_change(
    business: Business,
    client_for: Browse,
    request: pytest.FixtureRequest,
    visitor: str,
    seen: int,
    changed: int,
) -> None:
    browser = client_for(request.getfixturevalue(visitor))
    where = f"?business={business.public_id}"

    assert browser.get(f"/settings/outcomes/{where}").status_code == seen
    assert browser.post(f"/settings/outcomes/new/{where}", NEW).status_code == changed
    assert business.dispositions.filter(key="sent_brochure").exists() == (changed == 302)


def test_one_is_edited_and_moved(business: Business, admin_user: User, client_for: Browse) -> None:
    browser = client_for(admin_user)
    dispositions_of(business)
    edited = {"label": "Occupied", "behaviour": "retry", "retry_minutes": "20"}
    browser.post("/settings/outcomes/busy/edit/", edited)
    browser.post("/settings/outcomes/busy/move/", {"to": "up"})
    browser.post(f"/settings/outcomes/{USUAL[0][0]}/move/", {"to": "up"})

    row = business.dispositions.get(key="busy")
    assert (row.label, row.retry_minutes, row.is_active) == ("Occupied", 20, False)
    assert [each.key for each in dispositions_of(business)][:4] == [
        "appointment",
        "callback",
        "no_answer",
        "busy",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("behaviour", "teleport"), ("retry_minutes", "0"), ("label", ""), ("label", "Busy")],
)
def test_what_cannot_be_comes_back(
    business: Business, admin_user: User, client_for: Browse, field: str, value: str
) -> None:
    answer = client_for(admin_user).post("/settings/outcomes/new/", {**NEW, field: value})

    assert answer.status_code == 422
    assert business.dispositions.count() in (0, len(USUAL))
