"""Measures how well search answers; bin/bench answers prepares and calls this."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.bench import answers, fit, starter
from knowledge.bench.database import own_database
from salesdesk.businesses.services import create_business


class Command(BaseCommand):
    help = "Asks the questions about the starter set; prints how many were answered, as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fit",
            action="store_true",
            help="instead, print weights for the reranker, fitted on the dev half",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with own_database():
            business = create_business("Benchmark", prompt="You answer questions.")
            starter.load(business)
            made = fit.fit(business) if options["fit"] else answers.report(answers.ask(business))
        self.stdout.write(json.dumps(made, indent=2))
