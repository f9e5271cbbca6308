import pytest

from salesdesk.assistant.offline import phrases
from salesdesk.assistant.tests.offline.desk import Desk, conversation, hold, talk_to
from salesdesk.businesses.demo_facts import FACTS


def fact(start_of_question: str) -> str:
    return next(answer for question, answer in FACTS if question.startswith(start_of_question))


def test_a_question_is_answered_with_the_fact_word_for_word() -> None:
    reply = talk_to(Desk(), "Do you offer a 25-year warranty?")[0]
    assert reply.text == fact("How long is the warranty")


def test_documents_come_before_facts() -> None:
    desk = Desk(documents={"warranty": "The warranty on panels is twenty five years."})
    assert talk_to(desk, "How long is the warranty?")[0].text == desk.documents["warranty"]


def test_the_fact_that_names_the_figure_comes_before_documents_that_do_not() -> None:
    desk = Desk(documents={"warranty": "The warranty certificate lies in the portal."})
    assert "twenty five year" in talk_to(desk, "How long is the warranty on the panels?")[0].text


def test_documents_that_speak_of_something_else_do_not_answer() -> None:
    desk = Desk(documents={"pool": "Have plans for a pool ready."})
    assert phrases.DO_NOT_KNOW in talk_to(desk, "Do you install swimming pools?")[0].text


def test_only_the_question_is_looked_up() -> None:
    desk = Desk()
    talk_to(desk, "Okay, I'm back. Do you also do gutters?")
    assert desk.uses_of("search_knowledge") == [{"query": "Do you also do gutters?"}]


def test_a_question_that_points_back_is_looked_up_with_the_one_before() -> None:
    desk = Desk()
    talk_to(desk, "What does an inspection cost?", "Nice. How long does it take?")
    assert desk.uses_of("search_knowledge")[1]["query"] == (
        "What does an inspection cost? How long does it take?"
    )


def test_while_a_visit_is_arranged_it_is_the_one_that_is_asked_about() -> None:
    desk = Desk()
    talk_to(desk, "Book a roof inspection on Monday at nine.", "What does the inspection cost?")
    first = desk.uses_of("search_knowledge")[0]
    assert first == {"query": "Roof inspection: What does the inspection cost?"}


def test_an_unknown_question_is_not_guessed_at() -> None:
    replies = talk_to(Desk(), "Who is your chief executive?", "Does he play golf?")
    assert replies[0].text == f"{phrases.DO_NOT_KNOW} {phrases.CALL_BACK_OFFER}"
    assert replies[1].text.startswith(phrases.DO_NOT_KNOW_EITHER)


def test_interest_is_met_with_what_is_known() -> None:
    desk, talk = Desk(), conversation()
    reply = hold(talk, desk, "Hi, I'm calling about the solar panels you advertised.")[0]
    assert reply.text == (
        "I am glad to help. We plan and install solar panels for family homes. "
        "What would you like to know?"
    )
    assert talk.state.facts["interest"].value.startswith("solar")


def test_interest_in_something_unknown_claims_nothing() -> None:
    reply = talk_to(Desk(), "I'm calling about my cat.")[0]
    assert reply.text == f"I am glad to help. {phrases.WHAT_TO_KNOW}"


@pytest.mark.parametrize("line", ["No, none of those.", "Cool, thanks.", "next summer", "Sproing."])
def test_not_any_words_are_a_subject(line: str) -> None:
    desk = Desk(documents=dict.fromkeys(("none", "cool", "summer", "sproing"), "Junk."))
    assert "Junk." not in talk_to(desk, line)[0].text


def test_a_bare_subject_is_a_question() -> None:
    desk = Desk(documents={"gutters": "We hang gutters of aluminum."})
    assert talk_to(desk, "Gutters.")[0].text == "We hang gutters of aluminum."
