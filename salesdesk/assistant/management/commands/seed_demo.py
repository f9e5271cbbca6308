"""Load the demo business: its people, what its agent knows and asks, its calendars and leads."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from knowledge.models import Document
from knowledge.processing import process_document
from knowledge.starter import load_starter
from leads.demo.past import load_past
from leads.demo.people import load_demo as load_leads
from leads.demo.ways import load_ways
from leads.demo.work import load_work
from salesdesk.assistant.capture.defaults import load_demo_fields
from salesdesk.assistant.playbooks.demo import load_demo_playbook
from salesdesk.businesses.demo import load_demo
from salesdesk.businesses.models import Business


class Command(BaseCommand):
    help = (
        "Loads the demo business with its people, sample documents, playbook, calendars and leads; "
        "run again, it only renews the password and what has changed in the documents; what people "
        "deleted stays deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", default="", help="for all its people; default: random")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")
        parser.add_argument(
            "--process",
            action="store_true",
            help="process the documents here; default: the worker does it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        demo = load_demo(options["password"])
        documents = self._furnish(Business.objects.get(numbers__number=demo["number"]))
        if options["process"]:
            for document in documents:
                process_document(document.pk)
        if options["json"]:
            self.stdout.write(json.dumps(demo))
            return
        self.stdout.write(f"{demo['business']} answers at {demo['number']}.")
        for user in demo["users"]:
            self.stdout.write(f"  {user['role']:8} {user['email']}  {user['password']}")
        done = "processed" if options["process"] else "waiting for the worker"
        self.stdout.write(f"{len(documents)} documents are new or changed, and {done}.")

    def _furnish(self, business: Business) -> list[Document]:
        """What each app brings; the documents that are to be processed."""
        load_demo_fields(business)
        load_demo_playbook(business)
        self._bring_leads(business)
        return load_starter(business)

    @transaction.atomic
    def _bring_leads(self, business: Business) -> None:
        """Leads, and all that has been done with them; only where there were none yet."""
        if load_leads(business):
            now = timezone.now()
            load_past(business, now=now)
            load_ways(business)
            load_work(business, now=now)
