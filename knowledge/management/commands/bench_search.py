"""Measures how fast search is; bin/bench search prepares and calls this."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.bench import speed
from knowledge.bench.database import own_database


class Command(BaseCommand):
    help = "Measures search among many made passages beside a bare vector search; prints JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--passages", type=int, default=100_000, help="(default 100000)")
        parser.add_argument("--businesses", type=int, default=10, help="(default 10)")
        parser.add_argument("--queries", type=int, default=200, help="(default 200)")

    def handle(self, *args: Any, **options: Any) -> None:
        order = speed.Order(options["passages"], options["businesses"], options["queries"])
        with own_database():
            measured = speed.measure(order, self.stderr.write)
        self.stdout.write(json.dumps(measured, indent=2))
