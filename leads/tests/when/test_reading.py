"""What people say, and when they mean. It is Friday, November 20th 2026, half past ten."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.visits.wanted import NOTHING, Wanted
from leads.when import read_when
from leads.wording import spoken

NOW = datetime(2026, 11, 20, 10, 30)
TODAY = date(2026, 11, 20)
SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)
NEXT_SUNDAY = date(2026, 11, 29)


def on(day: date, clock: time | None = None, part: str = "") -> Wanted:
    return Wanted(day, day, clock, part)


def at(hour: int, minute: int = 0) -> Wanted:
    return Wanted(around=time(hour, minute))


DAYS = [
    ("today", on(TODAY)),
    ("tomorrow", on(SATURDAY)),
    ("the day after tomorrow", on(SUNDAY)),
    ("Tuesday", on(TUESDAY)),
    ("on Tuesday", on(TUESDAY)),
    ("could somebody come by on Tuesday", on(TUESDAY)),
    ("can you stop by Tuesday", on(TUESDAY)),
    ("next Tuesday", on(TUESDAY)),
    ("this coming Tuesday", on(TUESDAY)),
    ("next Sunday", on(NEXT_SUNDAY)),
    ("Friday", on(FRIDAY)),
    ("this Friday", on(TODAY)),
    ("Tue", on(TUESDAY)),
    ("a week from Tuesday", on(date(2026, 12, 1))),
    ("Tuesday after next", on(date(2026, 12, 1))),
    ("Tuesday next week", on(TUESDAY)),
    ("next week on Thursday", on(THURSDAY)),
    ("Tuesday of the week after next", on(date(2026, 12, 1))),
    ("the 24th", on(TUESDAY)),
    ("on the twenty-fourth", on(TUESDAY)),
    ("the 5th", on(date(2026, 12, 5))),
    ("the thirty first", on(date(2026, 12, 31))),
    ("Tuesday the 24th", on(TUESDAY)),
    ("Tuesday, November 24th", on(TUESDAY)),
    ("December 3rd", on(date(2026, 12, 3))),
    ("December third", on(date(2026, 12, 3))),
    ("the third of December", on(date(2026, 12, 3))),
    ("Dec 3", on(date(2026, 12, 3))),
    ("January 5th", on(date(2027, 1, 5))),
    ("May 3rd, 2027", on(date(2027, 5, 3))),
    ("12/3", on(date(2026, 12, 3))),
    ("12/03/2026", on(date(2026, 12, 3))),
    ("2026-12-03", on(date(2026, 12, 3))),
    ("the 5th of next month", on(date(2026, 12, 5))),
    ("February 30th", NOTHING),
    ("last Tuesday", NOTHING),
]
PERIODS = [
    ("next week", Wanted(MONDAY, NEXT_SUNDAY)),
    ("some time this week", Wanted(TODAY, SUNDAY)),
    ("the week after next", Wanted(date(2026, 11, 30), date(2026, 12, 6))),
    ("early next week", Wanted(MONDAY, TUESDAY)),
    ("at the end of next week", Wanted(THURSDAY, FRIDAY)),
    ("in two weeks", Wanted(date(2026, 12, 4), date(2026, 12, 8))),
    ("in a couple of days", Wanted(SUNDAY, TUESDAY)),
    ("in three days", on(MONDAY)),
    ("in a month", Wanted(date(2026, 12, 20), date(2026, 12, 26))),
    ("two weeks from Monday", on(date(2026, 12, 7))),
    ("within the next few days", Wanted(TODAY, MONDAY)),
    ("this weekend", Wanted(SATURDAY, SUNDAY)),
    ("next weekend", Wanted(date(2026, 11, 28), NEXT_SUNDAY)),
    ("the week of December 7th", Wanted(date(2026, 12, 7), date(2026, 12, 13))),
    ("the first week of December", Wanted(date(2026, 12, 1), date(2026, 12, 7))),
    ("next month", Wanted(date(2026, 12, 1), date(2026, 12, 31))),
    ("in December", Wanted(date(2026, 12, 1), date(2026, 12, 31))),
    ("early December", Wanted(date(2026, 12, 1), date(2026, 12, 10))),
    ("the end of January", Wanted(date(2027, 1, 21), date(2027, 1, 31))),
    ("as soon as possible", Wanted(TODAY)),
    ("your first available appointment", Wanted(TODAY)),
    ("Monday or Tuesday", Wanted(MONDAY, TUESDAY)),
    ("between Monday and Wednesday", Wanted(MONDAY, WEDNESDAY)),
    ("from Monday to Wednesday", Wanted(MONDAY, WEDNESDAY)),
    ("from Thursday until Tuesday", Wanted(THURSDAY, date(2026, 12, 1))),
    ("any day after Tuesday", Wanted(WEDNESDAY)),
    ("before Wednesday", Wanted(TODAY, TUESDAY)),
    ("by Wednesday", Wanted(TODAY, WEDNESDAY)),
    ("not before Wednesday", Wanted(WEDNESDAY)),
    ("from Monday on", Wanted(MONDAY)),
]
TIMES = [
    ("at three", at(15)),
    ("three", at(15)),
    ("3", at(15)),
    ("Three, please.", at(15)),
    ("at nine", at(9)),
    ("at eight o'clock", at(8)),
    ("at seven", at(7)),
    ("noon", at(12)),
    ("around noon", at(12)),
    ("at 15:00", at(15)),
    ("14:30", at(14, 30)),
    ("3pm", at(15)),
    ("3 p.m.", at(15)),
    ("at 10 a.m. please", at(10)),
    ("4:30 pm is fine", at(16, 30)),
    ("at 2.30", at(14, 30)),
    ("half past two", at(14, 30)),
    ("a quarter past two", at(14, 15)),
    ("quarter to three", at(14, 45)),
    ("a quarter to one", at(12, 45)),
    ("twenty past nine", at(9, 20)),
    ("at two thirty", at(14, 30)),
    ("at ten fifteen", at(10, 15)),
    ("at ten oh five", at(10, 5)),
    ("three in the afternoon", at(15)),
    ("at seven in the evening", at(19)),
    ("ten in the morning", at(10)),
    ("three-ish", at(15)),
    ("How about four?", at(16)),
    ("make it five", at(17)),
    ("at three or four", at(15)),
    ("at three, no, at four", at(16)),
    ("after four", Wanted(around=time(16), not_before=time(16))),
    ("I get home at 4:30, anything after that", Wanted(None, None, time(16, 30), "", time(16, 30))),
    ("at ten or later", Wanted(around=time(10), not_before=time(10))),
    ("at ten or earlier", Wanted(around=time(10), not_after=time(10))),
    ("not before ten", Wanted(around=time(10), not_before=time(10))),
    ("before noon", Wanted(around=time(12), not_after=time(12))),
    ("by 11 am", Wanted(around=time(11), not_after=time(11))),
    ("between two and four", Wanted(not_before=time(14), not_after=time(16))),
    ("from nine to eleven", Wanted(not_before=time(9), not_after=time(11))),
    ("between ten and two pm", Wanted(not_before=time(10), not_after=time(14))),
    ("after work", Wanted(around=time(17), not_before=time(17))),
    ("in the morning", Wanted(part_of_day="morning")),
    ("mornings are best", Wanted(part_of_day="morning")),
    ("late afternoon", Wanted(around=time(16), part_of_day="afternoon")),
    ("first thing in the morning", Wanted(around=time(8), part_of_day="morning")),
]
TOGETHER = [
    ("next Tuesday at three in the afternoon", on(TUESDAY, time(15))),
    ("Can you book an appointment for next Tuesday at 3 in the afternoon?", on(TUESDAY, time(15))),
    ("Tuesday at three", on(TUESDAY, time(15))),
    ("Tuesday three would be great", on(TUESDAY, time(15))),
    ("at three on Tuesday", on(TUESDAY, time(15))),
    ("tomorrow morning", on(SATURDAY, part="morning")),
    ("An inspection on Friday morning would work.", on(FRIDAY, part="morning")),
    ("this afternoon", on(TODAY, part="afternoon")),
    ("tonight", on(TODAY, part="evening")),
    ("tomorrow evening at seven", on(SATURDAY, time(19))),
    ("December 3rd at half past two", on(date(2026, 12, 3), time(14, 30))),
    ("Tuesday, November 24th at three in the afternoon", on(TUESDAY, time(15))),
    ("the day after tomorrow around 10 a.m.", on(SUNDAY, time(10))),
    ("Monday after four", Wanted(MONDAY, MONDAY, time(16), not_before=time(16))),
    ("next week, mornings only", Wanted(MONDAY, NEXT_SUNDAY, part_of_day="morning")),
    ("next week at three", Wanted(MONDAY, NEXT_SUNDAY, time(15))),
    ("on 2026-12-03 at 15:00", on(date(2026, 12, 3), time(15))),
    ("in two hours", on(TODAY, time(12, 30))),
    ("in half an hour", on(TODAY, time(11))),
    ("Good morning, do you have time on Tuesday?", on(TUESDAY)),
    ("Tuesday doesn't work, how about Wednesday at ten?", on(WEDNESDAY, time(10))),
    ("not on Tuesday, on Wednesday", on(WEDNESDAY)),
    ("Wednesday instead of Tuesday", on(WEDNESDAY)),
    ("Can I move it from Tuesday to Thursday?", on(THURSDAY)),
    ("Please move my Tuesday appointment to Thursday at four", on(THURSDAY, time(16))),
    (
        "Could we reschedule from Tuesday at three to Wednesday at half past one",
        on(WEDNESDAY, time(13, 30)),
    ),
    ("move it to ten", at(10)),
    ("I can do 2 on Friday", on(FRIDAY, time(14))),
    ("the 24 at three", on(TUESDAY, time(15))),
    ("Friday, 2 o'clock.", on(FRIDAY, time(14))),
    ("Mon-Wed", Wanted(MONDAY, WEDNESDAY)),
]
NO_TIMES = [
    "We have 3 panels and a twenty year old roof.",
    "The house has two stories and five windows.",
    "I live at 12 Elm Street.",
    "Around five thousand dollars.",
    "It was built after ten years of planning.",
    "My number is 415 555 0199.",
    "I'll take the second one.",
    "About three or four windows.",
    "I may first ask my wife.",
    "Have a nice evening.",
    "What does it cost?",
    "We had two and a half inches of rain.",
    "",
]


@pytest.mark.parametrize(("text", "wanted"), [*DAYS, *PERIODS, *TIMES, *TOGETHER])
def test_what_people_say_is_understood(text: str, wanted: Wanted) -> None:
    assert read_when(text, NOW) == wanted


@pytest.mark.parametrize("text", NO_TIMES)
def test_not_every_number_is_a_time(text: str) -> None:
    assert read_when(text, NOW) == NOTHING


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (date(2026, 11, 23), "next Tuesday", date(2026, 12, 1)),
        (date(2026, 11, 23), "Tuesday", date(2026, 11, 24)),
        (date(2026, 11, 24), "Tuesday", date(2026, 12, 1)),
        (date(2026, 11, 24), "this Tuesday", date(2026, 11, 24)),
        (date(2026, 11, 22), "next Tuesday", date(2026, 11, 24)),
        (date(2026, 12, 31), "tomorrow", date(2027, 1, 1)),
        (date(2026, 12, 31), "the 1st", date(2027, 1, 1)),
        (date(2027, 1, 31), "in a month", date(2027, 2, 28)),
        (date(2027, 3, 1), "February 29th", date(2028, 2, 29)),
        (date(2026, 11, 20), "November 20th", date(2026, 11, 20)),
        (date(2026, 11, 20), "November 19th", date(2027, 11, 19)),
    ],
)
def test_the_day_depends_on_today(today: date, text: str, day: date) -> None:
    assert read_when(text, datetime.combine(today, time(9))).earliest == day


def test_hours_decide_what_a_bare_number_means() -> None:
    early = (time(5), time(14))
    assert read_when("at five", NOW, early).around == time(5)
    assert read_when("at five", NOW).around == time(17)
    assert read_when("at six", NOW, (time(8), time(20))).around == time(18)


@given(st.integers(0, 330), st.integers(7 * 4, 18 * 4))
def test_what_the_agent_says_is_understood_again(days: int, quarters: int) -> None:
    said = datetime(2026, 11, 20) + timedelta(days=days, minutes=15 * quarters)
    heard = read_when(f"Yes, {spoken(said)} please.", datetime(2026, 11, 20, 6))
    assert heard == on(said.date(), said.time())


@given(st.text(max_size=200))
def test_nothing_that_is_said_breaks_it(text: str) -> None:
    wanted = read_when(text, NOW)
    if wanted.earliest and wanted.latest:
        assert wanted.earliest <= wanted.latest


WORDS = (
    "next this the last monday tuesday friday week weekend month december may 24th 3 5 10 12 at on "
    "in of after before by from to between and or not half past quarter pm am morning afternoon "
    "noon tomorrow today day two weeks move first second doesn't work november 31st end , . -"
).split()


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_no_jumble_of_its_words_breaks_it(text: str) -> None:
    wanted = read_when(text, NOW)
    if wanted.earliest and wanted.latest:
        assert wanted.earliest <= wanted.latest
