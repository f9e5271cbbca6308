"""How somebody can be reached, as people say it: addresses of e-mail, numbers, streets, names."""

import re
from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from knowledge.search.numbers import ONES, TENS, digits_for_words
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.result import Reading, Setting
from salesdesk.assistant.reading.spoken import address_in_words, email_in_words, phone_in_words
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164

NO_EMAIL = "I did not catch a whole e-mail address, like name at example dot com."
NO_SUCH_EMAIL = "That is not an e-mail address that can exist."
NO_PHONE = "I did not catch a phone number."
NO_ADDRESS = "I did not catch a street with its number."
NO_NAME = "I did not catch a name."
LONGEST_NAME = 80
LONGEST_ADDRESS = 300

# ---------------------------------------------------------------- e-mail

_WRITTEN_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_SIGN_OF_WORD = {
    "dot": ".",
    "period": ".",
    "point": ".",
    "underscore": "_",
    "dash": "-",
    "hyphen": "-",
    "minus": "-",
    "plus": "+",
    "at": "@",
}
_BEFORE_ADDRESS = frozenset(
    """is it's its that's me address mail email e-mail yes yeah sure okay ok well um uh so oh
    to use try reach write send for has be its' i'm""".split()
)
_NOT_SPOKEN = frozenset("um uh er like all lower lowercase case small caps space then and".split())
_AS_IN = re.compile(r"\b([a-z]) (?:as in|for|like) [a-z]+\b")
_SPELLED = re.compile(r"\b(?:[a-z]-){2,}[a-z]\b")
_DOUBLE = re.compile(r"\bdouble ([a-z0-9]+)\b")
_SYMBOL_WORD = re.compile(r"\bat sign\b|\bat symbol\b")
_EMAIL_WORD = re.compile(r"[a-z0-9']+|[.@_+-]")
_valid_email = EmailValidator()


