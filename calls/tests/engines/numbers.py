"""Numbers as words, so that “25” and “twenty five” are the same where transcripts are compared."""

import re

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    """A number below a million, as it is said without “and”."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _TENS[tens - 2] + (f" {_SMALL[rest]}" if rest else "")
    for size, name in ((1_000, "thousand"), (100, "hundred")):
        if number >= size:
            count, rest = divmod(number, size)
            return f"{in_words(count)} {name}" + (f" {in_words(rest)}" if rest else "")
    raise AssertionError(number)


def comparable(text: str) -> str:
    """Lower case, numbers and dollars as words, no punctuation."""
    plain = text.lower().replace("’", "'")
    plain = re.sub(r"\$\s?([\d,]+)", r"\1 dollars", plain)
    plain = re.sub(r"(?<=\d),(?=\d)", "", plain)
    plain = re.sub(r"\d+", lambda match: in_words(int(match.group())), plain)
    return " ".join(re.sub(r"[^a-z' ]", " ", plain.replace("-", " ")).split())
