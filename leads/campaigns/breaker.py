"""The circuit breaker of campaigns: whether the latest results say that it must stop. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from leads.enums import DialResult


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that is over."""

    result: str
    was_abandoned: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class StopRules:
    """Shares in percent, 100 for a rule that never stops; ``least`` attempts before any does."""

    least: int
    most_failed: int
    most_abandoned: int
    most_opted_out: int


@dataclass(frozen=True, slots=True)
class Share:
    """One rule and how near to it the latest attempts are. ``percent`` is empty without any."""

    label: str
    count: int
    of: int
    most: int

    @property
    def percent(self) -> float | None:
        return 100 * self.count / self.of if self.of else None

    @property
    def is_over(self) -> bool:
        return self.percent is not None and self.percent > self.most

    @property
    def in_words(self) -> str:
        return f"{self.label}: {self.count} of {self.of} ({self.percent or 0:.0f} %)"


def shares_of(latest: Sequence[Ended], rules: StopRules) -> tuple[Share, ...]:
    """``latest`` are the attempts to be looked at, in any order."""
    answered = [one for one in latest if one.result == DialResult.ANSWERED]
    failed = sum(one.result == DialResult.FAILED for one in latest)
    abandoned = sum(one.was_abandoned for one in answered)
    opted_out = sum(one.opted_out for one in latest)
    return (
        Share("Calls that failed", failed, len(latest), rules.most_failed),
        Share("Answered and hung up at once", abandoned, len(answered), rules.most_abandoned),
        Share(
            "Wants no more calls", opted_out, max(len(answered), opted_out), rules.most_opted_out
        ),
    )


def why_stop(latest: Sequence[Ended], rules: StopRules) -> str:
    """The sentence for people, naming each rule that is broken; empty where it may go on.

    A share of answered calls needs half of ``least`` answered ones before it counts.
    """
    if len(latest) < rules.least:
        return ""
    enough = rules.least / 2
    broken = [s for s in shares_of(latest, rules) if s.is_over and s.of >= enough]
    told = "; ".join(f"{share.in_words}, more than {share.most} %" for share in broken)
    return f"Of the latest {len(latest)} attempts – {told}." if told else ""
