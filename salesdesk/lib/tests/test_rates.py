"""What may be done so often, and no oftener."""

import pytest

from salesdesk.lib.errors import TooMany
from salesdesk.lib.rates import count_use


def test_beyond_the_most_it_is_refused_with_the_time_to_wait() -> None:
    for _ in range(3):
        count_use("look", "10.0.0.1", most=3, seconds=30)
    with pytest.raises(TooMany) as refusal:
        count_use("look", "10.0.0.1", most=3, seconds=30)
    assert refusal.value.retry_after == 30


def test_each_action_and_each_place_counts_apart() -> None:
    for action, who in (("look", "a"), ("look", "b"), ("change", "a")):
        count_use(action, who, most=1)
    with pytest.raises(TooMany):
        count_use("look", "a", most=1)


class Counter:
    """A cache that shows what it is given; the count has just ended when it is raised."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, int, int]] = []

    def add(self, key: str, value: int, seconds: int) -> None:
        self.kept.append((key, value, seconds))

    def incr(self, key: str) -> int:
        raise ValueError(key)


def test_who_it_was_is_not_kept_and_the_count_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr("salesdesk.lib.rates.cache", counter)
    count_use("look", "10.0.0.1", most=0, seconds=30)
    [(key, value, seconds)] = counter.kept
    assert "10.0.0.1" not in key
    assert (value, seconds) == (0, 30)
