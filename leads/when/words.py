"""Words made uniform before they are searched: lower case, and numbers in digits."""

import re

NUMBERS = {
    word: number
    for number, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen"
        ).split()
    )
}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
ORDINALS = {
    word: number
    for number, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
        ).split(),
        start=1,
    )
}
ROUND_ORDINALS = {"twentieth": 20, "thirtieth": 30}

TIDYING = (
    (re.compile(r"[‘’ʼ]"), "'"),
    (re.compile(r"\ba\s?\.?\s?m\b\.?(?=\s|[,;?!]|$)"), "am"),
    (re.compile(r"\bp\s?\.?\s?m\b\.?(?=\s|[,;?!]|$)"), "pm"),
    (re.compile(r"\bo'?\s?clock\b"), "oclock"),
    (re.compile(r"(?<=[a-z0-9])[-–—](?=[a-z])"), " "),
    (re.compile(r"\s*[–—]\s*"), " - "),
    (re.compile(r"\s+"), " "),
)

_UNITS = "|".join(list(NUMBERS)[1:10])
_SMALL_ORDINALS = "|".join(list(ORDINALS)[:9])
_NUMBER = re.compile(
    rf"\b(?:({'|'.join(TENS)})[ -]({_SMALL_ORDINALS})"
    rf"|({'|'.join(TENS)})[ -]({_UNITS})"
    rf"|({'|'.join((*ORDINALS, *ROUND_ORDINALS))})"
    rf"|({'|'.join((*NUMBERS, *TENS))}))\b"
)
_OH = re.compile(r"(?<=\d )oh (?=\d\b)")


def tidy(text: str) -> str:
    """``text`` in lower case, with “24th” for “twenty-fourth” and “pm” for “p.m.”."""
    tidied = text.lower()
    for pattern, replacement in TIDYING:
        tidied = pattern.sub(replacement, tidied)
    return _OH.sub("0", _NUMBER.sub(_digits, tidied)).strip()


def _digits(match: re.Match[str]) -> str:
    tens_before, small_ordinal, tens, unit, ordinal, number = match.groups()
    if small_ordinal:
        return with_ending(TENS[tens_before] + ORDINALS[small_ordinal])
    if unit:
        return str(TENS[tens] + NUMBERS[unit])
    if ordinal:
        return with_ending(ORDINALS.get(ordinal) or ROUND_ORDINALS[ordinal])
    return str(NUMBERS[number] if number in NUMBERS else TENS[number])


def with_ending(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"
