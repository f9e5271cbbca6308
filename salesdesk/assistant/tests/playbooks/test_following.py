"""Where a conversation stands in its playbook, and what the customer objects."""

from typing import Any

import pytest

from salesdesk.assistant.loop.state import ObjectionSpec, PlaybookSpec, StageSpec, State
from salesdesk.assistant.playbooks import services
from salesdesk.assistant.playbooks.demo import EXAMPLE
from salesdesk.assistant.playbooks.following import (
    NextLine,
    cue_of,
    next_best_line,
    objection_in,
    objection_now,
    spec_for,
    stage_of,
    was_said,
)
from salesdesk.businesses.models import Business

GREETING = StageSpec("Greeting", "They say what it is about.", ("How can I help you today?",))
NEED = StageSpec(
    "Need",
    "It is clear why now.",
    ("What made you think about solar now?", "Which part of the power bill worries you?"),
    ("Let me ask a few short questions.",),
)
VISIT = StageSpec("Visit", "A day is agreed.", ("Which day suits you for the visit?",))
SPEC = PlaybookSpec("Solar", (GREETING, NEED, VISIT))
HELLO = ("agent", "Hello, how can I help you today?")
WHY = ("agent", "Gladly. What made you think of solar?")
BILL = ("agent", "And which part of your power bill worries you most?")


def caller(text: str) -> tuple[str, str]:
    return ("caller", text)


def stage(*lines: tuple[str, str], **notes: Any) -> str:
    reached = stage_of(SPEC, State(notes=notes), lines)
    assert reached is not None
    return reached.name


# ---------------------------------------------------------------- stages


def test_a_conversation_begins_in_the_first_stage() -> None:
    assert stage() == "Greeting"
    assert stage(HELLO) == "Greeting"
    assert stage(caller("Hello?")) == "Greeting"


def test_a_stage_is_left_when_all_was_asked_and_the_caller_spoke() -> None:
    assert stage(HELLO, caller("I want solar.")) == "Need"
    assert stage(HELLO, caller("I want solar."), WHY, caller("The bill.")) == "Need"
    assert stage(HELLO, caller("Solar."), WHY, caller("The bill."), BILL) == "Need"
    assert stage(HELLO, caller("Solar."), WHY, caller("Hm."), BILL, caller("All.")) == "Visit"


def test_questions_may_be_put_in_other_words() -> None:
    """As many answers as the stage has questions are enough, however they were asked."""
    hello, gas = ("agent", "Good morning! What is it about?"), ("agent", "Do you heat with gas?")
    assert stage(hello, caller("Solar."), gas, caller("Yes.")) == "Need"
    assert stage(hello, caller("Solar."), gas, caller("Yes."), gas, caller("Yes!")) == "Visit"


def test_what_the_caller_asks_is_no_answer() -> None:
    told = ("agent", "We open at nine.")

    lines = [HELLO, caller("Solar."), *[told, caller("And on Sundays?")] * 4]
    assert stage(*lines) == "Need"


def test_a_later_question_takes_the_conversation_there_at_once() -> None:
    assert stage(HELLO, ("agent", "Which day would suit you for a visit?")) == "Visit"


def test_it_never_goes_back() -> None:
    lines = (("agent", "Which day suits you for the visit?"), WHY, caller("Well."))

    assert stage(*lines) == "Visit"


def test_the_last_stage_stays_the_last() -> None:
    done = (HELLO, ("agent", "Which day suits you for the visit?"), caller("Monday."))

    assert stage(*done, caller("Thanks."), caller("Bye.")) == "Visit"


def test_reps_count_as_well() -> None:
    assert stage(("rep", "Hi, how can I help you today?"), caller("Solar.")) == "Need"


def test_an_agent_may_name_the_stage() -> None:
    assert stage(HELLO, stage="Visit") == "Visit"
    assert stage(HELLO, stage="Something else") == "Greeting"


def test_a_stage_without_questions_is_left_after_a_word_from_us() -> None:
    spec = PlaybookSpec("x", (StageSpec("Hello", "Said hello."), VISIT))

    assert stage_of(spec, State(), [caller("Hi.")]) == spec.stages[0]
    assert stage_of(spec, State(), [("agent", "Good morning."), caller("Hi.")]) == VISIT


def test_without_stages_there_is_nothing() -> None:
    assert stage_of(PlaybookSpec(), State(), [HELLO]) is None
    assert cue_of(PlaybookSpec(), State(), [HELLO]) is None


# ---------------------------------------------------------------- what comes next


def test_what_was_not_asked_yet_comes_next() -> None:
    first, second = NEED.questions

    assert next_best_line(SPEC, NEED, []) == NextLine(first, NEED.lines[0])
    assert next_best_line(SPEC, NEED, [WHY]) == NextLine(second, NEED.lines[0])


def test_after_the_last_question_the_next_stage_begins() -> None:
    said = [WHY, BILL, ("agent", "Let me ask you a few short questions first.")]

    assert next_best_line(SPEC, NEED, said) == NextLine(VISIT.questions[0], "")
    assert next_best_line(SPEC, VISIT, [("agent", VISIT.questions[0])]) == NextLine()


