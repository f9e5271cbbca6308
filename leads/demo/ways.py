"""Sample ways in for the demo business, each with what came by it: loaded through the services.

The mailbox is paused, so that nobody's server is asked; its messages are as a server would have
given them.
"""

import json
import time
from datetime import timedelta
from email.message import EmailMessage

from django.utils import timezone
from django.utils.formats import date_format

from leads.arriving.mail import watching
from leads.arriving.mail.imap import Fetched
from leads.arriving.webforms import Visit, add_form, submit
from leads.arriving.webhooks import add_endpoint, receive, sign
from leads.enums import ConsentKind
from leads.models import Mailbox, MailRule
from salesdesk.businesses.models import Business

SITE = "https://brightroof.example"
AGREED = (
    "Bright Roof may call me about my request, also by an AI voice, and write to me. "
    "I can take this back at any time."
)
FIELDS = (
    ("name", "Name", True),
    ("phone", "Phone", True),
    ("email", "E-mail", False),
    ("address", "Address", False),
    ("roof_type", "What is your roof made of?", False),
    ("message", "How can we help?", False),
)
REQUEST = {
    "name": "Nadia Flores",
    "phone": "+15105550117",
    "email": "nadia.flores@example.com",
    "address": "221 Alameda Avenue, Alameda",
    "roof_type": "Shingles",
    "message": "We would like an estimate for solar panels on a south-facing roof.",
}
PORTAL_LEAD = {
    "id": "sample-1001",
    "name": "Victor Chan",
    "phone": "(408) 555-0118",
    "email": "victor.chan@example.com",
    "message": "Heat pump instead of a gas furnace, 1,900 square feet.",
}
NOBODY = {"id": "sample-1002", "message": "Wants a call about solar panels."}
MAIL = (
    (
        "HomeLeads <leads@homeleads.example>",
        "New request from HomeLeads",
        "Name: Carla Jensen\nTelephone: +1 415 555 0119\nE-mail: carla.jensen@example.com\n"
        "Request: Replace 40 feet of gutters, and look at the roof.\n",
    ),
    (
        "Owen Brooks <owen.brooks@example.com>",
        "Estimate for a roof",
        "Hello,\n\nmy name is Owen Brooks. Could somebody call me at (650) 555-0121 about a new "
        "roof? The house was built in 1985.\n\nThank you, Owen\n",
    ),
    (
        "HomeLeads <no-reply@homeleads.example>",
        "Your weekly summary",
        "Seven people looked at your page, and two of them asked for a call.\n",
    ),
)


def load_ways(business: Business) -> None:
    """A form, a webhook and a mailbox, with what came by each of them."""
    _form(business)
    _webhook(business)
    _mailbox(business)


def _form(business: Business) -> None:
    form = add_form(
        business,
        name="Free estimate (sample)",
        title="Your free estimate",
        intro="Tell us about your roof. We call you back on the same day.",
        button="Ask for an estimate",
        fields=[dict(zip(("key", "label", "required"), each, strict=True)) for each in FIELDS],
        consent_text=AGREED,
        consent_kinds=[ConsentKind.AI_VOICE, ConsentKind.CALL, ConsentKind.SMS, ConsentKind.EMAIL],
    )
    visit = Visit("192.0.2.17", page=f"{SITE}/estimate", browser="Sample")
    submit(form, "sample", dict(REQUEST), agreed=True, visit=visit)


def _webhook(business: Business) -> None:
    """One delivery is taken, one names nobody, one is signed by somebody else."""
    endpoint, secret = add_endpoint(business, "HomeLeads portal (sample)")
    now = int(time.time())
    for told, key in ((PORTAL_LEAD, secret), (NOBODY, secret), (PORTAL_LEAD, "whsec_of-another")):
        body = json.dumps(told).encode()
        receive(endpoint, body, sign(key, body, now))


def _mailbox(business: Business) -> None:
    MailRule.objects.create(
        business=business,
        name="HomeLeads (sample)",
        sender="@homeleads.example",
        patterns={
            "name": {"label": "Name"},
            "phone": {"label": "Telephone"},
            "email": {"label": "E-mail"},
            "message": {"label": "Request"},
        },
    )
    mailbox = watching.add_mailbox(
        business,
        name="Requests (sample)",
        host="imap.brightroof.example",
        username="requests@brightroof.example",
        password="none: this mailbox does not exist",  # noqa: S106  # it opens nothing
        takes_existing=True,
        is_active=False,
    )
    for uid, told in enumerate(MAIL, 1):
        watching.store(mailbox, _fetched(mailbox, uid, *told))


def _fetched(mailbox: Mailbox, uid: int, sender: str, subject: str, text: str) -> Fetched:
    at = timezone.now() - timedelta(minutes=7 * (len(MAIL) - uid))
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mailbox.username, subject
    message["Date"] = date_format(at, "r")
    message["Message-ID"] = f"<sample-{uid}@brightroof.example>"
    message.set_content(text)
    return Fetched(uid, message.as_bytes(), at, is_cut=False)
