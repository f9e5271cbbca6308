import pytest

from salesdesk.assistant import playbook
from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.playbook import Answer, answer_for
from salesdesk.assistant.qualifying import TOPICS
from salesdesk.businesses.demo_facts import FACTS

NAME = "Bright Roof"
GREETING = f"Thank you for calling {NAME}. How can I help you?"


def talk(*lines: str, direction: str = "inbound", greeting: str = GREETING) -> list[Answer]:
    """The agent's answers to these lines of a caller, one after the other."""
    conversation = Conversation(NAME, direction, facts=FACTS)
    conversation.say("greeting", greeting)
    answers = []
    for number, line in enumerate(lines):
        conversation.hear(line)
        answer = answer_for(conversation, conversation.unanswered())
        assert isinstance(answer, Answer)
        answers.append(answer)
        conversation.say(f"answer-{number}", answers[-1].text)
    return answers


def last(*lines: str, direction: str = "inbound", greeting: str = GREETING) -> Answer:
    return talk(*lines, direction=direction, greeting=greeting)[-1]


def fact(start_of_question: str) -> str:
    return next(answer for question, answer in FACTS if question.startswith(start_of_question))


def test_a_question_is_answered_with_the_fact_word_for_word() -> None:
    answer = last("Do you offer a 25-year warranty?")
    assert answer == Answer(fact("How long is the warranty"))


def test_the_answer_about_financing_is_long_enough_to_be_interrupted() -> None:
    answer = last("Hello, what financing options do you have for a new heat pump?")
    assert answer.text.count(". ") >= 3


def test_a_follow_up_is_understood_with_the_question_before() -> None:
    answer = last("How much do solar panels cost?", "And how long does it take?")
    assert answer.text == fact("Do you install solar panels")


def test_an_unknown_question_is_not_guessed_at() -> None:
    answers = talk("Who is your chief executive?", "Does he play golf?")
    assert answers[0].text == f"{playbook.DO_NOT_KNOW} {playbook.CALL_BACK_OFFER}"
    assert answers[1].text.startswith("I am afraid I do not know that either.")


@pytest.mark.parametrize(
    ("reply", "begins"),
    [("Yes, please.", f"Thank you. {playbook.PERSON_NOTED}"), ("No thanks.", "All right.")],
)
def test_an_offered_call_back_is_noted_only_on_a_yes(reply: str, begins: str) -> None:
    answer = last("Who is your chief executive?", reply)
    assert answer.text.startswith(begins)
    assert (playbook.PERSON_NOTED in answer.text) == reply.startswith("Yes")


def test_an_appointment_is_read_back_as_a_request_and_noted_on_a_yes() -> None:
    answers = talk(
        "Great can you book an appointment for next Tuesday at 3 in the afternoon?",
        "Yes, please confirm that.",
    )
    assert answers[0].text == (
        "I have put down a request for next Tuesday at 3 in the afternoon. "
        "A colleague has to confirm it before it is booked. Is that right?"
    )
    assert "Your request for next Tuesday at 3 in the afternoon is noted" in answers[1].text


def test_a_wrong_appointment_can_be_changed() -> None:
    answers = talk("Book me a visit on Monday.", "No.", "Wednesday at ten.")
    assert answers[1].text.endswith(playbook.WHICH_TIME)
    assert "a request for Wednesday at ten." in answers[2].text


def test_a_time_without_a_day_is_asked_for_the_day() -> None:
    answers = talk("I need an appointment.", "At three.", "Thursday.")
    assert answers[0].text.endswith(playbook.WHICH_TIME)
    assert "On which day?" in answers[1].text
    assert "a request for Thursday." in answers[2].text


def test_a_complaint_is_taken_seriously_and_then_passed_to_people() -> None:
    answers = talk(
        "My heat pump broke down again and nobody came.",
        "This is the third time this month. I am really angry and very disappointed.",
        "I want to talk to a manager right now. This is unacceptable.",
        "I don't want to hear it. Get me a human.",
    )
    assert answers[0].text.startswith(playbook.SORRY)
    assert playbook.PERSON_NOTED in answers[1].text
    assert playbook.NO_TRANSFER in answers[2].text
    assert "Your request stands" in answers[3].text
    assert [answer.ending for answer in answers] == ["", "", "", ""]


def test_what_a_person_should_know_is_noted() -> None:
    answer = last("I want to talk to a manager.", "My furnace is from last year.")
    assert answer.text == f"Thank you, that is noted as well. {playbook.ANYTHING_ELSE}"


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_an_opt_out_is_acknowledged_and_ends_the_call(direction: str) -> None:
    answer = last(
        "I am not interested. Please put me on your do not call list.", direction=direction
    )
    assert "do not want to be called again" in answer.text
    assert answer.ending == "opt_out"


def test_thanks_and_goodbye_end_the_call() -> None:
    assert last("Thank you. Goodbye.") == Answer(
        f"You are welcome. Thank you for calling {NAME}. Goodbye.", "goodbye"
    )


def test_a_question_before_the_goodbye_is_still_answered() -> None:
    answer = last("What are your opening hours? Thanks, bye.")
    assert answer.text.startswith(fact("What are your opening hours"))
    assert answer.text.endswith("Goodbye.")
    assert answer.ending == "goodbye"


def test_a_farewell_asks_nothing_any_more() -> None:
    answer = last("Who is your chief executive?", "Yes please, bye.")
    assert playbook.PERSON_NOTED in answer.text
    assert "?" not in answer.text


