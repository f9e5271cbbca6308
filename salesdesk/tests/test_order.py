"""In which order files run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from salesdesk.tests.order import spread

ROOT = Path("/live/project")


@dataclass(frozen=True)
class Item:
    """As much of pytest's as is looked at."""

    path: Path
    name: str
    mark: str = ""

    def get_closest_marker(self, name: str) -> str | None:
        return self.mark if self.mark == name else None


def in_order(*items: Item) -> list[Any]:
    return list(spread(cast(Any, items), ROOT))


def test_files_that_wait_are_spread_and_none_is_torn_apart() -> None:
    others = [Item(ROOT / f"a/test_{n}.py", name) for n in range(10) for name in ("one", "two")]
    pages = [Item(ROOT / f"b/test_page_{n}.py", "page", "browser") for n in range(2)]
    calls = [Item(ROOT / "calls/tests/live/test_call.py", "call")]
    ordered = in_order(*others, *pages, *calls)
    assert sorted(map(id, ordered)) == sorted(map(id, [*others, *pages, *calls]))
    files = list(dict.fromkeys(item.path.name for item in ordered))
    assert [item for file in files for item in ordered if item.path.name == file] == ordered
    places = [files.index(item.path.name) for item in (*pages, *calls)]
    assert places == [1, 3, 6]


def test_a_file_that_comes_in_parts_is_put_together() -> None:
    files = [ROOT / f"a/test_{n}.py" for n in range(5)]
    first, second = ([Item(path, name) for path in files] for name in ("plain", "with database"))
    page = Item(ROOT / "b/test_page.py", "page", "browser")
    ordered = in_order(*first, page, *second)
    assert ordered[:4] == [first[0], second[0], page, first[1]]


def test_a_single_file_stays_as_it_is() -> None:
    items = [Item(ROOT / "a/test_1.py", "one"), Item(ROOT / "a/test_1.py", "two")]
    assert in_order(*items) == items
    pages = [Item(ROOT / "a/test_1.py", "one", "browser")]
    assert in_order(*pages) == pages
