"""Headings above a place in a document."""

from knowledge.parsing.text import one_line

LONGEST_HEADING = 180
DEEPEST = 6


class Outline:
    """Follows the headings as they come; ``path`` is those that stand above what follows."""

    def __init__(self) -> None:
        self._levels: list[tuple[int, str]] = []

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(heading for _, heading in self._levels)

    def enter(self, heading: str, level: int) -> None:
        """A heading of ``level`` (0 is the highest) ends those of its level and below."""
        self._levels = [above for above in self._levels if above[0] < min(level, DEEPEST)]
        self._levels.append((min(level, DEEPEST), one_line(heading)[:LONGEST_HEADING]))
