"""Measures the media process beside a bare relay; bin/bench voice prepares and calls this."""

import asyncio
import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from calls.bench import product, run, servers
from salesdesk import embedded

LONG_ENOUGH = 10
"""Seconds; a shorter measurement is a trial."""


def positive(text: str) -> int:
    """A number as argparse reads it, from 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise ArgumentTypeError(f"{text} is not a whole number from 1")
    return number


class Command(BaseCommand):
    help = "Measures the media process beside a bare relay under the same calls; prints JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--calls", type=positive, default=40, help="at once (default 40)")
        parser.add_argument("--seconds", type=positive, default=20, help="measured (default 20)")
        parser.add_argument(
            "--rounds", type=positive, help="of both (default 2, or 1 where seconds are below 10)"
        )
        parser.add_argument("--server", choices=servers.SERVERS, default=servers.DEFAULT)
        parser.add_argument(
            "--stock-consumer", action="store_true", help="with Channels' own dispatch"
        )
        parser.add_argument(
            "--documents",
            action="store_true",
            help="also with a business whose documents are searched while callers speak",
        )
        parser.add_argument("--json-only", action="store_true", help="say nothing meanwhile")

    def handle(self, *args: Any, **options: Any) -> None:
        say = (lambda line: None) if options["json_only"] else self.stderr.write
        with product.own_database() as database_url:
            order = run.Order(
                calls=options["calls"],
                seconds=options["seconds"],
                rounds=options["rounds"] or (2 if options["seconds"] >= LONG_ENOUGH else 1),
                server=options["server"],
                stock_consumer=options["stock_consumer"],
                documents=options["documents"],
                logs=embedded.data_dir() / "logs" / "bench-voice",
                database_url=database_url,
            )
            measured = asyncio.run(run.run(order, say))
        self.stdout.write(json.dumps(measured, indent=2))
