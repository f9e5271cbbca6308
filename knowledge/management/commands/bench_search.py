"""Measures how fast search is; bin/bench search prepares and calls this."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.bench import speed
from salesdesk.lib.bench.database import own_database

FEWEST = 100
NUMBERS = {
    "passages": (100_000, "in all"),
    "businesses": (10, "that share them"),
    "queries": (200, "a business is asked"),
    "documents": (20, "read to measure ingest"),
}


class Command(BaseCommand):
    help = "Measures search among many made passages beside a bare vector search; prints JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, (default, what) in NUMBERS.items():
            parser.add_argument(
                f"--{name}", type=int, default=default, help=f"{what} (default {default})"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        order = speed.Order(**{name: options[name] for name in NUMBERS})
        if min(order.queries, order.documents, order.businesses) < 1:
            raise CommandError("Each number must be 1 or more.")
        if order.passages < FEWEST * order.businesses:
            raise CommandError(f"Each business needs {FEWEST} passages or more.")
        with own_database():
            measured = speed.measure(order, self.stderr.write)
        self.stdout.write(json.dumps(measured, indent=2))
