"""Take in a do-not-call list from a file, however large."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from leads.enums import ListKind
from leads.gate.lists import import_list
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError


class Command(BaseCommand):
    help = "Takes in a list of numbers that must not be called; an earlier one is replaced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a number a line, or CSV")
        parser.add_argument("--business", required=True, help="its id or whole name")
        parser.add_argument("--name", required=True, help="the name of the list")
        parser.add_argument("--kind", choices=ListKind.values, default=ListKind.NATIONAL.value)
        parser.add_argument(
            "--date", type=date.fromisoformat, required=True, help="of the list, like 2026-11-20"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        business = _business(options["business"])
        try:
            with options["file"].open(encoding="utf-8", errors="replace") as lines:
                imported = import_list(
                    business,
                    lines,
                    name=options["name"],
                    kind=options["kind"],
                    as_of=options["date"],
                )
        except (SalesdeskError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{imported.into}: {imported.taken} numbers, {imported.unreadable} lines without one."
        )


def _business(text: str) -> Business:
    found = Business.objects.filter(Q(public_id=text) | Q(name__iexact=text)).first()
    if found is None:
        raise CommandError(f"There is no business “{text}”.")
    return found
