"""How sure an answer is, once it is known what became of the message."""

import pytest

from salesdesk.assistant.analysis import Analysis, Intent, Outcome, Sentiment, after


def meant(intent: Intent, confidence: float = 0.8) -> Analysis:
    return Analysis(
        intent=intent,
        sentiment=Sentiment(score=0, label="neutral"),
        confidence=confidence,
        needs_clarification=False,
        reasoning="Because.",
    )


def test_what_needs_nothing_is_as_sure_as_its_intent() -> None:
    assert after(meant(Intent.GOODBYE), Outcome()).confidence == 0.8


@pytest.mark.parametrize(
    ("scores", "confidence"), [((), 0.4), ((0.6,), 0.7), ((0.6, 1.0, 0.2), 0.9)]
)
def test_a_question_is_as_sure_as_the_best_passage(
    scores: tuple[float, ...], confidence: float
) -> None:
    told = after(meant(Intent.WARRANTY), Outcome(passage_scores=scores))
    assert told.confidence == pytest.approx(confidence)


def test_tools_that_failed_make_less_sure() -> None:
    booking = meant(Intent.BOOKING)
    assert after(booking, Outcome(tool_statuses=("ok",))).confidence == 0.9
    assert after(booking, Outcome(tool_statuses=("ok", "failed"))).confidence == 0.65
    assert after(booking, Outcome(tool_statuses=("timed_out",))).confidence == 0.4


def test_a_tool_that_must_know_more_asks_back() -> None:
    assert after(meant(Intent.BOOKING), Outcome(asked_back=True)).needs_clarification


def test_the_reason_tells_what_was_used() -> None:
    outcome = Outcome(passage_scores=(0.5,), tool_statuses=("ok", "failed"))
    reason = after(meant(Intent.PRICE), outcome).reasoning
    assert reason == "Because; 2 tools used, 1 of them without success, 1 passage cited."


def test_an_outcome_is_read_from_what_is_stored() -> None:
    answer = {
        "citations": [{"score": 0.9}, {"score": None}, {"score": 3.0}],
        "tools": [{"status": "ok"}, {"status": ""}],
    }
    assert Outcome.of(answer) == Outcome((0.9, 0.5, 1.0), ("ok",))
