"""Load the demo business."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from salesdesk.businesses.demo import load_demo


class Command(BaseCommand):
    help = "Loads the demo business with its people; run again, it only renews their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", default="", help="for all its people; default: random")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        demo = load_demo(options["password"])
        if options["json"]:
            self.stdout.write(json.dumps(demo))
            return
        self.stdout.write(f"{demo['business']} answers at {demo['number']}.")
        for user in demo["users"]:
            self.stdout.write(f"  {user['role']:8} {user['email']}  {user['password']}")
