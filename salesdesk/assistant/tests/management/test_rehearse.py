import io
import json

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from salesdesk.assistant.management.commands import rehearse
from salesdesk.assistant.rehearsal import Dialogue
from salesdesk.businesses.demo import NUMBER
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import add_number

GOOD = {"caller": "Goodbye.", "ending": "goodbye"}
BAD = {"caller": "Goodbye.", "says": ["Good morning"]}


def dialogues(good: int, bad: int) -> list[Dialogue]:
    lines = [GOOD] * good + [BAD] * bad
    return [
        Dialogue.model_validate(
            {"name": f"d{number}", "intent": "goodbye", "lines": [line], "wanted": {}}
        )
        for number, line in enumerate(lines)
    ]


@pytest.fixture
def demo(other_business: Business, settings: Settings) -> Business:
    settings.LLM_MODELS = ["offline"]
    add_number(other_business, NUMBER)
    return other_business


def run(monkeypatch: pytest.MonkeyPatch, script: list[Dialogue], *args: str) -> str:
    monkeypatch.setattr(rehearse, "load_dialogues", lambda: script)
    out = io.StringIO()
    call_command("rehearse", *args, stdout=out)
    return out.getvalue()


def test_a_table_tells_how_they_went(demo: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = run(monkeypatch, dialogues(20, 1)).splitlines()
    assert lines[1].split() == ["d0", "ok", "ok", "ok", "good"]
    assert "line 1: does not say “Good morning”" in lines[21]
    assert lines[-2].split() == ["goodbye", "20", "of", "21"]
    assert lines[-1].split() == ["all", "20", "of", "21", "95.2%"]


def test_too_few_good_ones_are_a_failure(demo: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="95%"):
        run(monkeypatch, dialogues(18, 1))


def test_programs_get_json(demo: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(run(monkeypatch, dialogues(1, 0), "--json", "--agent-model", "offline"))
    assert (told["count"], told["good"], told["share"]) == (1, 1, 1.0)
    assert told["by_intent"] == {"goodbye": [1, 1]}


def test_one_can_be_played_alone_and_read(demo: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(monkeypatch, dialogues(2, 0), "--only", "d1", "--talk")
    assert "caller: Goodbye." in told
    assert "d0" not in told


def test_without_a_demo_it_says_what_to_do(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="seed_demo"):
        run(monkeypatch, dialogues(1, 0))