def test_what_the_caller_said_was_not_asked_by_us() -> None:
    assert next_best_line(SPEC, NEED, [caller(NEED.questions[0])]).question == NEED.questions[0]


@pytest.mark.parametrize(
    ("line", "is_said"),
    [
        ("How old is the roof, roughly?", True),
        ("So how old would you say your roof is, roughly speaking?", True),
        ("Is the roof yours?", False),
        ("", False),
    ],
)
def test_a_question_may_be_put_in_other_words(line: str, is_said: bool) -> None:
    assert was_said("How old is the roof, roughly?", [line]) is is_said


# ---------------------------------------------------------------- objections


def objection(text: str, *signs: str) -> bool:
    spec = PlaybookSpec(objections=(ObjectionSpec("It", signs, "Well."),))
    return objection_in(spec, text) is not None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("That is way too EXPENSIVE for us.", "expensive"),
        ("It’s the expense I mind", "expenses"),
        ("I'd have to think about it", "think about it"),
        ("I was thinking about that, about it all", "think about it"),
        ("I need to talk to my wife first", "talk my wife"),
        ("Isn't that too expensive?", "expensive"),
        ("No, it's too expensive", "expensive"),
        ("I am not interested", "not interested"),
        ("We’re not really interested", "not interested"),
    ],
)
def test_signs_are_found(text: str, sign: str) -> None:
    assert objection(text, sign)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("", "expensive"),
        ("It is not expensive", "expensive"),
        ("That isn't really expensive", "expensive"),
        ("I never found it expensive", "expensive"),
        ("It about made me think", "think about it"),
        ("I think that my brother in law knows all about it", "think about it"),
        ("interested", "not interested"),
        ("I need to talk with my wife", "talk to my wife"),
        ("We are fine", ""),
    ],
)
def test_what_is_no_objection_is_none(text: str, sign: str) -> None:
    assert not objection(text, sign)


def test_the_longest_sign_wins() -> None:
    spec = PlaybookSpec(
        objections=(
            ObjectionSpec("Price", ("offer",), ""),
            ObjectionSpec("Competitor", ("cheaper offer",), ""),
            ObjectionSpec("Other", ("cheaper offer",), ""),
        )
    )
    found = objection_in(spec, "I have a cheaper offer.")

    assert found is not None
    assert found.name == "Competitor"


def test_an_objection_counts_while_it_is_fresh() -> None:
    expensive = caller("It is too expensive.")
    on = [("agent", "I see."), caller("Hm.")]

    assert objection_now(EXAMPLE, [expensive]) is not None
    assert objection_now(EXAMPLE, [expensive, *on]) is not None
    assert objection_now(EXAMPLE, [expensive, *on, *on]) is None
    assert objection_now(EXAMPLE, [("agent", "It is too expensive.")]) is None


# ---------------------------------------------------------------- the example


def test_the_example_has_its_stages_and_objections() -> None:
    assert [each.name for each in EXAMPLE.stages] == [
        "Greeting",
        "Need",
        "Qualification",
        "Offer of value",
        "Objections",
        "Appointment",
    ]
    assert len(EXAMPLE.objections) >= 10


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Honestly, that sounds expensive.", "Too expensive"),
        ("We can't really afford that.", "Too expensive"),
        ("Let me think about it.", "Has to think about it"),
        ("I have to talk to my wife first.", "Has to ask husband or wife"),
        ("I got a cheaper quote from someone else.", "Has a cheaper offer"),
        ("I saw some bad reviews online.", "Read bad reviews"),
        ("We might be moving in two years, so we may move.", "May move house"),
        ("I'd rather wait for the prices to fall.", "Waits for lower prices"),
        ("Just send me something by mail.", "Wants it by e-mail only"),
        ("How did you get my number?", "How did you get my number"),
        ("Panels don't work in winter.", "Does not work in winter"),
        ("My roof is too old for that.", "Roof too old"),
        ("There's too much shade from the oaks.", "Too much shade"),
        ("Heat pumps are so loud.", "Heat pumps are noisy"),
        ("You will ruin my roof.", "Afraid for the roof"),
        ("I'm not interested.", "Not interested"),
        ("What are your opening hours?", ""),
    ],
)
def test_what_callers_say_meets_the_right_answer(text: str, name: str) -> None:
    found = objection_in(EXAMPLE, text)

    assert (found.name if found else "") == name


def test_no_answer_of_the_example_names_a_figure() -> None:
    """Figures stand in documents, where they are looked up and cited."""
    said = [each.answer for each in EXAMPLE.objections]
    said += [line for each in EXAMPLE.stages for line in (*each.questions, *each.lines)]

    assert [text for text in said if any(mark.isdigit() or mark in "$%" for mark in text)] == []


# ---------------------------------------------------------------- the playbook in effect


def test_the_one_that_is_followed_counts(business: Business, other_business: Business) -> None:
    assert spec_for(business) == PlaybookSpec()
    services.create_playbook(business, EXAMPLE.name, like=EXAMPLE)
    second = services.create_playbook(business, "Second")
    assert spec_for(business) == EXAMPLE

    services.follow(second)

    assert spec_for(business) == PlaybookSpec("Second")
    assert spec_for(other_business) == PlaybookSpec()
