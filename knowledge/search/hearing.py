"""Words that were taken for others, put right by what the business's passages say.

A decoder over the words that were heard: each either stands as it is, which costs the more the
stranger it is here, or up to four of them are what a word or a frequent pair of the passages
sounds like, which costs the more the less alike they sound. The cheapest way through wins; words
that the passages have side by side make it cheaper.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from knowledge.search.common import common_words, is_form_of_common
from knowledge.search.sounds import distance, shortened, skeleton, sound_of_phrase
from knowledge.search.vocabulary import Vocabulary
from knowledge.search.words import STOPWORDS, stem, words_of

MOST_WORDS = 4
WAYS_KEPT = 12

LEAST_STRANGE = 0.2
FREQUENT, RARE = 8_000, 30_000
STRANGE = ((3_500, LEAST_STRANGE), (7_000, 0.35), (12_000, 0.55), (RARE, 0.7))
"""What a word costs that the passages lack, by how frequent it is in English."""
FORM_OF_COMMON, UNHEARD_OF, FRAGMENT = 0.6, 1.0, 0.5
UNLIKE = 4.0
"""What it costs when nothing sounds alike; see :func:`_apart`."""
SINGLE, JOINED, PAIR, STOPWORD = 0.3, 0.1, 0.2, 0.15
"""What a correction costs of a single word of six phonemes (of shorter ones more), of several, to a
pair of words, and for the words inside it that everybody says, squared."""
ONLY_SPACED = 0.05
"""What it costs where nothing but the spaces is wrong: “credits core”."""
SIDE_BY_SIDE = 0.9
"""What it saves that two words stand side by side in the passages."""
BESIDE, BESIDE_SHORT, BESIDE_KNOWN = 0.25, 0.14, 0.12
"""How far a correction may be apart that a word beside it speaks for; of up to three phonemes, and
of a word that is strange only beside its neighbours."""
SHORTEST = 3
"""Words of fewer letters or phonemes are not held against others, alone."""
SHORTEST_JOINED, LONG, VERY_LONG = 5, 6, 8
ENOUGH_STRANGE = 0.3
"""With a word that everybody says among them, several are held against others from here on."""
EXCEPT = {"many"}
"""Stopwords that are misheard for what matters: “many split”."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Words that were taken for others."""

    heard: str
    meant: str


@dataclass(frozen=True, slots=True)
class _Step:
    """Some of the words heard, as they are taken. One that is not ``sure`` needs a neighbour."""

    length: int
    meant: tuple[str, ...]
    cost: float
    sure: bool = True
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """What has been taken so far."""

    cost: float
    steps: tuple[_Step, ...] = ()

    @property
    def last(self) -> str:
        return self.steps[-1].meant[-1] if self.steps else ""


def corrected(text: str, vocabulary: Vocabulary) -> tuple[str, tuple[Correction, ...]]:
    """The text with misheard words put right: “how long is the cay bull on the tarot wick” → “how
    long is the cable on the tarrowick”. As it was, where there is nothing to put right."""
    words = words_of(text)
    ways: list[dict[str, _Way]] = [{"": _Way(0.0)}, *({} for _ in words)]
    for at in range(len(words)):
        reached = sorted(ways[at].values(), key=lambda way: way.cost)[:WAYS_KEPT]
        for step in _steps(words, at, vocabulary):
            following = _word(words, at + step.length)
            for way in reached:
                _take(way, step, following, ways[at + step.length], vocabulary)
    steps = min(ways[-1].values(), key=lambda way: way.cost).steps
    corrections = tuple(step.correction for step in steps if step.correction)
    if not corrections:
        return text, ()
    return " ".join(word for step in steps for word in step.meant), corrections


def _take(
    way: _Way, step: _Step, following: str, ways: dict[str, _Way], vocabulary: Vocabulary
) -> None:
    """Go on with ``step``, unless there is a cheaper way to the same word."""
    is_beside = vocabulary.pairs_up(way.last, step.meant[0])
    if not (step.sure or is_beside or vocabulary.pairs_up(step.meant[-1], following)):
        return
    cost = way.cost + step.cost - SIDE_BY_SIDE * is_beside
    known = ways.get(step.meant[-1])
    if known is None or cost < known.cost:
        ways[step.meant[-1]] = _Way(cost, (*way.steps, step))


def _steps(words: Sequence[str], at: int, vocabulary: Vocabulary) -> Iterator[_Step]:
    yield _Step(1, (words[at],), _strangeness(words[at], vocabulary))
    for length in range(1, MOST_WORDS + 1):
        heard = words[at : at + length]
        if len(heard) < length or not heard[-1].replace("'", "").isalpha():
            return
        strangeness = sum(_strangeness(word, vocabulary) for word in heard)
        if not _may_be_misheard(heard, strangeness):
            continue
        if strangeness:
            yield from _corrections(heard, _sounding_like(heard, vocabulary))
        elif not _fits(heard[0], words, at, vocabulary):
            yield from _of_known(words, at, vocabulary)


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


