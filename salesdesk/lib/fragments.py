"""Out-of-band fragments: a partial as the page has it, told where on the page it belongs.

Pure: HTML in, HTML out. https://htmx.org/attributes/hx-swap-oob/
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass


def update(html: str, element_id: str) -> str:
    """Put ``html``, whose root has this id, in place of the element that the page has."""
    root = f'id="{element_id}"'
    before, found, after = html.strip().partition(root)
    if not found:
        raise ValueError(f"the partial has no root {root}")
    return f'{before}{root} hx-swap-oob="true"{after}'


def insert(html: str, place: str, *, wrapper: str = "div") -> str:
    """Put ``html`` at ``place``, like ``afterend:#some-id``; the wrapper is dropped there."""
    return f'<{wrapper} hx-swap-oob="{place}">{html.strip()}</{wrapper}>'


def remove(element_id: str) -> str:
    return f'<div id="{element_id}" hx-swap-oob="delete"></div>'


Render = Callable[[str], str]
"""Makes the HTML of the row with this id; its root has the same id."""


@dataclass
class ShownList:
    """A list as one page shows it: the ids of its rows in order, ``None`` while unknown.

    ``container`` is the id of the element around them, ``wrapper`` a tag that may hold a row.
    """

    container: str
    wrapper: str = "div"
    rows: Sequence[str] | None = None

    def changes(self, rows: Sequence[str], changed: Container[str], render: Render) -> list[str]:
        """Fragments that make the page show ``rows``; of those it has, only the ``changed`` come.

        The first time, and when rows have changed places, that is the whole list.
        """
        before, self.rows = self.rows, rows
        if before is None or _moved(before, rows):
            html = "".join(render(row) for row in rows)
            return [insert(html, f"innerHTML:#{self.container}", wrapper=self.wrapper)]
        fragments = [remove(row) for row in before if row not in rows]
        place = f"afterbegin:#{self.container}"
        for row in rows:
            if row not in before:
                fragments.append(insert(render(row), place, wrapper=self.wrapper))
            elif row in changed:
                fragments.append(update(render(row), row))
            place = f"afterend:#{row}"
        return fragments


def _moved(before: Sequence[str], rows: Sequence[str]) -> bool:
    stayed = [row for row in before if row in rows]
    return stayed != [row for row in rows if row in before]
