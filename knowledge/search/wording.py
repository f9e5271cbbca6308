"""What the full-text search is given for a question."""

from knowledge.search.expand import expanded_terms
from knowledge.search.numbers import digits_for_words, in_words
from knowledge.search.retrieve import WordQuery
from knowledge.search.vocabulary import Vocabulary
from knowledge.search.words import is_content, stem, words_of

MOST_TERMS = 12
SYNONYM_WEIGHT = 0.35
MOST_MATCHES = 250
MANY_PASSAGES = 1_000
LARGEST_IN_WORDS = 10_000


def word_query(text: str, vocabulary: Vocabulary) -> WordQuery:
    """The question's words, and, with less weight, others for the same things.

    Each weighs by how rare it is here. Where there are many passages, frequent words are left out
    once the rarer ones match enough, so that the search does not read half of them.
    """
    words = [word for word in digits_for_words(words_of(text)) if is_content(word)]
    weighted = {form: vocabulary.rarity(stem(word)) for word in words for form in _forms(word)}
    for term in expanded_terms(text):
        if is_content(term):
            weighted.setdefault(term, SYNONYM_WEIGHT * vocabulary.rarity(term))
    known = {word: weight for word, weight in weighted.items() if _count(word, vocabulary)}
    ranked = sorted(known.items(), key=lambda entry: -entry[1])[:MOST_TERMS]
    return WordQuery(strict=tuple(dict.fromkeys(words)), loose=_few_matches(ranked, vocabulary))


def _forms(word: str) -> tuple[str, ...]:
    """A number both in digits and in words, as documents have either."""
    if not word.isdigit() or int(word) > LARGEST_IN_WORDS:
        return (word,)
    return word, in_words(int(word)).replace("-", " ")


def _few_matches(
    ranked: list[tuple[str, float]], vocabulary: Vocabulary
) -> tuple[tuple[str, float], ...]:
    taken: list[tuple[str, float]] = []
    matches = 0
    for word, weight in ranked:
        matches += _count(word, vocabulary)
        if taken and matches > MOST_MATCHES and vocabulary.passages > MANY_PASSAGES:
            break
        taken.append((word, weight))
    return tuple(taken)


def _count(word: str, vocabulary: Vocabulary) -> int:
    """In how many passages it is, at most; of a phrase its rarest word counts."""
    return min(vocabulary.terms.get(stem(part), 0) for part in words_of(word))
