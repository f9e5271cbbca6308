from datetime import UTC, datetime

import pytest

from salesdesk.assistant.loop.attribution import Attribution
from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.tools.running import Used
from salesdesk.lib.sources import Sources
from salesdesk.lib.tools import ToolResult

PANELS = {"passage": "p1", "sentence": "The panels have a 25 year warranty on output."}
INVERTER = {"passage": "p2", "sentence": "The inverter has its own warranty of twelve years."}


def search(*told: tuple[str, dict[str, str]], ms: int = 30) -> Used:
    citations = tuple(citation for _, citation in told)
    sentences = [{"text": text, "citations": [citation]} for text, citation in told]
    result = ToolResult("…", citations, {"sentences": sentences})
    use = ToolUse("search_knowledge", {"query": "warranty"})
    sources = Sources(citations, ms, ms)
    return Used(use, "desk", "ok", result, "", datetime.now(tz=UTC), ms, sources)


@pytest.fixture
def attribution() -> Attribution:
    told = Attribution()
    told.add(
        search(
            ("The panels have a twenty-five year warranty on output.", PANELS),
            ("The inverter has its own warranty of twelve years.", INVERTER),
        )
    )
    return told


@pytest.mark.parametrize(
    ("sentence", "passages"),
    [
        ("The panels have a twenty-five year warranty on output.", [PANELS]),
        ("The inverter has its own warranty of twelve years.", [INVERTER]),
        ("Our panels come with a 25 year warranty on output.", [PANELS]),
        ("Is there anything else I can do for you?", None),
        ("Gladly.", None),
    ],
)
def test_a_sentence_is_told_from_what_it_says(
    attribution: Attribution, sentence: str, passages: list[dict[str, str]] | None
) -> None:
    sources = attribution.sources_of(sentence)

    assert (list(sources.citations) if sources else None) == passages


def test_what_a_search_cost_stands_with_its_sentences(attribution: Attribution) -> None:
    sources = attribution.sources_of("The inverter has its own warranty of twelve years.")

    assert sources is not None and sources.retrieval_ms == 30


def test_a_search_in_vain_is_told_once() -> None:
    told = Attribution()
    told.add(search(ms=40))

    assert told.sources_of("I do not know that for certain.") == Sources((), 40, 40)
    assert told.sources_of("Shall a colleague call you back?") is None
