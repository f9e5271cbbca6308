from salesdesk.assistant.tests.offline.desk import Desk, booked, talk_to


def with_visit(*more: tuple[str, str]) -> Desk:
    desk = Desk()
    desk.have("2026-11-24T15:00")
    for start, purpose in more:
        desk.have(start, purpose)
    return desk


def test_the_customers_own_appointment_is_told() -> None:
    reply = talk_to(with_visit(), "When is my appointment?")[0]
    assert reply.text.startswith("I have your roof visit on Tuesday, November 24th at three")


def test_who_has_none_is_offered_one() -> None:
    desk = Desk()
    lines = ("When is my appointment?", "Yes.", "Monday at nine.", "Yes.")
    replies = talk_to(desk, *lines)
    assert replies[0].text.startswith("I do not find an appointment of yours.")
    assert booked(desk) == ["2026-11-23T09:00"]


def test_one_is_moved_to_the_day_that_is_named_as_its_target() -> None:
    desk = with_visit()
    talk_to(desk, "Move my appointment from Tuesday to Friday at nine.", "Yes.")
    assert booked(desk) == ["2026-11-27T09:00"]
    assert desk.uses_of("move_appointment")[0]["appointment"] == "v1"


def test_the_same_time_is_that_of_the_appointment() -> None:
    desk = with_visit()
    talk_to(desk, "I have to reschedule my visit.", "Friday at the same time?", "Yes.")
    assert booked(desk) == ["2026-11-27T15:00"]


def test_its_own_time_does_not_stand_in_its_way() -> None:
    desk = with_visit()
    desk.taken.add("2026-11-24T16:00:00-08:00")
    asked = "I have an appointment on Tuesday at three. Can we make it four instead?"
    replies = talk_to(desk, asked, "Yes.")
    assert replies[0].text.endswith("Shall I move it there?")
    assert booked(desk) == ["2026-11-24T16:00"]


def test_canceling_is_asked_into_once() -> None:
    desk = with_visit()
    replies = talk_to(desk, "Cancel my appointment.", "Yes.", "No.")
    assert replies[0].text.endswith("Shall I cancel it?")
    assert "is canceled" in replies[1].text
    assert booked(desk) == []


def test_second_thoughts_keep_it() -> None:
    desk = with_visit()
    replies = talk_to(desk, "Cancel my appointment.", "No, keep it.")
    assert "stays as it is" in replies[1].text
    assert booked(desk) == ["2026-11-24T15:00"]


def test_a_failed_cancellation_is_admitted() -> None:
    desk = with_visit()
    desk.broken.add("cancel_appointment")
    reply = talk_to(desk, "Cancel my appointment.", "Yes.")[1]
    assert reply.text.startswith("I am sorry, that did not work.")


def test_of_several_it_is_asked_which_one() -> None:
    desk = with_visit(("2026-11-30T09:00", "Solar visit"))
    replies = talk_to(desk, "Cancel my appointment.", "The solar one.", "Yes.")
    assert replies[0].text.endswith("Which one do you mean?")
    assert booked(desk) == ["2026-11-24T15:00"]


def test_one_that_is_named_is_meant() -> None:
    desk = with_visit(("2026-11-30T09:00", "Solar visit"))
    reply = talk_to(desk, "Cancel my appointment on Tuesday at three.")[0]
    assert "roof visit" in reply.text
    assert reply.text.endswith("Shall I cancel it?")


def test_it_is_confirmed_after_it_was_told() -> None:
    desk = with_visit()
    replies = talk_to(desk, "When is my appointment?", "Good, I'll be there.")
    assert "is confirmed" in replies[1].text
    assert desk.appointments[0]["status"] == "confirmed"
