"""Out-of-band fragments."""

import pytest

from salesdesk.lib.fragments import ShownList, insert, remove, update


def test_update_marks_the_root_only() -> None:
    html = '\n<li id="a" class="x"><b id="a">A</b></li>\n'

    assert update(html, "a") == '<li id="a" hx-swap-oob="true" class="x"><b id="a">A</b></li>'


def test_update_refuses_a_partial_without_that_root() -> None:
    with pytest.raises(ValueError, match='id="b"'):
        update('<li id="a"></li>', "b")


def test_insert_and_remove() -> None:
    assert insert(" <p></p>", "afterend:#a") == '<div hx-swap-oob="afterend:#a"><p></p></div>'
    assert remove("a") == '<div id="a" hx-swap-oob="delete"></div>'


def row(row_id: str) -> str:
    return f'<i id="{row_id}"></i>'


def put(row_id: str, place: str) -> str:
    return insert(row(row_id), place)


@pytest.mark.parametrize(
    ("before", "after", "changed", "fragments"),
    [
        (None, "ab", "", [insert(row("a") + row("b"), "innerHTML:#list")]),
        ("ab", "ab", "", []),
        ("ab", "ab", "b", [update(row("b"), "b")]),
        ("ab", "ab", "xb", [update(row("b"), "b")]),
        ("bc", "abc", "", [put("a", "afterbegin:#list")]),
        ("ac", "abc", "", [put("b", "afterend:#a")]),
        ("", "ab", "", [put("a", "afterbegin:#list"), put("b", "afterend:#a")]),
        ("abc", "ac", "", [remove("b")]),
        ("abc", "xab", "b", [remove("c"), put("x", "afterbegin:#list"), update(row("b"), "b")]),
        ("abc", "bac", "", [insert(row("b") + row("a") + row("c"), "innerHTML:#list")]),
        ("a", "", "", [remove("a")]),
    ],
)
def test_a_list_is_brought_from_what_it_was_to_what_it_is(
    before: str | None, after: str, changed: str, fragments: list[str]
) -> None:
    shown = ShownList("list", rows=None if before is None else list(before))

    assert shown.changes(list(after), changed, row) == fragments
    assert shown.rows == list(after)
