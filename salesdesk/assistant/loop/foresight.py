"""Looking things up while somebody is still speaking, so that the answer is there in time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from knowledge.search.numbers import digits_for_words
from knowledge.search.words import is_content, stem, words_of

T = TypeVar("T")

FEWEST_WORDS = 2
"""Telling words that must be heard before it is worth looking anything up."""
SHARE_NEEDED = 0.6


@dataclass(frozen=True, slots=True)
class Foreseen(Generic[T]):
    """What was found. Milliseconds: ``took_ms`` to find it, ``waited_ms`` of them for the asker.

    ``ahead``: the search had begun before it was asked for.
    """

    value: T
    took_ms: int
    waited_ms: int
    ahead: bool


@dataclass(slots=True)
class _Search(Generic[T]):
    words: frozenset[str]
    task: asyncio.Task[tuple[T, int]]
    awaited: bool = False


class Foresight(Generic[T]):
    """One conversation's searches: the newest that was begun ahead, and those asked for.

    ``look_up`` is the search; what it raises comes out of :meth:`find`, never out of
    :meth:`expect`.
    """

    def __init__(self, look_up: Callable[[str], Awaitable[T]]) -> None:
        self._look_up = look_up
        self._ahead: _Search[T] | None = None

    def expect(self, text: str) -> None:
        """The speaker has said this so far: begin to search, unless that search is under way."""
        words = telling_words(text)
        if len(words) < FEWEST_WORDS or (self._ahead and self._ahead.words == words):
            return
        self._forget()
        task = asyncio.create_task(self._timed(text))
        task.add_done_callback(_look_at_error)
        self._ahead = _Search(words, task)

    async def find(self, question: str) -> Foreseen[T]:
        """What the search for this, or one begun ahead for nearly the same, has found."""
        asked_at = time.monotonic()
        ahead = self._ahead
        if ahead is None or not covers(ahead.words, telling_words(question)):
            value, took_ms = await self._timed(question)
            return Foreseen(value, took_ms, took_ms, ahead=False)
        ahead.awaited = True
        value, took_ms = await asyncio.shield(ahead.task)
        return Foreseen(value, took_ms, _ms_since(asked_at), ahead=True)

    def close(self) -> None:
        """Give up what is being searched for ahead; safe to call twice."""
        self._forget()

    def _forget(self) -> None:
        if self._ahead and not self._ahead.awaited:
            self._ahead.task.cancel()
        self._ahead = None

    async def _timed(self, text: str) -> tuple[T, int]:
        began = time.monotonic()
        value = await self._look_up(text)
        return value, _ms_since(began)


def telling_words(text: str) -> frozenset[str]:
    """The words of a text that tell what it is about, as stems, with numbers in digits.

    Interim text and the final one, and a model's words for it, differ most in endings, small words
    and how numbers are written.
    """
    words = digits_for_words(words_of(text))
    return frozenset(stem(word) for word in words if is_content(word))


def covers(searched: frozenset[str], asked: frozenset[str]) -> bool:
    """Whether a search for some words also answers a question of these.

    All that is asked for must have been searched for: the last word of a question is often the
    one that matters. And no more than two fifths of the search may be beside the question.
    """
    return bool(asked) and asked <= searched and len(asked) >= SHARE_NEEDED * len(searched)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _look_at_error(task: "asyncio.Task[tuple[T, int]]") -> None:
    """A search that nobody asked for in the end may fail unnoticed; ``find`` raises the others."""
    if not task.cancelled():
        task.exception()
