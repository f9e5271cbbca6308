"""Dates and times as people say them on the phone.

What :func:`spoken` says, :func:`leads.when.read_when` understands again.
"""

from datetime import date, datetime, time

HOURS = "twelve one two three four five six seven eight nine ten eleven".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"}
AFTERNOON, EVENING, NIGHT = 12, 17, 21
"""The hours at which they begin."""


def spoken(moment: datetime) -> str:
    """“Tuesday, November 24th at three in the afternoon”, by the clock that ``moment`` shows."""
    return f"{spoken_day(moment.date())} at {spoken_time(moment.time())}"


def spoken_day(day: date) -> str:
    """“Tuesday, November 24th”."""
    return f"{day:%A}, {day:%B} {day.day}{ordinal_ending(day.day)}"


def spoken_time(clock: time) -> str:
    """“half past two in the afternoon”, “noon”, “ten twenty in the morning”."""
    if (clock.hour, clock.minute) == (12, 0):
        return "noon"
    if (clock.hour, clock.minute) == (0, 0):
        return "midnight"
    return f"{_clock_words(clock)} {part_in_words(clock)}"


def part_in_words(clock: time) -> str:
    if clock.hour < AFTERNOON:
        return "in the morning"
    if clock.hour < EVENING:
        return "in the afternoon"
    return "in the evening" if clock.hour < NIGHT else "at night"


def either(choices: list[str]) -> str:
    """“a”, “a or b”, “a, b or c”."""
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def ordinal_ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _clock_words(clock: time) -> str:
    hour, next_hour = HOURS[clock.hour % 12], HOURS[(clock.hour + 1) % 12]
    match clock.minute:
        case 0:
            return hour
        case 15:
            return f"a quarter past {hour}"
        case 30:
            return f"half past {hour}"
        case 45:
            return f"a quarter to {next_hour}"
    return f"{hour} {_minute_words(clock.minute)}"


def _minute_words(minute: int) -> str:
    if minute < 10:
        return f"oh {HOURS[minute]}"
    if minute < 20:
        return TEENS[minute - 10]
    tens, ones = TENS[minute - minute % 10], minute % 10
    return f"{tens} {HOURS[ones]}" if ones else tens
