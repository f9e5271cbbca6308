"""The dialogues of ``salesdesk/assistant/evals``, played on the demo business."""

from pathlib import Path

import pytest
from pytest_django import Settings

from knowledge.processing import process_document
from knowledge.starter import load_starter
from salesdesk.assistant.management.commands.rehearse import GOAL, share_of_good
from salesdesk.assistant.rehearsal import Stage, judge, load_dialogues, play
from salesdesk.businesses.demo import NUMBER, load_demo
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

LEAST_COUNT = 60
RECORDED = 6
INTENTS = {
    "angry",
    "booking",
    "cancelling",
    "financing",
    "goodbye",
    "moving",
    "not_understood",
    "objections",
    "opt_out",
    "person",
    "price",
    "product",
    "qualification",
    "small_talk",
    "spoken",
    "warranty",
    "wrong_number",
}


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> Business:
    settings.LLM_MODELS = ["offline"]
    settings.MEDIA_ROOT = tmp_path / "files"
    load_demo()
    return Business.objects.get(numbers__number=NUMBER)


def test_there_are_dialogues_enough_on_all_that_the_agent_must_manage() -> None:
    dialogues = load_dialogues()
    assert len(dialogues) >= LEAST_COUNT
    assert {each.intent for each in dialogues} >= INTENTS
    assert min(len(each.lines) for each in dialogues) >= 1


def test_the_recorded_callers_get_what_they_want(demo: Business) -> None:
    stage = Stage(demo)
    spoken = [each for each in load_dialogues() if each.intent == "spoken"]
    faults = {each.name: judge(each, play(stage, each)).faults for each in spoken}
    assert [fault for each in faults.values() for fault in each] == []
    assert len(faults) == RECORDED


@pytest.mark.slow
def test_nearly_all_dialogues_go_as_they_should(demo: Business) -> None:
    for document in load_starter(demo):
        process_document(document.pk)
    stage = Stage(demo)
    verdicts = [judge(dialogue, play(stage, dialogue)) for dialogue in load_dialogues()]
    failed = {each.dialogue.name: each.faults for each in verdicts if not each.is_good}
    assert share_of_good(verdicts) >= GOAL, failed
