"""The words of a business's passages: how rare each is, and which stand beside each other."""

import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from django.db.models import Count, Max, Sum

from knowledge.models import Document, Passage
from knowledge.search.expand import words_of_trade
from knowledge.search.numbers import digits_for_words
from knowledge.search.sounds import keys_of, sound_of_phrase
from knowledge.search.words import STOPWORDS, stem, words_of
from salesdesk.businesses.models import Business

MOST_PASSAGES = 5_000
CHECK_SECONDS = 20.0
KEPT_BUSINESSES = 200
FEW_PASSAGES = 1_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Counts over ``passages`` passages. Terms are stems; words are as they are written.

    ``heard_as`` leads from the keys of a sound (see :mod:`knowledge.search.sounds`) to the words
    and pairs of words that are spoken like it, words of the trade included.
    """

    passages: int = 0
    terms: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    heard_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rarity(self, term: str) -> float:
        """Inverse document frequency, from near 0 (in every passage) upwards; never negative."""
        count = self.terms.get(term, 0)
        return math.log(1 + (self.passages - count + 0.5) / (count + 0.5))

    def pairs_up(self, word: str, following: str) -> bool:
        """Whether these stand one after the other in the passages, and mean something."""
        return (word, following) in self.pairs and not STOPWORDS & {word, following}

    def knows(self, word: str) -> bool:
        """Whether it is a word that callers of this business may well say."""
        if word in STOPWORDS or word.isdigit() or stem(word) in self.terms:
            return True
        return word in words_of_trade()


def vocabulary_from(texts: Iterable[str], *, is_english: bool = True) -> Vocabulary:
    """Count the words of these passages. Pairs of words are kept as phrases, too;
    of many passages only those that come more than once. How they sound is told of English."""
    terms: Counter[str] = Counter()
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    passages = 0
    for text in texts:
        passages += 1
        written = words_of(text)
        words.update(set(written))
        terms.update({stem(word) for word in digits_for_words(written)} | set(map(stem, written)))
        pairs.update(set(pairwise(written)))
    if passages > FEW_PASSAGES:
        pairs = Counter({pair: n for pair, n in pairs.items() if n > 1})
    worded = ((one, two) for one, two in pairs if one.isalpha() and two.isalpha())
    phrases = [f"{one} {two}" for one, two in worded if not STOPWORDS & {one, two}]
    known = [word for word in words if word not in STOPWORDS and len(word) > 2 and word.isalpha()]
    known += sorted(words_of_trade() - words.keys()) if passages else []
    return Vocabulary(
        passages,
        terms,
        words,
        pairs,
        _by_sound(known + phrases) if is_english else {},
    )


def _by_sound(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = defaultdict(list)
    for phrase in phrases:
        for key in keys_of(sound_of_phrase(phrase)):
            index[key].append(phrase)
    return {key: tuple(values) for key, values in index.items()}


# ---------------------------------------------------------------- kept for each business


@dataclass(slots=True)
class _Kept:
    vocabulary: Vocabulary
    state: object
    checked_at: float


_kept: dict[int, _Kept] = {}
_guard = threading.Lock()


def vocabulary_of(business: Business) -> Vocabulary:
    """The business's vocabulary, counted anew when its documents have changed.

    Looks for changes every 20 seconds at most; of very many passages, the newest 5000 count.
    """
    kept = _kept.get(business.pk)
    now = time.monotonic()
    if kept and now - kept.checked_at < CHECK_SECONDS:
        return kept.vocabulary
    state = _state_of(business)
    if kept and kept.state == state:
        kept.checked_at = now
        return kept.vocabulary
    fresh = _Kept(_count(business), state, now)
    with _guard:
        while len(_kept) >= KEPT_BUSINESSES:
            _kept.pop(next(iter(_kept)))
        _kept[business.pk] = fresh
    return fresh.vocabulary


def forget(business: Business) -> None:
    """Count anew at the next search; for whoever has just changed documents in this process."""
    with _guard:
        _kept.pop(business.pk, None)


def _state_of(business: Business) -> object:
    """Changes whenever a document comes, goes, is cut anew or gets another title, and with the
    language."""
    documents = Document.objects.filter(business=business).current()
    return business.is_english, documents.aggregate(Count("pk"), Sum("version"), Max("updated_at"))


def _count(business: Business) -> Vocabulary:
    newest = Passage.objects.filter(business=business).order_by("-pk")[:MOST_PASSAGES]
    rows = newest.values_list("document__title", "heading", "text")
    texts = (" . ".join(row) for row in rows.iterator())
    return vocabulary_from(texts, is_english=business.is_english)
