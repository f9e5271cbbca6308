"""What a reading comes to."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """Either a ``value`` (JSON) and how it is ``spoken`` when read back, or a ``problem``.

    The problem is a sentence that can be said to the customer.
    """

    value: Any = None
    spoken: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where something is said: on which day, and from which number (E.164, or empty)."""

    today: date
    customer_phone: str = ""
