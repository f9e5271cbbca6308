"""Play the scripted dialogues with the agent, and print how they went."""

import json
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from salesdesk.assistant.rehearsal import Dialogue, Stage, Verdict, judge, load_dialogues, play
from salesdesk.assistant.rehearsal.play import Performance
from salesdesk.businesses.demo import NUMBER
from salesdesk.businesses.models import Business

GOAL = 0.95
"""Share of the dialogues that must go as they should."""


class Command(BaseCommand):
    help = (
        "Plays the dialogues of salesdesk/assistant/evals with the agent and the real tools, on "
        "the demo business; nothing is kept. Exit code 1 when fewer than 95 % go as they should."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", metavar="NAME", help="name or intent, or a part")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")
        parser.add_argument("--talk", action="store_true", help="print what was said and done")
        parser.add_argument(
            "--agent-model",
            default="",
            metavar="MODEL",
            help="as in the setting LLM_MODEL: offline, openai:NAME …; default: as configured",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["agent_model"]:
            settings.LLM_MODELS = [options["agent_model"]]
        stage = Stage(_business())
        verdicts = []
        for dialogue in _chosen(options["only"]):
            played = play(stage, dialogue)
            verdicts.append(judge(dialogue, played))
            if options["talk"]:
                self._talk(dialogue, played)
        if options["json"]:
            self.stdout.write(json.dumps(summary(verdicts)))
        else:
            self._table(verdicts)
        if share_of_good(verdicts) < GOAL:
            raise CommandError(f"fewer than {GOAL:.0%} of the dialogues went as they should")

    def _talk(self, dialogue: Dialogue, played: Performance) -> None:
        self.stdout.write(f"\n# {dialogue.name} ({dialogue.intent})")
        for turn in played.turns:
            self.stdout.write(f"caller: {turn.line.caller or '(silence)'}")
            for used in turn.used:
                given = json.dumps(dict(used.use.arguments))
                self.stdout.write(f"    {used.use.name} {given} → {used.status}")
            self.stdout.write(f"agent: {turn.said} {f'[{turn.ending}]' if turn.ending else ''}")

    def _table(self, verdicts: list[Verdict]) -> None:
        self.stdout.write(f"{'dialogue':38} {'goal':5} {'tools':5} {'facts':5} verdict")
        for each in verdicts:
            marks = [_mark(each.goal), _mark(each.tools), _mark(each.facts)]
            verdict = "good" if each.is_good else "; ".join(each.faults)
            self.stdout.write(f"{each.dialogue.name:38} {' '.join(marks)} {verdict}")
        self.stdout.write("")
        for intent, (good, count) in by_intent(verdicts).items():
            self.stdout.write(f"{intent:38} {good:3} of {count:3}")
        good = sum(each.is_good for each in verdicts)
        share = share_of_good(verdicts)
        self.stdout.write(f"{'all':38} {good:3} of {len(verdicts):3}  {share:.1%}")


def _business() -> Business:
    business = Business.objects.filter(numbers__number=NUMBER).first()
    if business is None:
        raise CommandError("There is no demo business yet: run manage.py seed_demo --process.")
    return business


def _chosen(part: str) -> list[Dialogue]:
    every = load_dialogues()
    chosen = [each for each in every if part in each.name or part == each.intent]
    if not chosen:
        raise CommandError(f"No dialogue is called {part}.")
    return chosen


def _mark(faults: list[str]) -> str:
    return "no   " if faults else "ok   "


def share_of_good(verdicts: list[Verdict]) -> float:
    return sum(each.is_good for each in verdicts) / len(verdicts)


def by_intent(verdicts: list[Verdict]) -> dict[str, tuple[int, int]]:
    """How many of the dialogues of each intent went well, and how many there are."""
    count = Counter(each.dialogue.intent for each in verdicts)
    good = Counter(each.dialogue.intent for each in verdicts if each.is_good)
    return {intent: (good[intent], number) for intent, number in sorted(count.items())}


def summary(verdicts: list[Verdict]) -> dict[str, Any]:
    return {
        "dialogues": [
            {
                "name": each.dialogue.name,
                "intent": each.dialogue.intent,
                "good": each.is_good,
                "goal": each.goal,
                "tools": each.tools,
                "facts": each.facts,
            }
            for each in verdicts
        ],
        "by_intent": by_intent(verdicts),
        "count": len(verdicts),
        "good": sum(each.is_good for each in verdicts),
        "share": round(share_of_good(verdicts), 4),
    }
