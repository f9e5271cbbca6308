"""What the tests of leads' pages share."""

import pytest

from leads.models import Lead
from leads.services import add_note, merge_facts, update_lead
from salesdesk.accounts.models import User


@pytest.fixture
def known_lead(lead: Lead, rep: User) -> Lead:
    """Maria, of whom something is known."""
    update_lead(lead, email="maria@example.com", company="Harbor Dental", value=18000, owner=rep)
    merge_facts(lead, {"roof_age": 22, "owner": True})
    add_note(lead, "Best reached after five.", by=rep)
    lead.refresh_from_db()
    return lead


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)