def read_email(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """The address in small letters, from its written or its spoken form."""
    written = _WRITTEN_EMAIL.search(text)
    address = written.group().lower() if written else _spoken_email(text.lower())
    if not address:
        return Reading(problem=NO_EMAIL)
    try:
        _valid_email(address)
    except ValidationError:
        return Reading(problem=NO_SUCH_EMAIL)
    return Reading(address, email_in_words(address))


def _spoken_email(text: str) -> str:
    """``maria dot lopez at gmail dot com`` → ``maria.lopez@gmail.com``; empty if there is none."""
    text = _SYMBOL_WORD.sub("at", text.replace("’", "'").replace("e-mail", "email"))
    text = _SPELLED.sub(lambda found: found.group().replace("-", ""), text)
    text = _DOUBLE.sub(r"\1 \1", _AS_IN.sub(r"\1", text))
    parts = _EMAIL_WORD.findall(re.sub(r"(?<=[a-z])[.,](?=\s|$)", " ", text))
    words = digits_for_words(parts)
    signs = [_SIGN_OF_WORD.get(word, word) for word in words]
    for at in _places_of("@", signs):
        local, domain = _local_part(signs[:at]), _domain(signs[at + 1 :])
        if local and domain:
            return f"{local}@{domain}"
    return ""


def _places_of(sign: str, words: Sequence[str]) -> Iterator[int]:
    """From the end, as “reach me at” comes before the address."""
    return (at for at in range(len(words) - 1, -1, -1) if words[at] == sign)


def _local_part(words: Sequence[str]) -> str:
    """The last words up to one that leads in to an address, put together."""
    kept: list[str] = []
    for word in reversed(words):
        if word in _BEFORE_ADDRESS or word == "@":
            break
        if word not in _NOT_SPOKEN:
            kept.append(_one_as_digit(word))
    return "".join(reversed(kept)).strip(".")


def _domain(words: Sequence[str]) -> str:
    """Words, a dot, and a word, as often as there is another dot; what comes then is left out."""
    if "." not in words:
        return ""
    first = words.index(".")
    host, rest = "".join(words[:first]), list(words[first:])
    if not host or first > 6:
        return ""
    while len(rest) >= 2 and rest[0] == "." and rest[1][:1].isalnum():
        ending, rest = _letters_together(rest[1:])
        host = f"{host}.{ending}"
    return host if "." in host else ""


def _letters_together(words: list[str]) -> tuple[str, list[str]]:
    """A word, or letters said one by one, and what follows."""
    length = 1
    if len(words[0]) == 1:
        while length < len(words) and len(words[length]) == 1 and words[length].isalpha():
            length += 1
    return "".join(words[:length]), words[length:]


def _one_as_digit(word: str) -> str:
    return "1" if word == "one" else word


# ---------------------------------------------------------------- phone

_THIS_NUMBER = re.compile(
    r"\b(?:this|same|my) (?:number|phone|line|one)\b(?! is)|\bnumber (?:i'm|i am) calling from\b"
    r"|\bcalling from\b|\bthis is (?:fine|good|my number)\b|\bthe one you have\b",
    re.I,
)
_DIGIT_OF = {word: str(value) for value, word in enumerate(ONES)} | {"oh": "0", "o": "0"}
_TENS_OF = {word: str(place) for place, word in enumerate(TENS, start=2)}
_ZEROS = {"hundred": "00", "thousand": "000"}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_BETWEEN_DIGITS = frozenset("and then dash hyphen um uh dot space area code country".split())
_EXTENSION = re.compile(r"\b(?:extension|ext\.?)\b.*", re.I)
_PHONE_WORD = re.compile(r"\+|\d+|[a-z]+")
FEWEST_DIGITS = 5


def read_phone(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """The number as E.164; “this number” is the one that the customer calls from."""
    digits = _spoken_phone(_EXTENSION.sub("", text.lower()))
    if len(digits) < FEWEST_DIGITS and _THIS_NUMBER.search(text.replace("’", "'")):
        digits = setting.customer_phone
    if len(digits) < FEWEST_DIGITS:
        return Reading(problem=NO_PHONE)
    try:
        number = to_e164(digits)
    except InvalidInput as error:
        return Reading(problem=error.message)
    return Reading(number, phone_in_words(number))


def _spoken_phone(text: str) -> str:
    """The longest run of digits, however they were said."""
    runs = [""]
    words = _PHONE_WORD.findall(text.replace("-", " "))
    for at, word in enumerate(words):
        digits = _digits_of(word, words[at - 1] if at else "", words[at + 1 : at + 2])
        if digits is not None:
            runs[-1] += digits
        elif word not in _BETWEEN_DIGITS:
            runs.append("")
    return max(runs, key=len)


def _digits_of(word: str, before: str, after: Sequence[str]) -> str | None:
    """What the word adds to a number; None for a word that is no part of one."""
    if word.isdigit() or word in ("+", "plus"):
        return "+" if word == "plus" else word * _TIMES.get(before, 1)
    if word in _TIMES:
        return ""
    if word in _TENS_OF:
        is_followed = bool(after) and after[0] in ONES[1:10]
        return _TENS_OF[word] + ("" if is_followed else "0")
    if word in _DIGIT_OF:
        return _DIGIT_OF[word] * _TIMES.get(before, 1)
    return _ZEROS.get(word)


# ---------------------------------------------------------------- where and who

_BEFORE_STREET = re.compile(
    r"^(?:(?:yes|yeah|sure|okay|ok|well|um|uh|so|oh|it's|it is|that's|that is|the|my|our|home"
    r"|house|address|is|i live|we live|we are|we're|i'm|i am|at|on|in|located|you can find us"
    r"|come to)\b[\s,.:]*)+",
    re.I,
)
_HOUSE_NUMBER = re.compile(r"\d+[a-z]?\b", re.I)
_SMALL_WORDS = frozenset({"in", "at", "of", "and", "the", "on", "near"})
_POST_BOX = re.compile(r"\bp\.?\s?o\.? box \d+", re.I)


def read_address(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """The address as one line: a street and its number at least, or a post office box."""
    said = _BEFORE_STREET.sub("", text.strip()).strip(" .,")
    address = said if re.search(r"\d", said) else _with_digits(said)
    number = _HOUSE_NUMBER.search(address)
    after = address[number.end() :] if number else ""
    if not number or (not re.search(r"[a-zA-Z]{2}", after) and not _POST_BOX.search(address)):
        return Reading(problem=NO_ADDRESS)
    address = _capitalized(address)[:LONGEST_ADDRESS]
    return Reading(address, address_in_words(address))


def _with_digits(text: str) -> str:
    """``twelve twenty oak street`` → ``1220 oak street``: numbers side by side are one."""
    words = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text.lower()).replace(",", " ,").split()
    result: list[str] = []
    for word in digits_for_words(words):
        digit = _DIGIT_OF[word] if word in ("one", "oh") else word
        if digit.isdigit() and result and result[-1].isdigit():
            result[-1] += digit
        else:
            result.append(digit)
    return " ".join(result).replace(" ,", ",")


def _capitalized(text: str) -> str:
    """As written, unless nobody wrote it: then each name with a capital."""
    if text != text.lower():
        return text
    return " ".join(word if word in _SMALL_WORDS else word.capitalize() for word in text.split())


_INTRODUCED = re.compile(r"\b(?:my name is|my name's|name is|this is|i'm|i am|call me)\s+", re.I)
_BEFORE_NAME = re.compile(
    r"^(?:(?:yes|yeah|yep|sure|hi|hello|hey|there|okay|ok|well|um|uh|so|oh|of course|speaking"
    r"|it's|it is|that's|that is|it would be|here is|here's|my|first|last|full|name)\b[\s,.:!]*)+",
    re.I,
)
_AFTER_NAME = re.compile(
    r"[,.;!?]\s.*$"
    r"|\s+(?:speaking|here|calling|and|from|with|thanks|thank you|please|but|i|is)\b.*$",
    re.I,
)
_IN_NAME = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*")
_NOT_IN_NAMES = frozenset(
    """about anonymous any anything ask calling don't fine good great had have here how i i'd
    important in interested just looking my need never no nobody none not nothing rather ready say
    secret something sorry the to unknown very want what which who why you your""".split()
)
MOST_NAMES = 4


def read_name(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """The name without the words around it: “Yes, this is Maria.” → ``Maria``."""
    introduced = _INTRODUCED.split(text.replace("’", "'"))[-1].strip()
    said = _BEFORE_NAME.sub("", introduced).strip(" .,!?")
    if _is_spelled(_IN_NAME.findall(said)):
        said = "".join(_IN_NAME.findall(said)).lower()
    words = _IN_NAME.findall(_AFTER_NAME.sub("", said))
    if not 0 < len(words) <= MOST_NAMES or _NOT_IN_NAMES & {word.lower() for word in words}:
        return Reading(problem=NO_NAME)
    name = _capitalized(" ".join(words))[:LONGEST_NAME]
    return Reading(name, name)


def _is_spelled(words: Sequence[str]) -> bool:
    return len(words) > 1 and all(len(word.strip(".")) == 1 for word in words)
