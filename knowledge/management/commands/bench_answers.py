"""Measures how well search answers; bin/bench answers prepares and calls this."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.bench import answers, fit, pairs, starter
from knowledge.bench.questions import TRADES
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business
from salesdesk.lib.bench.database import own_database


class Command(BaseCommand):
    help = "Asks the questions about the starter set; prints how many were answered, as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fit",
            action="store_true",
            help="instead, print weights of the models of search, fitted on the dev half",
        )
        parser.add_argument(
            "--pairs",
            type=Path,
            metavar="FILE",
            help="instead, write what the reading model is trained on; see bench/training",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with own_database():
            business = create_business("Benchmark", prompt="You answer questions.")
            starter.load(business)
            made = self._made(business, options)
        self.stdout.write(json.dumps(made, indent=2))

    def _made(self, business: Business, options: dict[str, Any]) -> dict[str, Any]:
        if options["pairs"]:
            others = create_business("Other trades", prompt="You answer questions.")
            starter.load(others, TRADES)
            return {"pairs": pairs.write(business, others, options["pairs"])}
        if options["fit"]:
            return fit.fit(business)
        return answers.report(answers.ask(business))
