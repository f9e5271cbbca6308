"""The business that `bin/demo` shows: loaded through the services, as a person would set it up."""

import secrets
from typing import Any

from django.db import transaction

from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user, give_role
from salesdesk.businesses.demo_facts import FACTS, VOCABULARY
from salesdesk.businesses.enums import Trade
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import add_number, create_business, set_postal_address

NAME = "Bright Roof Solar & Air"
NUMBER = "+14155550100"
POSTAL_ADDRESS = "100 Example Street\nSan Francisco, CA 94100"
WORKDAY = ["08:00", "18:00"]
HOURS = {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKDAY), "sat": ["09:00", "13:00"]}
GREETING = (
    "Thank you for calling Bright Roof Solar and Air. I am the virtual assistant. "
    "How can I help you today?"
)
OUTBOUND_GREETING = (
    "Hello, this is the virtual assistant of Bright Roof Solar and Air. "
    "You asked us about your home. Is this a good moment?"
)
PROMPT = """\
You answer the phone for Bright Roof Solar & Air, which sells and installs solar panels, heat pumps
and roofs in the San Francisco Bay Area. You are a virtual assistant and say so when asked.
Be warm, brief and exact: one or two sentences, then let the caller speak. Speak only from the facts
that you were given; where they do not reach, say that you do not know and offer a call back.
Ask for the caller's name and what they are interested in. For an appointment take the day and the
time and read them back. If the caller does not want to be called any more, promise it and say
goodbye."""


PEOPLE = (
    ("admin@demo.salesdesk.example", "Alex Admin", Role.ADMIN),
    ("manager@demo.salesdesk.example", "Morgan Reyes", Role.MANAGER),
    ("riley@demo.salesdesk.example", "Riley Chen", Role.REP),
    ("sam@demo.salesdesk.example", "Sam Okafor", Role.REP),
)


@transaction.atomic
def load_demo(password: str = "") -> dict[str, Any]:
    """Set up the demo business, or bring its people's password up to date.

    Returns ``{"business", "number", "users": [{"email", "password", "role"}]}``. Without a
    ``password`` a random one is made.
    """
    password = password or secrets.token_urlsafe(9)
    business = _business()
    add_number(business, NUMBER, label="Main line")
    users = [_person(business, *person, password=password) for person in PEOPLE]
    return {
        "business": business.name,
        "number": NUMBER,
        "users": [
            {"email": user.email, "password": password, "role": role}
            for user, (_, _, role) in zip(users, PEOPLE, strict=True)
        ],
    }


def _business() -> Business:
    existing = Business.objects.filter(numbers__number=NUMBER).first()
    if existing is not None:
        if not existing.postal_address:  # of a demo that was loaded before there were any
            set_postal_address(existing, POSTAL_ADDRESS)
        return existing
    return create_business(
        NAME,
        trade=Trade.SOLAR,
        time_zone="America/Los_Angeles",
        hours=HOURS,
        postal_address=POSTAL_ADDRESS,
        greeting=GREETING,
        outbound_greeting=OUTBOUND_GREETING,
        prompt=PROMPT,
        facts=[list(pair) for pair in FACTS],
        vocabulary=list(VOCABULARY),
    )


def _person(business: Business, email: str, name: str, role: Role, *, password: str) -> User:
    user = add_user(email, name=name, password=password, superuser=role == Role.ADMIN)
    if not user.check_password(password):  # setting it again would sign everybody out
        user.set_password(password)
        user.save(update_fields=["password"])
    give_role(user, business_id=business.pk, role=role)
    return user
