"""Words that were taken for others, put right by what the business's passages say.

A decoder over the words that were heard: each either stands as it is, which costs the more the
stranger it is here, or up to four of them are what a word or a frequent pair of the passages
sounds like, which costs the more the less alike they sound. The cheapest way through wins; words
that the passages have side by side make it cheaper.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

from rapidfuzz.distance import OSA

from knowledge.search.common import common_words, is_form_of_common
from knowledge.search.sounds import (
    distance,
    keys_of,
    least_distance,
    sound_of_phrase,
)
from knowledge.search.vocabulary import Vocabulary
from knowledge.search.words import STOPWORDS, stem, words_of

MOST_WORDS = 4
WAYS_KEPT = 12
SHORTEST, SHORTEST_JOINED = 3, 5
"""Words of fewer letters, or phonemes, are not held against others, alone or several as one."""
LONG, VERY_LONG = 6, 8
"""From so many phonemes (or letters) on, chance makes hardly two words alike."""
EXCEPT = {"many"}
"""Stopwords that are misheard for what matters: “many split”."""

# What it costs to take a word that the passages lack for what it seems to be, by how frequent it is
# in English.
LEAST_STRANGE = 0.2
FREQUENT, RARE = 8_000, 30_000
STRANGE = ((3_500, LEAST_STRANGE), (7_000, 0.35), (12_000, 0.55), (RARE, 0.7))
FORM_OF_COMMON, UNHEARD_OF, FRAGMENT = 0.6, 1.0, 0.5
ENOUGH_STRANGE = 0.3
"""With a word that everybody says among them, several are held against others from here on."""

# What a correction costs: of a single word of LONG phonemes (of shorter ones more), of several, to
# a pair of words, for the words inside it that everybody says, squared; and where nothing but the
# spaces is wrong (“credits core”). To that comes UNLIKE for each phoneme that is quite another.
SINGLE, MOST_TIMES_SINGLE, JOINED, PAIR, STOPWORD, ONLY_SPACED = 0.3, 1.3, 0.1, 0.2, 0.15, 0.05
UNLIKE = 4.0
SIDE_BY_SIDE = 0.9
"""What it saves that two words stand side by side in the passages."""

# How far a correction may be apart, for each phoneme. Without a word beside it that speaks for it:
SURE_OF_SEVERAL = ((LONG, 0.16), (0, 0.09))
SURE_OF_ONE = ((VERY_LONG, 0.18), (LONG - 1, 0.13), (0, 0.03))
SAME, NEVER = 0.02, -1.0
# With one; of up to SHORTEST phonemes; of a word that is frequent or strange only beside others:
BESIDE, BESIDE_SHORT, BESIDE_USUAL = 0.25, 0.14, 0.12
# By its letters, one or two of which are others:
BY_ONE_LETTER, BY_TWO_LETTERS = 0.5, 1.4


@dataclass(frozen=True, slots=True)
class Correction:
    """Words that were taken for others."""

    heard: str
    meant: str


def corrected(text: str, vocabulary: Vocabulary) -> tuple[str, tuple[Correction, ...]]:
    """The text with misheard words put right: “how long is the cay bull on the tarot wick” → “how
    long is the cable on the tarrowick”. As it was, where there is nothing to put right."""
    words = words_of(text)
    ways: list[dict[str, _Way]] = [{"": _Way(0.0)}, *({} for _ in words)]
    for at in range(len(words)):
        reached = sorted(ways[at].values(), key=lambda way: way.cost)[:WAYS_KEPT]
        for step in _steps(words, at, {way.last for way in reached}, vocabulary):
            for way in reached:
                _take(way, step, ways[at + step.length], vocabulary)
    steps = min(ways[-1].values(), key=lambda way: way.cost).steps
    corrections = tuple(step.correction for step in steps if step.correction)
    if not corrections:
        return text, ()
    return " ".join(word for step in steps for word in step.meant), corrections


# ---------------------------------------------------------------- ways through the question


@dataclass(frozen=True, slots=True)
class _Step:
    """Some of the words heard, as they are taken: ``after_pair``, only where the passages have the
    first of them after the word that is taken before."""

    length: int
    meant: tuple[str, ...]
    cost: float
    after_pair: bool = False
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """What has been taken so far."""

    cost: float
    steps: tuple[_Step, ...] = ()

    @property
    def last(self) -> str:
        return self.steps[-1].meant[-1] if self.steps else ""


def _take(way: _Way, step: _Step, ways: dict[str, _Way], vocabulary: Vocabulary) -> None:
    """Go on with ``step``, unless there is a cheaper way to the same word."""
    is_beside = vocabulary.pairs_up(way.last, step.meant[0])
    if step.after_pair and not is_beside:
        return
    cost = way.cost + step.cost - SIDE_BY_SIDE * is_beside
    known = ways.get(step.meant[-1])
    if known is None or cost < known.cost:
        ways[step.meant[-1]] = _Way(cost, (*way.steps, step))


def _steps(
    words: Sequence[str], at: int, before: Collection[str], vocabulary: Vocabulary
) -> Iterator[_Step]:
    """Whatever the words from ``at`` on may be taken for, after one of the words ``before``."""
    yield _Step(1, (words[at],), _strangeness(words[at], vocabulary))
    for length in range(1, MOST_WORDS + 1):
        heard = _Heard(words[at : at + length], vocabulary)
        if at + length > len(words) or not heard.is_worded:
            return
        if not heard.may_be_wrong():
            continue
        if heard.strangeness:
            yield from _corrections(heard, before, _word(words, at + length), vocabulary)
        elif not _fits(words[at], words, at, vocabulary):
            yield from _of_known(heard, words, at, vocabulary)


def _corrections(
    heard: "_Heard", before: Collection[str], after: str, vocabulary: Vocabulary
) -> Iterator[_Step]:
    for meant in heard.sounding_like(vocabulary):
        spoken_for = vocabulary.pairs_up(meant.rpartition(" ")[2], after)
        first = meant.partition(" ")[0]
        is_beside = spoken_for or any(vocabulary.pairs_up(word, first) for word in before)
        sure = heard.sure_below(meant)
        apart = heard.apart(meant, heard.most_apart(meant) if is_beside else sure)
        if apart < inf:
            yield heard.taken_for(meant, apart, after_pair=apart > sure and not spoken_for)


def _of_known(
    heard: "_Heard", words: Sequence[str], at: int, vocabulary: Vocabulary
) -> Iterator[_Step]:
    """Instead of a word that is strange only beside its neighbours, one that is at home there."""
    count = vocabulary.words.get(heard.written, 0)
    for meant in heard.sounding_like(vocabulary):
        if count < vocabulary.words.get(meant, 0) and _fits(meant, words, at, vocabulary):
            apart = heard.apart(meant, BESIDE_USUAL)
            if apart < inf:
                after = vocabulary.pairs_up(meant, _word(words, at + 1))
                yield heard.taken_for(meant, apart, after_pair=not after)


def _fits(word: str, words: Sequence[str], at: int, vocabulary: Vocabulary) -> bool:
    """Whether the passages have it beside a neighbour of the word that was heard."""
    before, after = _word(words, at - 1), _word(words, at + 1)
    return vocabulary.pairs_up(before, word) or vocabulary.pairs_up(word, after)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def _strangeness(word: str, vocabulary: Vocabulary) -> float:
    """What it costs to take a word for what it seems to be."""
    if vocabulary.knows(word) or not word.isalpha():
        return 0.0
    if len(word) < SHORTEST:
        return FRAGMENT
    place = common_words().get(word)
    if place is None:
        return FORM_OF_COMMON if is_form_of_common(word) else UNHEARD_OF
    return next(cost for most, cost in STRANGE if place < most)


# ---------------------------------------------------------------- what sounds like them


class _Heard:
    """Some words as they were heard, held together."""

    def __init__(self, words: Sequence[str], vocabulary: Vocabulary) -> None:
        self.words = words
        self.written = "".join(words)
        self.is_single = len(words) == 1
        self.is_worded = self.written.replace("'", "").isalpha()
        self.stopwords = sum(word in STOPWORDS for word in words)
        self.strangeness = sum(_strangeness(word, vocabulary) for word in words)

    @cached_property
    def sound(self) -> str:
        return sound_of_phrase(" ".join(self.words))

    @cached_property
    def stems(self) -> set[str]:
        return {stem(word) for word in self.words}

    @cached_property
    def place(self) -> int | None:
        """That of a single common word among all of them."""
        return common_words().get(self.written) if self.is_single else None

    @property
    def is_frequent(self) -> bool:
        return self.place is not None and self.place < FREQUENT

    def may_be_wrong(self) -> bool:
        if self.is_single:
            is_stopword = bool(self.stopwords) and self.written not in EXCEPT
            return len(self.written) >= SHORTEST and not is_stopword
        least = ENOUGH_STRANGE if self.stopwords else LEAST_STRANGE
        return len(self.written) >= SHORTEST_JOINED and self.strangeness >= least

    def sounding_like(self, vocabulary: Vocabulary) -> list[str]:
        if not vocabulary.heard_as or len(self.sound) < SHORTEST:
            return []
        keys = keys_of(self.sound)
        return sorted({one for key in keys for one in vocabulary.heard_as.get(key, ())})

    def sure_below(self, meant: str) -> float:
        """How far apart, for each phoneme, needs no word beside it that speaks for it."""
        if not self.is_single:
            return _at_length(SURE_OF_SEVERAL, self._length(meant))
        if self.is_frequent:
            return NEVER
        if self.place is not None or " " in meant:
            return SAME
        return _at_length(SURE_OF_ONE, self._length(meant))

    def most_apart(self, meant: str) -> float:
        """How far apart, for each phoneme, where a word beside it speaks for it."""
        if self.is_single and " " in meant:
            return SAME
        if self.is_frequent:
            return BESIDE_USUAL
        return BESIDE if self._length(meant) > SHORTEST else BESIDE_SHORT

    def apart(self, meant: str, most: float) -> float:
        """How differently they sound for each phoneme, or are written where that says less.

        Infinite where it is more than ``most``.
        """
        length = self._length(meant)
        found = self._apart(meant, most * length) / length
        return found if found <= most else inf

    def _apart(self, meant: str, most: float) -> float:
        if self._is_only_spaced(meant):
            return 0.0
        other = sound_of_phrase(meant)
        likely = least_distance(self.sound, other) <= most
        spoken = distance(self.sound, other, most) if likely else inf
        if spoken and self.stems.intersection(map(stem, meant.split())):
            return inf  # the rest of it was said, too: “inverter weigh”
        return min(spoken, self._miswritten(meant))

    def _miswritten(self, meant: str) -> float:
        changes = OSA.distance(self.written, meant.replace(" ", ""), score_cutoff=2)
        if changes <= 1 and len(self.sound) >= LONG - 1:
            return BY_ONE_LETTER
        return BY_TWO_LETTERS if changes == 2 and len(self.written) >= VERY_LONG else inf

    def taken_for(self, meant: str, apart: float, *, after_pair: bool) -> _Step:
        cost = self._cost(meant) + UNLIKE * apart
        correction = Correction(" ".join(self.words), meant)
        return _Step(len(self.words), tuple(meant.split()), cost, after_pair, correction)

    def _cost(self, meant: str) -> float:
        """Of a correction that sounds the same."""
        if self._is_only_spaced(meant):
            return ONLY_SPACED
        pair = PAIR if " " in meant else 0.0
        if self.is_single:
            return SINGLE * min(MOST_TIMES_SINGLE, LONG / self._length(meant)) + pair
        return JOINED + pair + STOPWORD * self.stopwords**2

    def _is_only_spaced(self, meant: str) -> bool:
        return not self.is_single and self.written == meant.replace(" ", "")

    def _length(self, meant: str) -> int:
        return max(len(self.sound), len(sound_of_phrase(meant)))


def _at_length(limits: Sequence[tuple[int, float]], length: int) -> float:
    return next(most for least, most in limits if length >= least)
