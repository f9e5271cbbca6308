"""The things that a message names: addresses, numbers, amounts, days, times, products, names."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import phonenumbers

from salesdesk.assistant.analysis.types import Entity, EntityType
from salesdesk.assistant.analysis.words import find_wish, understanding
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.dates import read_date
from salesdesk.assistant.reading.numbers import amounts_in, spoken_words
from salesdesk.assistant.reading.result import Setting

MOST = 50
MOST_DAYS = 10

_NUMBER_WORDS = (
    r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundred|thousand|million|grand|half|and)"
)
_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,4})?"
_SCALE = r"(?:\s?(?:k|thousand|grand|million)\b)?"
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.I)
_MONEY = re.compile(
    rf"\$\s?{_DIGITS}{_SCALE}"
    rf"|\b{_DIGITS}{_SCALE}\s?(?:dollars|bucks|usd)\b"
    rf"|\b{_DIGITS}\s?(?:k|grand)\b"
    rf"|\b{_NUMBER_WORDS}(?:[\s-]{{1,3}}{_NUMBER_WORDS}){{0,12}}[\s-]{{1,3}}(?:dollars|bucks|grand)\b",
    re.I,
)
_NUMBER = re.compile(rf"(?<![\w.,])-?{_DIGITS}(?![\w@])")
_WRITTEN_DAY = re.compile(r"\b(?:\d{4}-\d\d?-\d\d?|\d\d?/\d\d?(?:/(?:\d\d){1,2})?)\b")
_PRODUCT = re.compile(
    r"\b(?:solar(?: panels?| roof)?|panels?|inverters?|batter(?:y|ies)|ev chargers?|heat pumps?"
    r"|furnaces?|thermostats?|boilers?|air condition(?:er|ers|ing)|mini[- ]splits?|ductless"
    r"|(?:metal |tile |shingle )?roof(?:s|ing)?|shingles|gutters?|skylights?|insulation|windows?"
    r"|water heaters?|hvac)\b",
    re.I,
)

Span = tuple[int, int]
Found = tuple[Span, Entity]


def find_entities(text: str, today: date) -> list[Entity]:
    """In the order of the words; no word belongs to two of them."""
    taken: list[Span] = []
    found: list[Found] = []
    for reader in READERS:
        for span, entity in reader(text, today):
            if not any(span[0] < end and start < span[1] for start, end in taken):
                taken.append(span)
                found.append((span, entity))
    found.sort(key=lambda each: each[0])
    return [entity for _, entity in found][:MOST]


def _made(kind: EntityType, value: str, text: str, start: int) -> Found:
    return (start, start + len(text)), Entity(type=kind, value=value, text=text)


def _emails(text: str, today: date) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        address = match.group().rstrip(".-")
        yield _made(EntityType.EMAIL, address.lower(), address, match.start())


def _phones(text: str, today: date) -> Iterator[Found]:
    for match in phonenumbers.PhoneNumberMatcher(text, "US"):
        e164 = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        yield _made(EntityType.PHONE, e164, match.raw_string, match.start)


def _money(text: str, today: date) -> Iterator[Found]:
    for match in _MONEY.finditer(text):
        amounts = amounts_in(spoken_words(match.group()))
        if amounts:
            value = f"{amounts[0].value:.2f}".removesuffix(".00")
            yield _made(EntityType.MONEY, value, match.group(), match.start())


def _written_days(text: str, today: date) -> Iterator[Found]:
    for match in list(_WRITTEN_DAY.finditer(text))[:MOST_DAYS]:
        value = _iso_day(match.group(), today)
        if value != match.group() or "-" in value:
            yield _made(EntityType.DATE, value, match.group(), match.start())


def _days_and_times(text: str, today: date) -> Iterator[Found]:
    """Clause by clause, as each may wish for another day."""
    for clause in list(re.finditer(r"[^,;.?!]+", text))[:MOST_DAYS]:
        wish = find_wish(clause.group())
        for kind, words in ((EntityType.DATE, wish.day), (EntityType.TIME, wish.time)):
            place = clause.group().lower().find(words.lower()) if words else -1
            if place >= 0:
                start = clause.start() + place
                said = text[start : start + len(words)]
                value = _iso_day(words, today) if kind is EntityType.DATE else words
                yield _made(kind, value, said, start)


def _iso_day(words: str, today: date) -> str:
    reading = read_date(FieldSpec("day", "Day"), words, Setting(today))
    return str(reading.value) if reading.value else words


def _products(text: str, today: date) -> Iterator[Found]:
    for match in _PRODUCT.finditer(text):
        yield _made(EntityType.PRODUCT, match.group().lower(), match.group(), match.start())


def _names(text: str, today: date) -> Iterator[Found]:
    name = understanding.given_name(text)
    if name:
        yield _made(EntityType.NAME, name, name, text.index(name))


def _numbers(text: str, today: date) -> Iterator[Found]:
    for match in _NUMBER.finditer(text):
        said = match.group().rstrip(",.")
        yield _made(EntityType.NUMBER, said.replace(",", ""), said, match.start())


READERS: tuple[Callable[[str, date], Iterator[Found]], ...] = (
    _emails,
    _phones,
    _money,
    _written_days,
    _days_and_times,
    _products,
    _names,
    _numbers,
)
"""In the order of their claims: what one has found, those after it do not."""
