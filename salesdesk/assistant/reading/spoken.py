"""How values are said, so that they can be read back: in words, letter by letter, in groups."""

from datetime import date, timedelta

import phonenumbers

from knowledge.search.numbers import ONES, TENS, in_words

MONTHS = (
    "January February March April May June July August September October November December"
).split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
KNOWN_MAIL_HOSTS = frozenset(
    "gmail yahoo hotmail outlook icloud aol comcast verizon proton protonmail live msn att".split()
)
SIGNS = {".": "dot", "_": "underscore", "-": "dash", "+": "plus", "@": "at"}
SOON = timedelta(days=28)

_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def number_in_words(value: float) -> str:
    """``2.5`` → ``two point five``; decimals digit by digit."""
    if float(value).is_integer():
        return in_words(int(value))
    whole, _, decimals = f"{abs(value):.10f}".rstrip("0").partition(".")
    sign = "minus " if value < 0 else ""
    return f"{sign}{in_words(int(whole))} point {digits_in_words(decimals)}"


def dollars_in_words(value: float) -> str:
    """``1500.5`` → ``one thousand five hundred dollars and fifty cents``."""
    dollars, cents = divmod(round(value * 100), 100)
    words = f"{in_words(dollars)} dollar{'' if dollars == 1 else 's'}"
    return f"{words} and {in_words(cents)} cent{'' if cents == 1 else 's'}" if cents else words


def digits_in_words(digits: str) -> str:
    return " ".join(ONES[int(digit)] for digit in digits)


def ordinal_in_words(number: int) -> str:
    """``21`` → ``twenty-first``."""
    before, dash, last = in_words(number).rpartition("-")
    if last in _IRREGULAR:
        return before + dash + _IRREGULAR[last]
    return f"{before}{dash}{last[:-1]}ieth" if last in TENS else f"{before}{dash}{last}th"


def year_in_words(year: int) -> str:
    """``2027`` → ``twenty twenty-seven``; ``2005`` → ``two thousand five``."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return in_words(year)
    if not rest:
        return f"{in_words(century)} hundred"
    return f"{in_words(century)} {'oh ' if rest < 10 else ''}{in_words(rest)}"


def day_in_words(day: date, today: date) -> str:
    """With its weekday when it is soon, and with its year when it is another one."""
    words = f"{MONTHS[day.month - 1]} {ordinal_in_words(day.day)}"
    if today <= day <= today + SOON:
        words = f"{WEEKDAYS[day.weekday()]}, {words}"
    return words if day.year == today.year else f"{words}, {year_in_words(day.year)}"


def phone_in_words(e164: str) -> str:
    """Digit by digit, in the groups in which its country writes it; a US number without ``+1``."""
    number = phonenumbers.parse(e164, None)
    is_american = number.country_code == 1
    style = phonenumbers.PhoneNumberFormat
    written = phonenumbers.format_number(
        number, style.NATIONAL if is_american else style.INTERNATIONAL
    )
    groups = "".join(sign if sign.isdigit() else " " for sign in written).split()
    words = ", ".join(digits_in_words(group) for group in groups)
    return words if is_american else f"plus {words}"


def email_in_words(address: str) -> str:
    """What stands before the @ letter by letter, its provider as a word where it is well known."""
    local, _, domain = address.partition("@")
    host, dot, rest = domain.partition(".")
    spoken_host = host if host in KNOWN_MAIL_HOSTS else spelled(host)
    ending = rest.replace(".", " dot ")
    return f"{spelled(local)} at {spoken_host} {'dot' if dot else ''} {ending}".strip()


def spelled(text: str) -> str:
    """``jo.4`` → ``j o dot four``."""
    return " ".join(_sign(sign) for sign in text.lower())


def _sign(sign: str) -> str:
    return ONES[int(sign)] if sign in "0123456789" else SIGNS.get(sign, sign)


def address_in_words(address: str) -> str:
    """Numbers of more than two digits digit by digit, so that none is misheard."""
    words = (_number_of_address(word) for word in address.split())
    return " ".join(words)


def _number_of_address(word: str) -> str:
    digits = word.rstrip(",.")
    if not (digits.isascii() and digits.isdigit()):
        return word
    spoken = digits_in_words(digits) if len(digits) > 2 else in_words(int(digits))
    return spoken + word[len(digits) :]
