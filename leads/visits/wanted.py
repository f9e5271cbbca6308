"""When somebody would like to have an appointment."""

from dataclasses import dataclass
from datetime import date, time

MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
PARTS_OF_DAY: dict[str, tuple[time, time]] = {
    MORNING: (time(0), time(12)),
    AFTERNOON: (time(12), time(17)),
    EVENING: (time(17), time.max),
}
"""From the first time on, and before the second."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Days and times in the business's local time; what is empty does not matter.

    ``earliest`` and ``latest`` are days, both included. ``around`` is the time itself, or what is
    nearest to it where there are bounds: ``not_before`` and ``not_after``, for the beginning.
    """

    earliest: date | None = None
    latest: date | None = None
    around: time | None = None
    part_of_day: str = ""
    not_before: time | None = None
    not_after: time | None = None

    def __bool__(self) -> bool:
        return self != NOTHING

    @property
    def is_one_day(self) -> bool:
        return self.earliest is not None and self.earliest == self.latest

    @property
    def is_one_time(self) -> bool:
        """Whether ``around`` is a time of the clock that was asked for, not a bound."""
        return self.around is not None and self.not_before is None and self.not_after is None

    def allows(self, clock: time) -> bool:
        """Whether something may begin then, by part of the day and bounds."""
        begins, ends = PARTS_OF_DAY.get(self.part_of_day, (time.min, time.max))
        in_part = begins <= clock < ends
        late_enough = self.not_before is None or clock >= self.not_before
        return in_part and late_enough and (self.not_after is None or clock <= self.not_after)


NOTHING = Wanted()
