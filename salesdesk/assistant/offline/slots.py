"""Which of the business's fields a caller's words tell something about.

What exactly the words mean is for the tool that captures them
(:mod:`salesdesk.assistant.reading`); here it is only decided for which field they are meant.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from knowledge.search.numbers import ONES, TENS
from knowledge.search.words import is_content, stem, words_of
from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.offline import signs, visits
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.reading.numbers import amounts_in, spoken_words
from salesdesk.assistant.reading.values import NAMES


@dataclass(frozen=True, slots=True)
class Heard:
    """Words that tell something about a field."""

    field: FieldSpec
    value: str


def heard_in(text: str, fields: Iterable[FieldSpec], *, asked: str = "") -> list[Heard]:
    """What ``text`` tells, in the order of the fields; ``asked`` is the key that it answers."""
    found = []
    bare = _without_contacts(text)
    for spec in fields:
        words = text if spec.type in _CONTACTS else bare
        value = _answer_to(spec, words) if spec.key == asked else _volunteered(spec, words)
        if value:
            found.append(Heard(spec, value))
    return _without_guesses(_without_doubles(found, asked), text, asked)


_CONTACTS = (FieldType.EMAIL, FieldType.PHONE, FieldType.ADDRESS)


def _without_contacts(text: str) -> str:
    """The text without addresses, whose numbers are no amounts and whose words are no wishes."""
    for contact in (address_in(text), email_in(text)):
        text = text.replace(contact, " ") if contact else text
    return text


def _without_guesses(found: list[Heard], text: str, asked: str) -> list[Heard]:
    """Any words may answer an open question, but not those that tell something else."""
    if len(found) < 2:
        return found
    return [
        each
        for each in found
        if each.field.key != asked
        or each.field.type != FieldType.TEXT
        or _volunteered(each.field, text)
    ]


def _without_doubles(found: list[Heard], asked: str) -> list[Heard]:
    """One number is meant for one field: the one that was asked, or else the first."""
    kept: list[Heard] = []
    for each in sorted(found, key=lambda each: each.field.key != asked):
        same = {other.field.type for other in kept if other.value == each.value}
        if each.field.type not in same or each.field.type == FieldType.YES_NO:
            kept.append(each)
    return kept


# ---------------------------------------------------------------- answers to our question


def _answer_to(spec: FieldSpec, text: str) -> str:
    """What an answer to the field's question says, or nothing if it is none."""
    if spec.type == FieldType.YES_NO:
        return _owning(spec, text) or _yes_or_no(text)
    if value := _volunteered(spec, text):
        return value
    if caller.is_question(text) and not _is_loose(spec):
        return ""
    return _DIRECT[spec.type](spec, text)


def _is_loose(spec: FieldSpec) -> bool:
    return spec.type in (FieldType.NUMBER, FieldType.MONEY, FieldType.PHONE, FieldType.EMAIL)


def _yes_or_no(text: str) -> str:
    if caller.says_no(text):
        return "no"
    if caller.says_yes(text):
        return "yes"
    return "no" if signs.DENIES.search(text) and len(text.split()) <= 6 else ""


def _any_number(spec: FieldSpec, text: str) -> str:
    return text if amounts_in(spoken_words(text)) else ""


def _digits(spec: FieldSpec, text: str) -> str:
    keys = caller.pressed_keys(text)
    if keys:
        return re.sub(r"\D", "", keys)
    digits = "".join(re.findall(r"\d", " ".join(spoken_words(text))))
    return text if len(digits) >= signs.FEWEST_DIGITS or signs.THIS_NUMBER.search(text) else ""


def _any_date(spec: FieldSpec, text: str) -> str:
    return text if signs.DATE.search(text) else ""


def _any_words(spec: FieldSpec, text: str) -> str:
    words = signs.LEAD_IN.sub("", text).strip(" .,!")
    if not words or caller.is_only_filler(words) or caller.does_not_know(text):
        return ""
    return words if spec.lead_field not in NAMES or _is_name(words) else ""


def _is_name(words: str) -> bool:
    return bool(re.fullmatch(r"(?:[a-z][\w'-]*\.?\s*){1,4}", words, re.I)) and not any(
        word in _NO_NAMES or stem(word) in _NO_NAMES for word in words.lower().split()
    )


_NO_NAMES = frozenset(
    map(stem, "have want need think maybe am is are don't what not can dollars we i'm".split())
) | {*ONES, *TENS, "hundred", "thousand"}


def _some_address(spec: FieldSpec, text: str) -> str:
    words = _any_words(spec, text)
    return words if len(words.split()) > 2 else ""


def _nothing(spec: FieldSpec, text: str) -> str:
    return ""


_DIRECT: dict[str, Callable[[FieldSpec, str], str]] = {
    FieldType.TEXT: _any_words,
    FieldType.NUMBER: _any_number,
    FieldType.MONEY: _any_number,
    FieldType.DATE: _any_date,
    FieldType.EMAIL: _nothing,
    FieldType.PHONE: _digits,
    FieldType.ADDRESS: _some_address,
    FieldType.CHOICE: _nothing,
}


# ---------------------------------------------------------------- what is told unasked


