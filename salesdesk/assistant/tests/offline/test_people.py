import pytest

from salesdesk.assistant.offline import phrases
from salesdesk.assistant.tests.offline.desk import Desk, talk_to


@pytest.mark.parametrize(
    ("line", "channel"),
    [
        ("Please put me on your do not call list.", "call"),
        ("Take me off your list.", "all"),
        ("Please stop sending me emails.", "email"),
        ("I'd appreciate it if you would not contact me again.", "all"),
        ("Don't ever call me again!", "call"),
    ],
)
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_an_opt_out_is_done_and_acknowledged_in_the_same_turn(
    line: str, channel: str, direction: str
) -> None:
    desk = Desk()
    reply = talk_to(desk, line, direction=direction)[0]
    assert desk.uses_of("suppress") == [{"reason": line, "channel": channel}]
    assert "do-not-call list" in reply.text
    assert reply.ending == "opt_out"


def test_an_opt_out_that_fails_goes_to_a_person() -> None:
    desk = Desk(broken={"suppress"})
    reply = talk_to(desk, "Stop calling me.")[0]
    assert "passed on to a person" in reply.text
    assert desk.uses_of("escalate")[0]["urgency"] == "high"


@pytest.mark.parametrize(
    "line",
    [
        "Don't call me before nine in the morning.",
        "You don't call me back when you promise it.",
        "Why don't you call me tomorrow?",
        "I did not call you.",
    ],
)
def test_what_is_no_opt_out_suppresses_nothing(line: str) -> None:
    desk = Desk()
    assert talk_to(desk, line)[0].ending == ""
    assert "suppress" not in desk.names()


def test_a_person_is_asked_for_once() -> None:
    desk = Desk()
    replies = talk_to(desk, "I want to talk to a manager.", "My bill is wrong.", "Get me a human.")
    assert phrases.PERSON_NOTED in replies[0].text
    assert "Your request stands" in replies[2].text
    assert len(desk.uses_of("escalate")) == 1


def test_what_a_person_should_know_is_noted() -> None:
    desk = Desk()
    reply = talk_to(desk, "I want to talk to a manager.", "My furnace is from last year.")[1]
    assert reply.text == f"Thank you, that is noted as well. {phrases.ANYTHING_ELSE}"
    assert desk.uses_of("write_note") == [{"text": "My furnace is from last year."}]


def test_a_request_says_who_and_where_to_call_back() -> None:
    desk = Desk()
    said = "Have someone in billing call me back at five one zero five five five oh one four three."
    talk_to(desk, said)
    asked = desk.uses_of("escalate")[0]
    assert asked["department"] == "billing"
    assert asked["callback_phone"] == "+15105550143"


def test_a_person_that_cannot_be_asked_for_is_not_promised() -> None:
    reply = talk_to(Desk(broken={"escalate"}), "I want to talk to a human.")[0]
    assert phrases.PERSON_NOTED not in reply.text
    assert "could not pass on" in reply.text


def test_a_complaint_is_taken_seriously_and_then_passed_to_people() -> None:
    desk = Desk()
    replies = talk_to(
        desk,
        "My heat pump broke down again and nobody came.",
        "This is the third time this month. I am really angry.",
        "I want to talk to a manager right now.",
    )
    assert replies[0].text.startswith(phrases.SORRY)
    assert phrases.PERSON_NOTED in replies[1].text
    assert desk.uses_of("escalate")[0]["urgency"] == "high"
    assert [reply.ending for reply in replies] == ["", "", ""]


@pytest.mark.parametrize(
    ("reply", "is_asked"), [("Yes, please.", True), ("No thanks.", False), ("Hm.", False)]
)
def test_an_offered_call_back_is_asked_for_only_on_a_yes(reply: str, is_asked: bool) -> None:
    desk = Desk()
    talk_to(desk, "Who is your chief executive?", reply)
    assert bool(desk.uses_of("escalate")) == is_asked


def test_when_somebody_may_be_called_is_noted() -> None:
    desk = Desk()
    reply = talk_to(desk, "Please don't call me before nine.")[0]
    assert reply.text.startswith("I have noted when you may be called.")
    assert "before nine" in desk.uses_of("write_note")[0]["text"]


def test_a_call_at_another_time_is_asked_for_and_ends_ours() -> None:
    desk = Desk()
    reply = talk_to(desk, "No, call me tomorrow after five.", direction="outbound")[0]
    assert reply.ending == "call_back"
    assert "tomorrow after five" in desk.uses_of("escalate")[0]["reason"]


def test_danger_comes_first() -> None:
    desk = Desk()
    reply = talk_to(desk, "I smell gas since your people were here!")[0]
    assert "emergency services" in reply.text
    assert desk.uses_of("escalate")[0]["urgency"] == "high"


def test_pressing_zero_asks_for_a_person() -> None:
    assert phrases.NO_TRANSFER in talk_to(Desk(), "I pressed 0.")[0].text


def test_a_wrong_number_that_we_called_is_noted() -> None:
    desk = Desk()
    reply = talk_to(desk, "Nobody here by that name.", direction="outbound")[0]
    assert reply.ending == "wrong_number"
    assert desk.names() == ["write_note"]


def test_another_language_is_admitted_and_a_call_back_offered() -> None:
    desk = Desk()
    replies = talk_to(desk, "Hola, necesito ayuda.", "Yes.")
    assert replies[0].text.startswith("I am sorry, I only speak English.")
    assert desk.uses_of("escalate")[0]["reason"].startswith("Speaks another language")


VOICEMAIL = "You have reached the voicemail of Daniel Reed. Please leave a message after the tone."


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_a_machine_gets_a_message_and_no_dialogue(direction: str) -> None:
    reply = talk_to(Desk(), VOICEMAIL, direction=direction)[0]
    assert "?" not in reply.text
    assert reply.ending == "voicemail"


def test_a_caller_who_speaks_of_voicemail_is_no_machine() -> None:
    assert talk_to(Desk(), "I left a message on your voicemail.")[0].ending == ""
