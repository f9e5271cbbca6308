from dataclasses import replace

from salesdesk.assistant.offline.objections import SHALL_WE_LOOK
from salesdesk.assistant.playbooks.demo import EXAMPLE
from salesdesk.assistant.tests.offline.desk import PRICE, Desk, conversation, hold, talk_to


def test_the_playbook_answers_and_then_it_is_back_to_the_goal() -> None:
    replies = talk_to(Desk(), "Yes, Ben speaking.", "That's too expensive.", direction="outbound")
    assert replies[1].text.startswith(PRICE.answer)
    assert replies[1].text.endswith("solar, heating and cooling, or your roof?")


def test_a_caller_is_invited_to_look_at_it_together() -> None:
    desk = Desk()
    replies = talk_to(desk, "That's too expensive for me.", "Okay, yes.", "Monday at nine.")
    assert replies[0].text == f"{PRICE.answer} {SHALL_WE_LOOK}"
    assert "is free" in replies[2].text


def test_nobody_is_pressed_with_the_same_answer_twice() -> None:
    replies = talk_to(Desk(), "That's too expensive.", "No, it is too expensive!")
    assert PRICE.answer not in replies[1].text
    assert "not press you" in replies[1].text


def test_a_question_for_the_price_is_no_objection() -> None:
    assert PRICE.answer not in talk_to(Desk(), "How expensive is a roof?")[0].text


def test_two_facts_side_by_side_are_no_objection() -> None:
    desk, talk = Desk(), conversation()
    talk.playbook = EXAMPLE
    hold(talk, desk, "We want to replace our roof. The house is thirty years old.")
    assert talk.state.facts["age"].value == 30


def test_what_the_answer_asks_is_what_the_next_words_are_for() -> None:
    desk, talk = Desk(), conversation(direction="outbound")
    talk.playbook = EXAMPLE
    replies = hold(talk, desk, "No, I'm not interested.", "Yes, take it off the list.")
    assert "taken off the list?" in replies[0].text
    assert replies[1].ending == "opt_out"
    assert desk.uses_of("suppress")


def test_an_address_that_is_asked_for_is_captured() -> None:
    desk, talk = Desk(), conversation()
    talk.playbook = EXAMPLE
    hold(talk, desk, "Can't you just email me?", "jo dot lee at example dot com")
    assert talk.state.facts["email"].value == "jo.lee@example.com"


def test_without_a_playbook_nothing_is_answered_from_it() -> None:
    desk, talk = Desk(), conversation()
    talk.playbook = replace(EXAMPLE, objections=())
    assert "?" in hold(talk, desk, "That's too expensive.")[0].text
