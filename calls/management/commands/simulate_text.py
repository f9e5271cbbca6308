"""Let somebody write a text message by the sandbox carrier, and tell what came of it."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from calls.management.sandbox_client import SandboxClient
from leads.enums import MessageMeaning
from leads.models import LeadMessage
from leads.services import is_suppressed
from salesdesk.businesses.models import PhoneNumber
from salesdesk.lib.errors import SalesdeskError

POLL_S = 0.3
SETTLE_S = 10.0
SOMEBODY = "+12025550123"
ANSWERED = (MessageMeaning.STOP, MessageMeaning.START, MessageMeaning.HELP)


class Command(BaseCommand):
    help = "Lets somebody write a text message to a business by the sandbox carrier."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", help="the message, like STOP")
        parser.add_argument("--to", default="", help="a business's own number; else the first")
        parser.add_argument("--from", dest="from_", default=SOMEBODY, help="the writer's number")
        parser.add_argument("--json", action="store_true", help="print one line of JSON only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TWILIO_API_BASE_URL:
            raise CommandError(
                "There is no sandbox carrier: TWILIO_API_BASE_URL is not set. bin/demo starts one."
            )
        self.sandbox = SandboxClient(settings.TWILIO_API_BASE_URL)
        try:
            result = self.simulate(options)
        except SalesdeskError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.show(result)

    def simulate(self, options: dict[str, Any]) -> dict[str, Any]:
        first = PhoneNumber.objects.active().first()
        to = options["to"] or (first.number if first else "")
        if not to:
            raise CommandError("No business has a number yet; give one with --to.")
        self.sandbox.give_number(to, public_url=settings.PUBLIC_URL)
        known = {each["sid"] for each in self.sandbox.messages_to(options["from_"])}
        sent = self.sandbox.write(to=to, from_=options["from_"], text=options["text"])
        stored = LeadMessage.objects.filter(sid=sent["sid"]).select_related("lead").first()
        return {
            "message": sent["sid"],
            "errors": sent["errors"],
            "product": _stored(stored) if stored else None,
            "answers": self.answers(stored, known) if stored else [],
        }

    def answers(self, stored: LeadMessage, known: set[str]) -> list[str]:
        """What was written back; a keyword's answer is waited for."""
        deadline = time.monotonic() + (SETTLE_S if stored.meaning in ANSWERED else 0.0)
        while True:
            found = self.sandbox.messages_to(stored.address)
            fresh = [each["body"] for each in found if each["sid"] not in known]
            if fresh or time.monotonic() > deadline:
                return fresh
            time.sleep(POLL_S)

    def show(self, result: dict[str, Any]) -> None:
        for error in result["errors"]:
            self.stdout.write(f"carrier's error {error['code']}: {error['message']}")
        product = result["product"]
        if product is None:
            self.stdout.write("The product does not know this message.")
            return
        for name, value in product.items():
            self.stdout.write(f"  {name}: {value}")
        for answer in result["answers"]:
            self.stdout.write(f"  answered: {answer}")


def _stored(message: LeadMessage) -> dict[str, Any]:
    """Where the lead is ``None``, nobody is known by the number."""
    lead = message.lead
    return {
        "meaning": message.meaning,
        "lead": f"{settings.PUBLIC_URL}/leads/{lead.public_id}/" if lead else None,
        "suppressed": is_suppressed(message.business, message.address),
    }
