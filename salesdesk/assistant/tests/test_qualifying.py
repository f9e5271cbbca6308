from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.qualifying import TOPICS, next_topic


def test_the_first_question_comes_first() -> None:
    assert next_topic(Conversation("Bright Roof")) == TOPICS[0]


def test_what_the_lead_has_told_is_not_asked() -> None:
    talk = Conversation("Bright Roof")
    talk.hear("We own the house and want a new roof for 18,000 dollars.")
    assert next_topic(talk) == TOPICS[1]


def test_a_question_that_was_asked_is_not_asked_again() -> None:
    talk = Conversation("Bright Roof")
    talk.say("a", f"Thank you. {TOPICS[0].question}")
    talk.hear("Hard to say.")
    assert next_topic(talk) == TOPICS[1]


def test_when_all_is_told_nothing_is_left() -> None:
    talk = Conversation("Bright Roof")
    for topic in TOPICS:
        talk.say(topic.question, topic.question)
    assert next_topic(talk) is None
