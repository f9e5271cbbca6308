import logging
from typing import Any

import pytest

from calls.live import warming
from calls.live.profile import CallProfile
from salesdesk.lib.errors import ProviderError


def profile(**values: Any) -> CallProfile:
    return CallProfile(
        call_id="c1", business_name="Bright", engine="cascade", greeting="", prompt="", **values
    )


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"business_id": 7, "has_documents": True}, [(7, "Bright")]),
        ({"business_id": 7}, []),
        ({"has_documents": True}, []),
    ],
)
async def test_the_search_is_warmed_up_where_there_is_something_to_search(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], asked: list[tuple[int, str]]
) -> None:
    searched: list[tuple[int, str]] = []
    monkeypatch.setattr(warming, "quotes_for", lambda *question: searched.append(question))

    await warming.warm_up_search(profile(**values))

    assert searched == asked


async def test_a_search_that_cannot_be_warmed_up_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*question: object) -> None:
        raise ProviderError("The model is away.")

    monkeypatch.setattr(warming, "quotes_for", fails)
    with caplog.at_level(logging.ERROR):
        await warming.warm_up_search(profile(business_id=7, has_documents=True))

    assert "The model is away." in caplog.text
