"""From words to days and times: “next Tuesday at three in the afternoon”. Pure.

:func:`read_when` is all that others need; what it answers is :class:`leads.visits.wanted.Wanted`.
"""

from leads.when.reading import read_when

__all__ = ["read_when"]
