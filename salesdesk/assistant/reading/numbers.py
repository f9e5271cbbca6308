"""Numbers and amounts of money in what people say: ``about twenty``, ``18k``, ``$1,500``."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.search.numbers import ONES, digits_for_words
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.result import Reading, Setting
from salesdesk.assistant.reading.spoken import dollars_in_words, number_in_words

NO_NUMBER = "I did not catch a number."
NO_AMOUNT = "I did not catch an amount."
LARGEST = 1_000_000_000_000
SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "grand": 1000,
    "k": 1000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
}
CURRENCY = frozenset({"$", "dollar", "dollars", "bucks", "usd"})

_AS_DIGITS = (
    (re.compile(r"(?<=\d),(?=\d{3}\b)"), ""),
    (re.compile(r"(?<=\d)\s*[-–—]\s*(?=[\d$])"), " to "),
    (re.compile(r"\bhalf (?:a|of a) (million|thousand|hundred)\b"), r"0.5 \1"),
    (re.compile(r"\bhalf a dozen\b"), "6"),
    (re.compile(r"\bone(?= point\b| and a half\b)"), "1"),
    (re.compile(r"\b(?:a )?couple(?: of)?\b"), "2"),
    (re.compile(r"\ba few\b"), "3"),
    (re.compile(r"\ban? (?=(?:hundred|thousand|million|billion|dozen|grand)\b)"), "one "),
    (re.compile(r"(?<=[a-z])[-–](?=[a-z])"), " "),
)
_DIGIT = "|".join(ONES[:10])
_DECIMALS = re.compile(rf"(?<=point )(?:{_DIGIT})(?: (?:{_DIGIT}))*\b")
_WORD = re.compile(r"-?\d+(?:\.\d+)?|\$|[a-z]+", re.ASCII)
_YEARS = re.compile(r"\b(?:years?|old|age)\b", re.I)
_UPPER_END = frozenset({"to", "or", "and", "till", "until"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text: the words from ``start`` to before ``end``."""

    value: float
    start: int
    end: int
    is_money: bool


