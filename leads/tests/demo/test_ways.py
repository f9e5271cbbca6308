"""The sample form, webhook and mailbox."""

import pytest

from leads.arriving.mail import imap
from leads.arriving.mail.reading import read
from leads.demo.ways import MAIL, load_ways
from leads.models import InboxMessage, Lead, Mailbox, WebForm, WebhookDelivery
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("a server is looked for")

    monkeypatch.setattr(imap, "system_resolve", asked)


def test_the_form_has_made_a_lead_with_its_consent(business: Business) -> None:
    load_ways(business)
    lead = Lead.objects.get(business=business, source="web_form")
    assert lead.name == "Nadia Flores"
    assert lead.facts == {"roof_type": "Shingles"}
    assert lead.consents.count() == 4
    assert WebForm.objects.get(business=business).is_active


def test_the_webhook_has_taken_failed_and_refused(business: Business) -> None:
    load_ways(business)
    statuses = WebhookDelivery.objects.filter(endpoint__business=business).order_by("pk")
    assert list(statuses.values_list("status", flat=True)) == ["taken", "failed", "refused"]
    assert Lead.objects.get(business=business, source="webhook").phone == "+14085550118"


def test_the_mailbox_is_paused_and_its_messages_wait_to_be_read(business: Business) -> None:
    load_ways(business)
    mailbox = Mailbox.objects.get(business=business)
    assert not mailbox.is_active
    messages = list(InboxMessage.objects.filter(mailbox=mailbox).order_by("uid"))
    assert len(messages) == len(MAIL)
    for message in messages:
        read(message)
    told = {m.uid: (m.status, m.lead and m.lead.phone) for m in InboxMessage.objects.all()}
    assert told[1] == ("taken", "+14155550119")
    assert told[2] == ("taken", "+16505550121")
    assert told[3][0] == "failed"
