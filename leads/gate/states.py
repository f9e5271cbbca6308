"""Where states of the US allow less than the federal hours, as far as we know (autumn 2025).

No legal advice: state laws change, and each business answers for its own rules, which can be
stricter (:class:`leads.models.DialRules`). Federal: 47 CFR 64.1200(c)(1), from 8 to 21.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Window = tuple[int, int]
"""From this hour of the called party's clock, to before that one."""

FEDERAL: Window = (8, 21)
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class StateRules:
    """``sunday`` and ``saturday`` as ``weekday`` unless told; ``None``: no calls on that day."""

    weekday: Window = FEDERAL
    saturday: Window | None = FEDERAL
    sunday: Window | None = FEDERAL
    holidays: bool = True
    per_day: int = 0

    def window(self, weekday: int) -> Window | None:
        """Of a day, Monday being 0; none when nobody may be called."""
        special = {SATURDAY: self.saturday, SUNDAY: self.sunday}
        return special.get(weekday, self.weekday)


def _all_week(first: int, last: int, *, per_day: int = 0) -> StateRules:
    hours = (first, last)
    return StateRules(hours, hours, hours, per_day=per_day)


def _no_sundays(first: int, last: int, *, holidays: bool = False) -> StateRules:
    return StateRules((first, last), (first, last), None, holidays)


STATE_RULES: Mapping[str, StateRules] = {
    "AL": _no_sundays(8, 20),
    "CT": _all_week(9, 20),
    "FL": _all_week(8, 20, per_day=3),
    "KY": _all_week(10, 21),
    "LA": _no_sundays(8, 20),
    "MD": _all_week(8, 20, per_day=3),
    "MA": _all_week(8, 20),
    "MI": _all_week(9, 21),
    "MN": _all_week(9, 21),
    "MS": _no_sundays(8, 20),
    "NV": _all_week(9, 20),
    "NM": _all_week(9, 21),
    "OK": _all_week(8, 20, per_day=3),
    "OR": _all_week(8, 20, per_day=3),
    "PA": StateRules(holidays=False),
    "RI": StateRules((9, 18), (10, 17), None, holidays=False),
    "SD": _no_sundays(9, 21, holidays=True),
    "TX": StateRules((9, 21), (9, 21), (12, 21)),
    "UT": _no_sundays(8, 21),
    "WA": _all_week(8, 20),
    "WY": _all_week(8, 20),
}
"""By the code of the state; where one is missing, the federal hours hold."""
