"""The order of test files, with which all workers of a run end at about the same time."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from pytest import Item

FIRST_PART = 0.6
"""Of the files that do not wait."""


def spread(items: Sequence[Item], root: Path) -> list[Item]:
    """Files whose tests are few and mostly wait, evenly over the first part of the others: at the
    end of a run one worker would wait through them alone, all at once they would be in each
    other's way."""
    files: dict[Path, list[Item]] = defaultdict(list)
    for item in items:
        files[item.path].append(item)
    waiting = [file for path, file in files.items() if _mostly_waits(path, file, root)]
    others = [file for path, file in files.items() if not _mostly_waits(path, file, root)]
    placed = [(at / len(others), file) for at, file in enumerate(others)]
    placed += [(FIRST_PART * at / len(waiting), file) for at, file in enumerate(waiting)]
    return [item for _, file in sorted(placed, key=lambda one: one[0]) for item in file]


def _mostly_waits(path: Path, file: Sequence[Item], root: Path) -> bool:
    is_live = "live" in path.relative_to(root).parts
    return is_live or any(item.get_closest_marker("browser") for item in file)