def _may_be_misheard(heard: Sequence[str], strangeness: float) -> bool:
    if len(heard) == 1:
        is_stopword = heard[0] in STOPWORDS and heard[0] not in EXCEPT
        return len(heard[0]) >= SHORTEST and not is_stopword
    least = ENOUGH_STRANGE if STOPWORDS.intersection(heard) else LEAST_STRANGE
    return len("".join(heard)) >= SHORTEST_JOINED and strangeness >= least


def _sounding_like(heard: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    sound = sound_of_phrase(" ".join(heard))
    if len(sound) < SHORTEST:
        return []
    keys = shortened(skeleton(sound))
    return sorted({one for key in keys for one in vocabulary.heard_as.get(key, ())})


def _corrections(heard: Sequence[str], near: Sequence[str]) -> Iterator[_Step]:
    for meant in near:
        apart, length = _apart(heard, meant)
        sure = apart <= _sure_below(heard, meant, length)
        if sure or apart <= _most_apart(heard, meant, length):
            yield _correction(heard, meant, length, apart, sure=sure)


def _of_known(words: Sequence[str], at: int, vocabulary: Vocabulary) -> Iterator[_Step]:
    """Instead of a word that is strange only beside its neighbours, one that is at home there."""
    heard = words[at : at + 1]
    for meant in _sounding_like(heard, vocabulary):
        is_rarer = vocabulary.words.get(heard[0], 0) < vocabulary.words.get(meant, 0)
        if is_rarer and _fits(meant, words, at, vocabulary):
            apart, length = _apart(heard, meant)
            if apart <= BESIDE_KNOWN:
                yield _correction(heard, meant, length, apart, sure=False)


def _correction(
    heard: Sequence[str], meant: str, length: int, apart: float, *, sure: bool
) -> _Step:
    cost = _cost(heard, meant, length) + UNLIKE * apart
    correction = Correction(" ".join(heard), meant)
    return _Step(len(heard), tuple(meant.split()), cost, sure, correction)


def _most_apart(heard: Sequence[str], meant: str, length: int) -> float:
    """How far apart, for each phoneme, a correction may be that a word beside it speaks for."""
    if len(heard) == 1 and " " in meant:
        return 0.0
    if len(heard) == 1 and common_words().get(heard[0], RARE) < FREQUENT:
        return BESIDE_KNOWN
    return BESIDE if length > SHORTEST else BESIDE_SHORT


def _cost(heard: Sequence[str], meant: str, length: int) -> float:
    """Of a correction that sounds the same."""
    if _is_only_spaced(heard, meant):
        return ONLY_SPACED
    pair = PAIR if " " in meant else 0.0
    if len(heard) == 1:
        return SINGLE * min(1.3, LONG / length) + pair
    return JOINED + pair + STOPWORD * sum(word in STOPWORDS for word in heard) ** 2


def _is_only_spaced(heard: Sequence[str], meant: str) -> bool:
    return len(heard) > 1 and "".join(heard) == meant.replace(" ", "")


def _sure_below(heard: Sequence[str], meant: str, length: int) -> float:
    """How far apart, for each phoneme, needs no word beside it that speaks for it."""
    if len(heard) > 1:
        return 0.16 if length >= LONG else 0.09
    place = common_words().get(heard[0])
    if place is not None or " " in meant:
        return 0.02 if place is None or place > FREQUENT else -1.0
    return 0.18 if length >= VERY_LONG else 0.13 if length >= LONG - 1 else 0.03


def _apart(heard: Sequence[str], meant: str) -> tuple[float, int]:
    """How differently they sound for each phoneme, or are written where that says less; and of how
    many phonemes the longer one is."""
    sound, other = sound_of_phrase(" ".join(heard)), sound_of_phrase(meant)
    length = max(len(sound), len(other))
    if _is_only_spaced(heard, meant):
        return 0.0, length
    apart = distance(sound, other, BESIDE * length)
    if apart and {stem(word) for word in heard} & {stem(word) for word in meant.split()}:
        return 1.0, length  # the rest of it was said, too: “inverter weigh”
    written = "".join(heard)
    changes = OSA.distance(written, meant.replace(" ", ""), score_cutoff=2)
    if changes <= 1 and len(sound) >= LONG - 1:
        apart = min(apart, 0.5)
    elif changes == 2 and len(written) >= VERY_LONG:
        apart = min(apart, 1.4)
    return apart / length, length