def read_number(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """The number; a year where a smaller number is wanted tells how many years ago that is.

    Of several, one that is said to be years where years are asked for, else the first that can be.
    """
    words = spoken_words(text)
    amounts = amounts_in(words)
    if not amounts:
        return Reading(problem=NO_NUMBER)
    meant = [each for each in amounts if _is_in_years(each, words)] if _asks_years(spec) else []
    meant = meant or [each for each in amounts if _can_be(spec, each, setting)] or amounts
    value = _years_ago(spec, _upper_end(meant[0], amounts, words).value, setting)
    return _within(spec, value, number_in_words)


def read_money(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """Dollars; of several numbers the first that is said to be money, else the largest."""
    words = spoken_words(text)
    amounts = amounts_in(words)
    if not amounts:
        return Reading(problem=NO_AMOUNT)
    largest = max(amounts, key=lambda amount: amount.value)
    first = next((each for each in amounts if each.is_money), largest)
    value = _upper_end(first, amounts, words).value
    return _within(spec, round(value, 2), dollars_in_words)


def spoken_words(text: str) -> list[str]:
    """Small words and numbers in digits, with ``$`` as a word."""
    text = text.lower().replace("’", "'")
    for pattern, digits in _AS_DIGITS:
        text = pattern.sub(digits, text)
    text = _DECIMALS.sub(lambda found: "".join(map(_digit, found.group().split())), text)
    return _with_years(digits_for_words(_WORD.findall(text)))


def _digit(word: str) -> str:
    return str(ONES.index(word))


def amounts_in(words: Sequence[str]) -> list[Amount]:
    """The numbers in order; ``one`` counts where there is no other."""
    amounts: list[Amount] = []
    at = 0
    while at < len(words):
        if is_number(words[at]):
            amounts.append(_amount(words, at))
            at = amounts[-1].end
        else:
            at += 1
    if not amounts and "one" in words:
        at = words.index("one")
        return [Amount(1, at, at + 1, is_money=_is_marked(words, at, at + 1))]
    return amounts


def is_number(word: str) -> bool:
    return word.lstrip("-")[:1].isdigit()


def _amount(words: Sequence[str], start: int) -> Amount:
    value, end, is_scaled = float(words[start]), start + 1, False
    if words[end : end + 1] == ["point"] and "".join(words[end + 1 : end + 2]).isdigit():
        value += float(f"0.{words[end + 1]}")
        end += 2
    if list(words[end : end + 3]) == ["and", "a", "half"]:
        value, end = value + 0.5, end + 3
    while end < len(words) and words[end] in SCALES:
        value, end, is_scaled = value * SCALES[words[end]], end + 1, True
    return Amount(value, start, end, is_money=is_scaled or _is_marked(words, start, end))


def _is_marked(words: Sequence[str], start: int, end: int) -> bool:
    """Whether a word for money stands right before or after, or the number is in thousands."""
    around = {*words[max(0, start - 1) : start], *words[end : end + 1]}
    return bool(around & CURRENCY)


def _upper_end(amount: Amount, amounts: Sequence[Amount], words: Sequence[str]) -> Amount:
    """Of “fifteen to twenty thousand” the twenty thousand; else the amount itself."""
    for other in amounts:
        between = [word for word in words[amount.end : other.start] if word not in CURRENCY]
        if other.start > amount.start and other.value > amount.value and _joins(between, words):
            return other
    return amount


def _joins(between: Sequence[str], words: Sequence[str]) -> bool:
    if len(between) != 1 or between[0] not in _UPPER_END:
        return False
    return between[0] != "and" or "between" in words


def _with_years(words: Sequence[str]) -> list[str]:
    """Nineteen and ninety-eight, side by side, are a year; so are the last two of 20, 20, 27."""
    result: list[str] = []
    at = 0
    while at < len(words):
        pair = [word for word in words[at : at + 2] if _has_two_digits(word)]
        is_year = len(pair) == 2 and pair[0] in ("18", "19", "20")
        if is_year and not _has_two_digits("".join(words[at + 2 : at + 3])):
            result.append("".join(pair))
            at += 2
        else:
            result.append(words[at])
            at += 1
    return result


def _has_two_digits(word: str) -> bool:
    return len(word) == 2 and word.isdigit()


def _asks_years(spec: FieldSpec) -> bool:
    return bool(_YEARS.search(f"{spec.label} {spec.question}"))


def _is_in_years(amount: Amount, words: Sequence[str]) -> bool:
    return "".join(words[amount.end : amount.end + 1]).startswith("year")


def _can_be(spec: FieldSpec, amount: Amount, setting: Setting) -> bool:
    value = _years_ago(spec, amount.value, setting)
    return not amount.is_money and not out_of_bounds(spec, value, number_in_words)


def _years_ago(spec: FieldSpec, value: float, setting: Setting) -> float:
    is_year = spec.largest is not None and value > spec.largest and _is_past_year(value, setting)
    return setting.today.year - value if is_year else value


def _is_past_year(value: float, setting: Setting) -> bool:
    return value.is_integer() and 1800 <= value <= setting.today.year


def _within(spec: FieldSpec, value: float, in_words: Callable[[float], str]) -> Reading:
    problem = out_of_bounds(spec, value, in_words)
    if problem:
        return Reading(problem=problem)
    whole = int(value) if float(value).is_integer() else value
    return Reading(whole, in_words(whole))


def out_of_bounds(spec: FieldSpec, value: float, in_words: Callable[[float], str]) -> str:
    """Why the value cannot be, as a sentence; empty when it can."""
    if abs(value) > LARGEST:
        return "That number is too large."
    low, high = spec.smallest, spec.largest
    if (low is None or value >= low) and (high is None or value <= high):
        return ""
    if low is None or high is None:
        side, bound = ("at least", low) if high is None else ("at most", high)
        return f"It should be {side} {in_words(bound or 0)}."
    return f"It should be between {in_words(low)} and {in_words(high)}."
