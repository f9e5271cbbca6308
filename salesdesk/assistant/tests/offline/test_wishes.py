from datetime import date, time

import pytest

from leads.visits.wanted import NOTHING, Wanted
from salesdesk.assistant.offline import wishes
from salesdesk.assistant.offline.turn import Turn
from salesdesk.assistant.tests.offline.desk import conversation

TUESDAY = date(2026, 11, 24)
START = "2026-11-24T15:00:00-08:00"


def turn(text: str) -> Turn:
    return Turn(conversation(), text)


def test_a_wish_is_read_at_the_time_of_the_turn() -> None:
    assert wishes.wish_in(turn("Tuesday at three")) == Wanted(TUESDAY, TUESDAY, time(15))


@pytest.mark.parametrize("text", ["No, wait, ten I meant.", "Sorry, I meant ten", "ten, please"])
def test_words_around_a_correction_do_not_hide_it(text: str) -> None:
    assert wishes.wish_in(turn(text)).around == time(10)


def test_without_a_clock_nothing_is_wished() -> None:
    there = turn("Tuesday at three")
    there.conversation.now = None
    assert wishes.wish_in(there) == NOTHING


def test_what_is_left_open_stays_as_it_was() -> None:
    before = Wanted(TUESDAY, TUESDAY, time(15))
    friday = Wanted(date(2026, 11, 27), date(2026, 11, 27))
    assert wishes.completed(friday, before).around == time(15)
    assert wishes.completed(Wanted(around=time(9)), before) == Wanted(TUESDAY, TUESDAY, time(9))
    assert wishes.completed(NOTHING, before) == NOTHING


def test_a_wish_survives_as_plain_data() -> None:
    wish = Wanted(TUESDAY, None, time(15), "afternoon", time(14), time(17))
    assert wishes.from_json(wishes.as_json(wish)) == wish
    assert wishes.from_json(None) == NOTHING


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Move it from Tuesday to Friday at nine.", Wanted(date(2026, 11, 27), date(2026, 11, 27))),
        ("I need to move my appointment on Tuesday at three.", NOTHING),
        ("Can we make it four instead?", Wanted(TUESDAY, TUESDAY, time(16))),
        ("Could you come an hour later?", Wanted(TUESDAY, TUESDAY, time(16))),
        ("Could you come thirty minutes earlier?", Wanted(TUESDAY, TUESDAY, time(14, 30))),
    ],
)
def test_the_new_time_is_told_from_the_present_one(text: str, new: Wanted) -> None:
    found = wishes.wish_new(turn(text), START)
    assert (found.earliest, found.latest) == (new.earliest, new.latest)
    assert new.around is None or found.around == new.around


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        (Wanted(around=time(15)), True),
        (Wanted(around=time(3)), True),
        (Wanted(around=time(16)), False),
        (Wanted(TUESDAY, TUESDAY), True),
        (Wanted(date(2026, 11, 25)), False),
        (Wanted(part_of_day="morning"), False),
        (Wanted(not_before=time(14)), True),
    ],
)
def test_an_offered_time_fits_a_wish_or_not(wish: Wanted, fits: bool) -> None:
    assert wishes.fits(wish, START) == fits