def test_an_okay_before_the_goodbye_is_no_wish_for_more() -> None:
    answer = last("Who is your chief executive?", "No.", "Okay, bye.")
    assert answer.text == f"Thank you for calling {NAME}. Goodbye."


def test_nothing_else_is_a_goodbye() -> None:
    answer = last("Who is your chief executive?", "No.", "No, thank you.")
    assert answer.ending == "goodbye"


def test_it_says_that_it_is_no_person() -> None:
    assert "not a person" in last("Are you a robot?").text


def test_interest_is_met_with_what_is_known() -> None:
    answer = last("Hi, I'm calling about the solar panels you advertised.")
    assert answer.text == (
        "I am glad to help. We plan and install solar panels for family homes. "
        "What would you like to know?"
    )


def test_interest_in_something_unknown_claims_nothing() -> None:
    answer = last("I'm calling about my cat.")
    assert answer.text == f"I am glad to help. {playbook.WHAT_TO_KNOW}"


def test_what_is_not_understood_is_asked_again_and_then_offered_to_people() -> None:
    answers = talk("Purple monkey.", "Blah table.")
    assert answers[0].text.endswith(playbook.SAY_AGAIN)
    assert answers[1].text.endswith(playbook.CALL_BACK_OFFER)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("Hello?", "How can I help you?"),
        ("Thank you!", f"You are welcome. {playbook.ANYTHING_ELSE}"),
        ("Wait, stop.", "Of course, I am listening."),
        ("Can you hear me?", "Yes, I can hear you. Please go ahead."),
        ("How are you?", "Very well, thank you for asking. How can I help you?"),
        ("I pressed 4 2.", f"Thank you, I have noted 4 2. {playbook.ANYTHING_ELSE}"),
    ],
)
def test_small_talk(line: str, answer: str) -> None:
    assert last(line).text == answer


def test_pressing_zero_asks_for_a_person() -> None:
    assert playbook.NO_TRANSFER in last("I pressed 0.").text


def test_a_customer_number_may_be_typed() -> None:
    assert "keys of your phone" in last("Hi, I would like to enter my customer number.").text


def test_a_wrong_number_ends_the_call() -> None:
    assert last("Sorry, wrong number.").ending == "wrong_number"


OUTBOUND_GREETING = f"Hello, this is the assistant of {NAME}. Is this a good moment?"


def test_a_lead_is_asked_one_thing_after_the_other() -> None:
    answers = talk(
        "Yes, this is Maria.",
        "Yes, we were thinking about a new roof.",
        "The house is about 20 years old and the roof has never been replaced.",
        "Our budget is around $18,000.",
        "I own the house together with my husband.",
        "We would like to start in March.",
        "Sure, an inspection on Friday morning would work.",
        direction="outbound",
        greeting=OUTBOUND_GREETING,
    )
    texts = [answer.text for answer in answers]
    assert texts[0] == f"Thank you, Maria. {TOPICS[0].question}"
    for text, topic in zip(texts[1:5], TOPICS[1:], strict=True):
        assert text.endswith(topic.question)
    assert texts[5].endswith(playbook.WHICH_TIME)
    assert "a request for Friday morning." in texts[6]


def test_a_lead_who_calls_and_tells_is_asked_on() -> None:
    answers = talk(
        "Yes, this is Maria.",
        "Yes, we were thinking about in the roof.",
        "The house is about 20 years old and the roof has never been replaced.",
        "Our bunch of is around $18,000.",
        "I own the house together with my husband.",
        "We would like to start in March.",
        "Sure, an inspection on Friday morning would work.",
    )
    texts = [answer.text for answer in answers]
    assert texts[0] == "Thank you, Maria. How can I help you?"
    assert texts[1].endswith(playbook.WHAT_TO_KNOW)
    assert texts[2].endswith(TOPICS[2].question)
    assert texts[3].endswith(TOPICS[3].question)
    assert texts[4].endswith(TOPICS[4].question)
    assert texts[5].endswith(playbook.WHICH_TIME)
    assert "a request for Friday morning." in texts[6]


def test_a_lead_without_time_is_not_kept() -> None:
    answer = last("No, not now.", direction="outbound", greeting=OUTBOUND_GREETING)
    assert answer == Answer("Then I will not keep you. Goodbye.", "no_time")


def test_a_lead_who_says_hello_is_asked_for_a_minute() -> None:
    answer = last("Hello?", direction="outbound", greeting=f"Hello, this is {NAME}.")
    assert answer.text == "Hello. Do you have a minute?"


def test_a_lead_who_is_not_interested_is_left_alone() -> None:
    answer = last("I'm not interested.", direction="outbound", greeting=OUTBOUND_GREETING)
    assert answer.ending == "not_interested"


VOICEMAIL = "You have reached the voicemail of Daniel Reed. Please leave a message after the tone."


def test_a_voicemail_gets_a_message_and_no_dialogue() -> None:
    answer = last(VOICEMAIL, direction="outbound", greeting=OUTBOUND_GREETING)
    assert NAME in answer.text
    assert "?" not in answer.text
    assert answer.ending == "voicemail"


def test_a_caller_who_speaks_of_voicemail_is_no_voicemail() -> None:
    assert last("I left a message on your voicemail.", direction="inbound").ending == ""


def test_a_caller_that_is_a_voicemail_is_not_talked_to() -> None:
    assert last(VOICEMAIL, direction="inbound").ending == "voicemail"


@pytest.mark.parametrize("text", ["", "...", "?", "🙂", "x" * 10_000, "why " * 2_000])
def test_any_text_gets_some_answer(text: str) -> None:
    assert last(text).text
