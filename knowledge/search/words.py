"""Words of questions and passages, brought to a form in which they can be compared."""

import re
from functools import lru_cache

import snowballstemmer

from knowledge.search.numbers import digits_for_words

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*", re.IGNORECASE)
_STEMMER = snowballstemmer.stemmer("english")

STOPWORDS = frozenset(
    """
    a an the and or but if then than so that this these those there here it its it's i i'm i'd i've
    i'll me my mine you your yours you're you've we our ours us we're we've he she they them their
    his her hers him who whom whose which what what's when where why how is are am was were be been
    being do does did doing done don't doesn't didn't have has had having can can't could couldn't
    will won't would wouldn't should shouldn't shall may might must of in on at by for from to with
    about into over under up down out off as no not nor only just also too very any some all each
    both more most other such own same again once ever never always much many lot lots bit
    get gets got getting go goes going gonna wanna want wants need needs like know tell say said
    thing things stuff guys guy people somebody someone anybody anything something please thanks
    okay ok um uh er hmm well actually really maybe kinda sorta let let's make makes one ones way
    yes yeah hi hello hey sir madam
    """.split()
)
"""Words that say nothing about the subject; a question made of them alone has none."""


def words_of(text: str) -> list[str]:
    """Lower-case words and numbers in order; numbers without thousands separators."""
    return [_tidy(word) for word in _WORD.findall(text.replace("’", "'"))]


def _tidy(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "").rstrip(".")
    return word.lower().removesuffix("'s")


def terms_of(text: str) -> list[str]:
    """What is compared: stems, numbers in digits, however they were written."""
    return [stem(word) for word in digits_for_words(words_of(text))]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem as Postgres's English dictionary makes it."""
    return str(_STEMMER.stemWord(word))


def is_content(word: str) -> bool:
    return word not in STOPWORDS and (len(word) > 1 or word.isdigit())
