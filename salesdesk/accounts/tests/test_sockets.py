"""Where a socket's token may stand. The sockets' own tests open them with it."""

from typing import Any

import pytest

from salesdesk.accounts.sockets import token_of


def scope(**parts: Any) -> dict[str, Any]:
    return {"headers": [], "subprotocols": [], "query_string": b"", **parts}


@pytest.mark.parametrize(
    ("parts", "token"),
    [
        ({}, None),
        ({"headers": [(b"authorization", b"Bearer a.b.c")]}, "a.b.c"),
        ({"headers": [(b"authorization", b"bearer a.b.c")]}, "a.b.c"),
        ({"headers": [(b"authorization", b"Basic YTpi")]}, None),
        ({"headers": [(b"authorization", b"Bearer ")]}, None),
        ({"subprotocols": ["bearer", "a.b.c"]}, "a.b.c"),
        ({"subprotocols": ["graphql-ws", "a.b.c"]}, None),
        ({"subprotocols": ["bearer"]}, None),
        ({"query_string": b"x=1&token=a.b.c"}, "a.b.c"),
        ({"query_string": b"token="}, None),
        ({"query_string": b"\xff\xfe"}, None),
    ],
)
def test_a_token_is_found_where_it_may_stand(parts: dict[str, Any], token: str | None) -> None:
    assert token_of(scope(**parts)) == token


def test_the_header_comes_first() -> None:
    both = scope(headers=[(b"authorization", b"Bearer first")], query_string=b"token=second")

    assert token_of(both) == "first"
