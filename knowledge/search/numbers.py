"""Numbers in words and in digits."""

from collections.abc import Sequence

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))

_SMALL = {word: value for value, word in enumerate(ONES)}
_TENS = {word: 10 * (place + 2) for place, word in enumerate(TENS)}
_SCALE = {word: value for value, word in SCALES}
_COLLOQUIAL = {"grand": 1000, "dozen": 12}
_ALONE = frozenset({"one", "hundred", "thousand", "million", "billion", "dozen", "grand"})


def in_words(number: int) -> str:
    """``1250`` → ``one thousand two hundred fifty``; hyphens as in ``twenty-five``."""
    if number < 0:
        return f"minus {in_words(-number)}"
    for value, name in SCALES:
        if number >= value:
            rest = f" {in_words(number % value)}" if number % value else ""
            return f"{in_words(number // value)} {name}{rest}"
    if number >= 100:
        rest = f" {in_words(number % 100)}" if number % 100 else ""
        return f"{ONES[number // 100]} hundred{rest}"
    if number >= 20:
        tens, ones = divmod(number, 10)
        return TENS[tens - 2] + (f"-{ONES[ones]}" if ones else "")
    return ONES[number]


def digits_for_words(words: Sequence[str]) -> list[str]:
    """The words with each spoken number as one word of digits.

    ``one`` alone stays, since it is mostly a pronoun: ``the big one``.
    """
    result: list[str] = []
    at = 0
    while at < len(words):
        length, value = _number_at(words, at)
        result.append(str(value) if length else words[at])
        at += max(1, length)
    return result


def _number_at(words: Sequence[str], at: int) -> tuple[int, int]:
    """How many words from ``at`` on are one number, and its value; 0 words if none."""
    total, part, end = 0, 0, at
    last = ""
    while end < len(words):
        word = words[end]
        step = _step(word, part, last)
        if step is None:
            if word == "and" and last in ("hundred", "thousand") and _is_small(words, end + 1):
                end += 1
                continue
            break
        if word in _SCALE or word in _COLLOQUIAL:
            total, part = total + step, 0
        else:
            part = step
        last, end = word, end + 1
    length = end - at
    if length == 1 and words[at] in _ALONE:
        return 0, 0
    return length, total + part


def _step(word: str, part: int, last: str) -> int | None:
    """The part of the number after one more word; None when it cannot belong to it."""
    if word in _SMALL:
        fits = not last or last in ("hundred", *_SCALE) or (last in _TENS and 0 < _SMALL[word] < 10)
        return part + _SMALL[word] if fits else None
    if word in _TENS:
        return part + _TENS[word] if not last or last in ("hundred", *_SCALE) else None
    if word == "hundred":
        return max(1, part) * 100 if part < 100 else None
    scale = _SCALE.get(word) or _COLLOQUIAL.get(word)
    return max(1, part) * scale if scale and last not in _SCALE else None


def _is_small(words: Sequence[str], at: int) -> bool:
    return at < len(words) and (words[at] in _SMALL or words[at] in _TENS)
