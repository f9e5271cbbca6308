"""Makes the local models ready on this machine, once for an installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.embeddings import local
from knowledge.parsing import language_model
from knowledge.search import reader
from salesdesk.embedded import models_dir
from salesdesk.lib.errors import NotInstalled, ProviderError


class Command(BaseCommand):
    help = "Converts the local models now, for which else the first question waits."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            local.load()
            language_model.provide()
            self._prepare_reader()
        except ProviderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"The models are in {models_dir()}.")

    def _prepare_reader(self) -> None:
        """It may be left out; then answers are judged without it."""
        try:
            reader.reader().read("Are you ready?", ["I am."])
        except NotInstalled as missing:
            self.stderr.write(missing.message)
        else:
            reader.forget_earlier()
