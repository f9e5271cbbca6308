"""Measures the agent's loop, the offline agent and the pages; bin/bench assistant calls this."""

import json
import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from salesdesk.assistant.bench.run import Order, measure
from salesdesk.lib.bench.database import own_database

FEWEST = 1_000


class Command(BaseCommand):
    help = (
        "Measures what our loop adds to a turn, how many turns the offline agent manages, and how "
        "fast the pages of figures are among many invocations; prints JSON."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--invocations", type=int, default=1_000_000, help="in the log (default 1000000)"
        )
        parser.add_argument("--turns", type=int, default=300, help="of each kind (default 300)")

    def handle(self, *args: Any, **options: Any) -> None:
        order = Order(options["invocations"], options["turns"])
        if order.turns < 1:
            raise CommandError("Measure 1 turn or more.")
        if order.invocations < FEWEST:
            raise CommandError(f"Make {FEWEST} invocations or more.")
        logging.disable(logging.INFO)
        with own_database():
            measured = measure(order, self.stderr.write)
        self.stdout.write(json.dumps(measured, indent=2))