def _volunteered(spec: FieldSpec, text: str) -> str:
    return _VOLUNTEERED[spec.type](spec, text)


def _email(spec: FieldSpec, text: str) -> str:
    return email_in(text)


def email_in(text: str) -> str:
    """An address, written or said (“jo dot lee at example dot com”), as it stands in the text."""
    if written := signs.EMAIL.search(text):
        return written.group()
    host = signs.SPOKEN_HOST.search(text)
    if host is None:
        return ""
    before = text[: host.start()].split()[-MOST_WORDS_OF_A_NAME:]
    return " ".join((*_end_of_name(before), host.group()))


MOST_WORDS_OF_A_NAME = 24


def _end_of_name(words: list[str]) -> list[str]:
    """The last word, with those joined to it by “dot” and the like, and letters spelled out."""
    first = len(words) - 1
    while first >= 2 and words[first - 1].lower() in signs.JOINS_EMAIL:
        first -= 2
    while first >= 1 and len(words[first - 1]) == 1 and len(words[first]) == 1:
        first -= 1
    return words[max(first, 0) :]


def _phone(spec: FieldSpec, text: str) -> str:
    found = signs.PHONE.search(text)
    return found.group().strip() if found else ""


def _address(spec: FieldSpec, text: str) -> str:
    return "" if caller.is_question(text) else address_in(text)


def address_in(text: str) -> str:
    """A street with its number, in digits or words, and what follows it; or nothing."""
    found = signs.ADDRESS.search(text) or signs.SPOKEN_ADDRESS.search(text)
    return found.group().strip(" .,") if found else ""


def _money(spec: FieldSpec, text: str) -> str:
    if not signs.MONEY_TALK.search(text) or _asks_for_price(text):
        return ""
    amounts = amounts_in(spoken_words(text))
    about = _words_about(spec) & _stems(text)
    if not any(each.is_money for each in amounts) and not (amounts and about):
        return ""
    return _part(text, lambda part: signs.MONEY_TALK.search(part) and _any_number(spec, part))


def _part(text: str, is_meant: Callable[[str], object]) -> str:
    """The part of the text that is meant, or else all of it."""
    return next((part for part in parts_of(text) if is_meant(part)), text)


def parts_of(text: str) -> list[str]:
    """“We have 12k, and the house is from 1990” → what is said before and after the comma."""
    return [part.strip() for part in signs.BETWEEN.split(text) if part.strip()]


def _asks_for_price(text: str) -> bool:
    return bool(signs.ASKS_AMOUNT.search(text))


def _number(spec: FieldSpec, text: str) -> str:
    if caller.is_question(text) or not amounts_in(spoken_words(text)):
        return ""
    if _is_age(spec):
        return _part(text, signs.AGE.search) if signs.AGE.search(text) else ""
    wanted = _words_about(spec)
    parts = (part for part in parts_of(text) if _any_number(spec, part))
    return next((each for each in parts if wanted & _stems(each)), "")


def _is_age(spec: FieldSpec) -> bool:
    words = f"{spec.key} {spec.label} {spec.question}".replace("_", " ")
    return bool(signs.AGE_FIELD.search(words))


def _yes_no(spec: FieldSpec, text: str) -> str:
    return "" if caller.is_question(text) else _owning(spec, text)


def _owning(spec: FieldSpec, text: str) -> str:
    """Whether somebody owns or rents, for the field that asks it."""
    if not re.search(r"own", f"{spec.key} {spec.label}", re.I):
        return ""
    if signs.TENANT.search(text):
        return "no"
    return "yes" if signs.OWNER.search(text) else ""


def _date(spec: FieldSpec, text: str) -> str:
    """Unasked, a date is one for the project's begin only where the words say so."""
    is_told = signs.BEGIN.search(text) and signs.DATE.search(text) and not caller.is_question(text)
    if not is_told or visits.asks_for_appointment(text):
        return ""
    return _part(text, lambda part: signs.BEGIN.search(part) and signs.DATE.search(part))


def _choice(spec: FieldSpec, text: str) -> str:
    """The choice that is named first; of the words of a choice any telling one will do."""
    words = [stem(word) for word in words_of(text)]
    places = {
        choice: min((words.index(term) for term in _stems(choice) if term in words), default=-1)
        for choice in spec.choices
    }
    named = [choice for choice, place in places.items() if place >= 0]
    return min(named, key=lambda choice: places[choice], default="")


def _name(spec: FieldSpec, text: str) -> str:
    if spec.lead_field not in NAMES:
        return ""
    first, _, last = caller.full_name(text).partition(" ")
    return {"first_name": first, "last_name": last}.get(spec.lead_field, f"{first} {last}".strip())


def _words_about(spec: FieldSpec) -> set[str]:
    return _stems(f"{spec.key} {spec.label}".replace("_", " ")) - signs.DULL


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words_of(text) if is_content(word)}


_VOLUNTEERED: dict[str, Callable[[FieldSpec, str], str]] = {
    FieldType.TEXT: _name,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _date,
    FieldType.EMAIL: _email,
    FieldType.PHONE: _phone,
    FieldType.ADDRESS: _address,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
}
