"""Who opts out in the very moment in which somebody writes to them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from leads.enums import MessageChannel, SuppressionSource
from leads.messaging import sending
from leads.models import Lead, LeadMessage
from leads.services import suppress
from leads.tests.conftest import MARIA
from leads.tests.gate.test_race import in_thread, until, waiting_for_locks
from salesdesk.accounts.models import User
from salesdesk.notifications.enums import DeliveryStatus
from salesdesk.notifications.models import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("daytime")]


def test_an_opt_out_waits_for_the_message_and_holds_it_back(
    agreed: Lead, rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed, go_on = threading.Event(), threading.Event()
    send = sending.send_text

    def send_late(*args: Any, **named: Any) -> LeadMessage:
        allowed.set()
        assert go_on.wait(10)
        return send(*args, **named)

    monkeypatch.setattr(sending, "send_text", send_late)
    with ThreadPoolExecutor(2) as pool:
        written = in_thread(
            pool, lambda: sending.write(agreed, MessageChannel.SMS, "Hello.", by=rep)
        )
        assert allowed.wait(10)
        opted_out = in_thread(
            pool,
            lambda: suppress(agreed.business, phone=MARIA, source=SuppressionSource.TEXT),
        )
        until(lambda: waiting_for_locks() == 1)
        go_on.set()
        message = written.result(20)
        opted_out.result(20)

    delivery = Delivery.objects.get(public_id=message.reference)
    assert delivery.status == DeliveryStatus.CANCELED
