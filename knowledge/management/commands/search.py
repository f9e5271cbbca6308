"""Asks a business's documents, as the agent does on a call."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.management.business import find_business
from knowledge.models import Passage
from knowledge.search.pipeline import Answer, answer
from knowledge.types import Found
from salesdesk.lib.errors import SalesdeskError

INDENT = "    "


class Command(BaseCommand):
    help = "Searches the documents of a business; prints the passages with their sources."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--business", required=True, help="its name or public id")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        business = find_business(options["business"])
        try:
            found = answer(business, options["question"])
        except SalesdeskError as error:
            raise CommandError(error.message) from error
        self.stdout.write(as_json(found) if options["json"] else as_text(found))


def as_text(found: Answer) -> str:
    understood = found.steps.understood
    lines = [f"Question: {found.question}"]
    if understood.corrections:
        put_right = (f"“{one.heard}” as “{one.meant}”" for one in understood.corrections)
        lines.append(f"Understood: {', '.join(put_right)}")
    if not found.found:
        lines.append("Nothing in the documents is near this.")
    elif not found.is_answerable:
        lines.append("The documents do not answer this. The nearest passages:")
    for number, passage in enumerate(found.found, 1):
        lines += ["", *_lines_of(number, passage)]
    if found.spoken:
        lines += ["", "Spoken:", *(f"{INDENT}{sentence}" for sentence in found.spoken)]
    return "\n".join(lines)


def _lines_of(number: int, found: Found) -> list[str]:
    scores = found.scores
    parts = [("meaning", scores.vector), ("words", scores.words), ("fused", scores.fused)]
    told = ", ".join(f"{name} {value:.3f}" for name, value in parts if value is not None)
    return [
        f"{number}. {source_of(found)}   {scores.rerank or 0:.2f} ({told})",
        *(f"{INDENT}{line}" for line in found.text.splitlines()),
    ]


def source_of(found: Found) -> str:
    """Document, headings, page, version and address in one line."""
    headings = [heading for heading in found.heading if heading != found.title]
    page = f", page {found.page}" if found.page else ""
    label = f", version {found.version_label or found.version}"
    url = f", {found.url}" if found.url else ""
    return f"{Passage.SEPARATOR.join([found.title, *headings])}{page}{label}{url}"


def as_json(found: Answer) -> str:
    return json.dumps(
        {
            "question": found.question,
            "is_answerable": found.is_answerable,
            "confidence": round(found.confidence, 3),
            "intent": found.steps.intents.main,
            "corrections": [asdict(one) for one in found.steps.understood.corrections],
            "parts": [part.question for part in found.steps.parts],
            "passages": [asdict(one) for one in found.found],
            "spoken": found.spoken,
            "citations": [asdict(one) for one in found.citations],
            "took_ms": found.steps.took_ms,
        },
        indent=2,
        ensure_ascii=False,
    )
