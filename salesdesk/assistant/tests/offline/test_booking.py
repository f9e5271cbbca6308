import pytest

from salesdesk.assistant.tests.offline.desk import Desk, booked, conversation, hold, talk_to

MONDAY_NINE = "2026-11-23T09:00:00-08:00"


def test_a_free_time_is_offered_and_booked_after_a_yes() -> None:
    desk = Desk()
    replies = talk_to(desk, "Can I book a roof inspection for next Tuesday at three?", "Yes.")
    assert replies[0].text == (
        "Tuesday, November 24th at three in the afternoon is free. Shall I book it for you?"
    )
    assert replies[1].text.startswith(
        "Your appointment is booked for Tuesday, November 24th at three in the afternoon."
    )
    assert desk.uses_of("find_slots")[0] == {
        "purpose": "Roof inspection",
        "earliest": "2026-11-24",
        "latest": "2026-11-24",
        "around": "15:00",
    }
    assert booked(desk) == ["2026-11-24T15:00"]


def test_without_a_day_it_is_asked_for() -> None:
    replies = talk_to(Desk(), "I need an appointment.", "Monday at nine.")
    assert replies[0].text == "Gladly. Which day and time would suit you?"
    assert "Monday, November 23rd at nine in the morning is free." in replies[1].text


def test_a_day_alone_gives_a_choice() -> None:
    desk = Desk()
    replies = talk_to(desk, "Could somebody come on Monday?", "The second one, please.")
    assert "I could offer" in replies[0].text
    assert booked(desk) == ["2026-11-23T11:00"]


@pytest.mark.parametrize(
    ("reply", "start"),
    [
        ("the first one", "2026-11-23T09:00"),
        ("either is fine", "2026-11-23T09:00"),
        ("eleven", "2026-11-23T11:00"),
        ("the latter", "2026-11-23T11:00"),
    ],
)
def test_one_of_two_is_picked_in_many_ways(reply: str, start: str) -> None:
    desk = Desk()
    talk_to(desk, "Could somebody come on Monday?", reply)
    assert booked(desk) == [start]


@pytest.mark.parametrize(
    "reply",
    ["Yes please.", "Hmm, is there anything later that day?", "What does it cost?", "No.", "Wait."],
)
def test_nothing_is_booked_before_one_of_two_is_picked(reply: str) -> None:
    desk = Desk()
    talk_to(desk, "Could somebody come on Monday?", reply)
    assert booked(desk) == []


def test_a_taken_time_leads_to_others() -> None:
    replies = talk_to(Desk(taken={MONDAY_NINE}), "Book me a visit on Monday at nine.")
    assert replies[0].text.startswith("That time is already taken. I could offer")


def test_a_correction_keeps_the_time() -> None:
    desk = Desk()
    talk_to(desk, "A visit on Monday at nine please, book it.", "No, Tuesday I meant.", "Yes.")
    assert booked(desk) == ["2026-11-24T09:00"]


def test_a_correction_after_booking_moves() -> None:
    desk = Desk()
    lines = ("Book me a visit on Monday at nine.", "Yes.", "Sorry, I meant Tuesday.", "Yes.")
    replies = talk_to(desk, *lines)
    assert replies[2].text.endswith("Shall I move it there?")
    assert booked(desk) == ["2026-11-24T09:00"]


def test_who_is_asked_for_a_time_and_agrees_to_a_day_gets_the_first_free_one() -> None:
    desk = Desk()
    talk_to(desk, "I need a roof inspection appointment.", "Sure, Friday morning would work.")
    assert booked(desk) == ["2026-11-27T09:00"]


def test_a_time_that_is_gone_is_not_said_to_be_booked() -> None:
    desk, talk = Desk(), conversation()
    hold(talk, desk, "Book me a visit on Monday at nine.")
    desk.taken.add(MONDAY_NINE)
    reply = hold(talk, desk, "Yes.")[0]
    assert reply.text.startswith("I am sorry, that time could not be booked. I could offer")
    assert booked(desk) == []


def test_without_a_calendar_a_call_back_is_offered() -> None:
    desk = Desk(broken={"find_slots"})
    replies = talk_to(desk, "Book me a visit on Monday at nine.", "Yes.")
    assert "cannot see the calendar" in replies[0].text
    assert desk.uses_of("escalate")[0]["reason"].startswith("Would like an appointment")


def test_a_price_and_a_wish_are_both_answered() -> None:
    desk = Desk(documents={"inspection": "A roof inspection is free."})
    talk = conversation()
    talk.facts = ()
    reply = hold(talk, desk, "How much is an inspection, and could you come Wednesday at nine?")[0]
    assert reply.text.startswith("A roof inspection is free. Wednesday, November 25th at nine")


def test_an_offer_stands_after_a_question() -> None:
    desk = Desk(documents={"bring": "Have your power bills ready."})
    talk_to(desk, "Book me a visit on Monday at nine.", "What should I bring?", "Fine, book it.")
    assert booked(desk) == ["2026-11-23T09:00"]


def test_who_wants_no_time_is_left_alone() -> None:
    replies = talk_to(Desk(), "I need an appointment.", "No, never mind.", "No.")
    assert replies[1].text.startswith("No problem.")
    assert replies[2].ending == "goodbye"
