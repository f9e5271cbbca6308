import pytest

from salesdesk.assistant.loop.state import Fact
from salesdesk.assistant.offline.capturing import DEFAULT_FIELDS
from salesdesk.assistant.tests.offline.desk import Desk, booked, conversation, decide, hold, talk_to


def told(*lines: str, direction: str = "outbound") -> tuple[dict[str, object], str, Desk]:
    desk, talk = Desk(), conversation(direction=direction)
    replies = hold(talk, desk, *lines)
    return {key: fact.value for key, fact in talk.state.facts.items()}, replies[-1].text, desk


def test_a_lead_is_asked_one_thing_after_the_other_and_booked() -> None:
    facts, last, desk = told(
        "Yes, this is Maria.",
        "Yes, we were thinking about a new roof.",
        "The house is about twenty years old and the roof has never been replaced.",
        "Our budget is around eighteen thousand dollars.",
        "I own the house together with my husband.",
        "We would like to start in March.",
        "Sure, an inspection on Friday morning would work.",
    )
    assert facts == {
        "name": "Maria",
        "interest": "roof",
        "age": 20,
        "budget": 18000,
        "owner": True,
        "start": "2027-03-01",
    }
    assert booked(desk) == ["2026-11-27T09:00"]
    assert last.endswith("What is your e-mail address?")


def test_what_is_told_in_one_breath_is_captured_in_one_step() -> None:
    facts, last, desk = told(
        "My name is Daniel Reed, we own a house from 1990, our budget is 15 to 20 thousand "
        "and we want to start in spring.",
        direction="inbound",
    )
    assert facts == {
        "name": "Daniel Reed",
        "age": 36,
        "budget": 20000,
        "owner": True,
        "start": "2027-03-01",
    }
    assert last.startswith("Thank you, Daniel. What are you thinking about")
    assert desk.names().count("capture_fact") == 5


def test_what_is_known_is_not_asked() -> None:
    talk = conversation(direction="outbound")
    for key in ("name", "interest", "age"):
        talk.state.facts[key] = Fact("known")
    assert "budget" in hold(talk, Desk(), "Yes, go ahead.")[0].text


def test_an_address_is_read_back_and_confirmed() -> None:
    desk = Desk()
    replies = talk_to(desk, "My e-mail is jo dot lee at example dot com.", "Yes.")
    assert replies[0].text.endswith("j o dot l e e at e x a m p l e dot com. Is that right?")
    assert desk.uses_of("confirm_fact") == [{"field": "email", "is_right": True}]


def test_a_wrong_reading_is_heard_again() -> None:
    desk, talk = Desk(), conversation()
    lines = (
        "My e-mail is jo dot lee at example dot com.",
        "No, it's jo dot lea at example dot com.",
        "Right.",
    )
    hold(talk, desk, *lines)
    assert talk.state.facts["email"].value == "jo.lea@example.com"
    assert talk.state.facts["email"].status == "confirmed"


def test_a_reading_that_is_only_denied_is_forgotten_and_asked_again() -> None:
    desk, talk = Desk(), conversation()
    replies = hold(talk, desk, "My e-mail is jo dot lee at example dot com.", "No.")
    assert "email" not in talk.state.facts
    assert replies[1].text == "I am sorry. What is your e-mail address?"


def test_a_number_that_was_wrong_is_set_right() -> None:
    lines = ("We have ten thousand dollars for it.", "Sorry, I meant twelve thousand.")
    facts, last, _ = told(*lines, direction="inbound")
    assert facts["budget"] == 12000
    assert last.startswith("Thank you for putting that right.")


@pytest.mark.parametrize("line", ["I'd rather not say.", "No idea.", "Why do you need that?"])
def test_who_will_not_tell_is_not_pressed(line: str) -> None:
    facts, last, _ = told("Yes.", line)
    assert facts == {}
    assert last.startswith("No problem. What are you thinking about")


def test_a_question_is_answered_and_ours_asked_again() -> None:
    _, last, _ = told("Yes, this is Ben.", "Are you licensed and insured?")
    assert last.startswith("Yes, we are licensed")
    assert last.endswith("solar, heating and cooling, or your roof?")


def test_a_value_that_cannot_be_is_asked_again_and_then_left() -> None:
    lines = ("Yes, this is Ben.", "Roof.", "It is nine hundred years old.")
    _, again, _ = told(*lines)
    assert again.endswith("Roughly how old is the house?")
    _, left, _ = told(*lines, "Nine hundred years.")
    assert "we leave that open" in left


def test_a_failing_tool_does_not_make_it_ask_for_ever() -> None:
    desk = Desk(broken={"capture_fact"})
    replies = talk_to(desk, "Yes, this is Ben.", "Roof.", "Twenty years.", direction="outbound")
    assert len({reply.text for reply in replies}) == len(replies)


def test_a_business_without_fields_has_the_usual_ones() -> None:
    talk = conversation(direction="outbound", fields=())
    reply = decide(talk, "Yes.", Desk(broken={"capture_fact"}))
    assert reply.text.endswith(DEFAULT_FIELDS[0].question)


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        ("No, not now.", "no_time"),
        ("I'm at work, not a good time.", "no_time"),
        ("I'm not interested.", "not_interested"),
    ],
)
def test_who_has_no_time_or_interest_is_not_kept(line: str, ending: str) -> None:
    assert talk_to(Desk(), line, direction="outbound")[0].ending == ending
