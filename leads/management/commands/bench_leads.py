"""Measures what has to be fast about leads; bin/bench leads calls this."""

import json
import logging
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand

from leads.bench import cadences, importing, pages, ready
from salesdesk.lib.bench.database import own_database
from salesdesk.lib.bench.figures import load_of_the_machine

Piece = Callable[[bool], dict[str, Any]]

PIECES: Mapping[str, Piece] = {
    "ready": ready.run,
    "touches": cadences.run,
    "import": importing.run,
    "list": pages.run,
}


class Command(BaseCommand):
    help = (
        "Measures reps who all ask for the next lead at once, due touches, an import and the list "
        "of leads, each against bare SQL in the same run; prints JSON."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--quick", action="store_true", help="with fewer rows, for a first look"
        )
        parser.add_argument("--only", choices=PIECES, help="one of them")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.disable(logging.INFO)
        wanted = {name: run for name, run in PIECES.items() if options["only"] in (None, name)}
        with own_database():
            measured = {name: self._measured(name, run, options) for name, run in wanted.items()}
        self.stdout.write(json.dumps(measured, indent=2))

    def _measured(self, name: str, run: Piece, options: Mapping[str, Any]) -> dict[str, Any]:
        self.stderr.write(f"{name} …")
        before = load_of_the_machine()
        return {"load_of_the_machine": before, **run(options["quick"])}
