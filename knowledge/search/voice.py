"""Written text as it is spoken on the telephone: numbers, money, units and dates in words."""

import re
from collections.abc import Callable

from knowledge.search.numbers import ONES, in_words

ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
UNITS: dict[str, tuple[str, str]] = {
    "kwh": ("kilowatt hour", "kilowatt hours"),
    "mwh": ("megawatt hour", "megawatt hours"),
    "kw": ("kilowatt", "kilowatts"),
    "mw": ("megawatt", "megawatts"),
    "w": ("watt", "watts"),
    "v": ("volt", "volts"),
    "a": ("amp", "amps"),
    "db": ("decibel", "decibels"),
    "yrs": ("year", "years"),
    "yr": ("year", "years"),
    "mos": ("month", "months"),
    "hrs": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "mins": ("minute", "minutes"),
    "min": ("minute", "minutes"),
    "lbs": ("pound", "pounds"),
    "lb": ("pound", "pounds"),
    "sqft": ("square foot", "square feet"),
    "sq ft": ("square foot", "square feet"),
    "ft": ("foot", "feet"),
    "in": ("inch", "inches"),
    "mph": ("mile an hour", "miles an hour"),
    "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°c": ("degree Celsius", "degrees Celsius"),
    "°": ("degree", "degrees"),
    "%": ("percent", "percent"),
}
MONTHS = (
    "January February March April May June July August September October November December"
).split()
ABBREVIATIONS = {
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "and so on",
    "approx.": "about",
    "incl.": "including",
    "vs.": "versus",
    "&": "and",
    "w/": "with",
    "HVAC": "H V A C",
    "SEER": "seer",
}

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str], ...] = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<[^<>]{1,200}>"), " "),
    (re.compile(r"\(?\b(?:https?://|www\.)\S+", re.I), ""),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+"), "our e-mail address"),
    (re.compile(r"^\s*(?:#{1,6}|[-*+•>]|\d+[.)])\s+", re.M), ""),
    (re.compile(r"[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}"), ""),
    (re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b"), lambda m: _iso_date(m)),
    (
        re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b"),
        lambda m: _date(m[1], int(m[2]), m[3]),
    ),
    (re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s?([ap])\.?m\.?(?=\W|$)", re.I), lambda m: _clock(m)),
    (
        re.compile(rf"\$({_NUMBER})(?:\s?(k|thousand|million|billion)\b)?(?:/(\w+))?", re.I),
        lambda m: _money(m),
    ),
    (re.compile(r"\b(\d+)/7\b"), lambda m: f"{in_words(int(m[1]))} seven"),
    (
        re.compile(rf"({_NUMBER})\s?(?:-|–|—)\s?(?={_NUMBER})"),
        lambda m: f"{_spoken(m[1])} to ",
    ),
    (
        re.compile(rf"(?<![\w.])({_NUMBER})[\s-]?({_UNIT})(?![\w°%])", re.I),
        lambda m: _measure(m),
    ),
    (re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b"), lambda m: ordinal(int(m[1]))),
    (re.compile(r"\b((?:19|20)\d{2})\b(?!,\d)"), lambda m: _year(int(m[1]))),
    (re.compile(rf"(?<![\w.])({_NUMBER})(?![\w])"), lambda m: _spoken(m[1])),
    (re.compile(r"\b([A-Z]{1,3})-?(\d+)\b"), lambda m: f"{' '.join(m[1])} {in_words(int(m[2]))}"),
    (re.compile(r"\s*\|\s*"), ", "),
    (re.compile(r"\(\s*\)"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+([,.;:!?])"), r"\1"),
)


def spoken(text: str) -> str:
    """The text for the ear: no markup, no addresses, nothing that is not a word."""
    for written, said in ABBREVIATIONS.items():
        text = re.sub(rf"(?<![\w]){re.escape(written)}(?!\w)", said, text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.strip()


def spoken_row(head: str, row: str) -> str:
    """A row of a table as a sentence: ``Terrace 36: price, ten thousand three hundred dollars.``"""
    names, cells = ([cell.strip() for cell in line.split("|")] for line in (head, row))
    first, *rest = cells
    pairs = [
        f"{name.lower()} {cell}" if name else cell
        for name, cell in zip(names[1:] + [""] * len(rest), rest, strict=False)
        if cell and cell not in "-–—"
    ]
    said = spoken(f"{first}: {', '.join(pairs)}" if pairs else first)
    return said if said.endswith(".") else f"{said}."


def ordinal(number: int) -> str:
    """``21`` → ``twenty-first``."""
    before, dash, last = in_words(number).rpartition("-")
    lead, space, word = last.rpartition(" ")
    if word in ORDINALS:
        said = ORDINALS[word]
    elif word.endswith("y"):
        said = f"{word[:-1]}ieth"
    else:
        said = f"{word}th"
    return f"{before}{dash}{lead}{space}{said}"


def _spoken(number: str) -> str:
    whole, point, fraction = number.replace(",", "").partition(".")
    if len(whole) > 12 or (len(whole) > 1 and whole[0] == "0"):
        return " ".join(ONES[int(digit)] for digit in whole)
    said = in_words(int(whole))
    digits = fraction.rstrip("0")
    return f"{said} point {' '.join(ONES[int(d)] for d in digits)}" if point and digits else said


def _measure(match: re.Match[str]) -> str:
    number, unit = match[1], match[2].lower()
    if unit in ("in", "a", "w", "v") and match[2].islower() and " " in match[0]:
        return f"{_spoken(number)} {match[2]}"
    one, many = UNITS[unit]
    return f"{_spoken(number)} {one if number == '1' else many}"


def _money(match: re.Match[str]) -> str:
    number, scale, per = match[1].replace(",", ""), (match[2] or "").lower(), match[3]
    scale = "thousand" if scale == "k" else scale
    dollars, _, cents = number.partition(".")
    if scale:
        said = f"{_spoken(number)} {scale} dollars"
    elif cents and int(cents):
        said = f"{_dollars(int(dollars))} and {in_words(int(cents.ljust(2, '0')[:2]))} cents"
    else:
        said = _dollars(int(dollars))
    return f"{said} per {per}" if per else said


def _dollars(amount: int) -> str:
    return f"{in_words(amount)} dollar{'' if amount == 1 else 's'}"


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if rest == 0:
        return in_words(year) if year % 1000 == 0 else f"{in_words(century)} hundred"
    if 2000 < year < 2010:
        return in_words(year)
    return f"{in_words(century)} {in_words(rest) if rest > 9 else f'oh {ONES[rest]}'}"


def _date(month: str, day: int, year: str | None) -> str:
    said = f"{month} {ordinal(day)}"
    return f"{said}, {_year(int(year))}" if year else said


def _iso_date(match: re.Match[str]) -> str:
    month = int(match[2])
    return _date(MONTHS[month - 1], int(match[3]), match[1]) if 1 <= month <= 12 else match[0]


def _clock(match: re.Match[str]) -> str:
    hour, minute, half = in_words(int(match[1])), int(match[2] or 0), match[3].lower()
    past = "" if not minute else f" {'oh ' if minute < 10 else ''}{in_words(minute)}"
    return f"{hour}{past} {half} m"
