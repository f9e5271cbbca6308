"""TwiML documents read into verbs. Pure: nothing is fetched or played here.

Source: twilio.com/docs/voice/twiml. Defaults are Twilio's. A verb, noun or value that the sandbox
does not know is an error, never skipped: a typing mistake must not sound like silence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from calls.sandbox.notifications import CallError, Problem

FOREVER: Final = 0
"""``loop="0"``: until the call ends."""


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Play:
    """Either a WAV at ``url`` or the tones of ``digits``."""

    url: str = ""
    digits: str = ""
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: int = 1


@dataclass(frozen=True, slots=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Reject:
    reason: str = "rejected"


@dataclass(frozen=True, slots=True)
class Hangup:
    pass


@dataclass(frozen=True, slots=True)
class Gather:
    """Keys of the caller. ``timeout`` seconds without a key end it; empty ``action`` is the
    document's own address."""

    prompts: tuple[Say | Play | Pause, ...] = ()
    action: str = ""
    method: str = "POST"
    timeout: int = 5
    finish_on_key: str = "#"
    num_digits: int | None = None
    action_on_empty_result: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number to dial, with its own status callback."""

    number: str
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_callback_events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True)
class Conference:
    """A room by its name. ``starts``: it starts with this call; ``ends``: it ends with it."""

    name: str
    starts: bool = True
    ends: bool = False
    muted: bool = False
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_callback_events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring all numbers at once and talk with the first that answers, or enter the conference."""

    numbers: tuple[Number, ...] = ()
    conference: Conference | None = None
    action: str = ""
    method: str = "POST"
    timeout: int = 30
    time_limit: int = 14_400
    caller_id: str = ""


@dataclass(frozen=True, slots=True)
class ConnectStream:
    """A bidirectional media stream."""

    url: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    action: str = ""
    method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"


Verb = Say | Play | Pause | Redirect | Reject | Hangup | Gather | Dial | ConnectStream


def read_twiml(document: str) -> list[Verb]:
    """The document's verbs in order. Raises :class:`CallError` for what is no valid TwiML."""
    try:
        root = ElementTree.fromstring(document.strip())  # noqa: S314 (the product's own)
    except ElementTree.ParseError as error:
        raise CallError(Problem.DOCUMENT_PARSE, f"Document parse failure: {error}.") from None
    if root.tag != "Response":
        raise CallError(Problem.WRONG_ROOT, f"The root element is <{root.tag}>, not <Response>.")
    return [_read_verb(element) for element in root]


def _read_verb(element: Element) -> Verb:
    reader = _READERS.get(element.tag)
    if reader is None:
        raise _schema_error(f"<{element.tag}> is not a verb that the sandbox knows")
    return reader(element)


def _read_say(element: Element) -> Say:
    _refuse_children(element, {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s"})
    text = " ".join("".join(element.itertext()).split())
    return Say(text, loop=_integer(element, "loop", 1))


def _read_play(element: Element) -> Play:
    digits = element.get("digits", "")
    if digits.strip("0123456789*#w"):
        raise _schema_error("<Play digits> takes 0-9, *, # and w")
    url = _text(element)
    if not url and not digits:
        raise _schema_error("<Play> needs a URL or digits")
    return Play(url, digits, loop=_integer(element, "loop", 1))


def _read_pause(element: Element) -> Pause:
    return Pause(_integer(element, "length", 1))


def _read_redirect(element: Element) -> Redirect:
    return Redirect(_needed_text(element), _method(element))


def _read_reject(element: Element) -> Reject:
    return Reject(_choice(element, "reason", "rejected", ("rejected", "busy")))


def _read_hangup(element: Element) -> Hangup:
    _refuse_children(element, set())
    return Hangup()


def _read_gather(element: Element) -> Gather:
    _choice(element, "input", "dtmf", ("dtmf",))
    return Gather(
        prompts=tuple(_read_prompt(child) for child in element),
        action=element.get("action", ""),
        method=_method(element),
        timeout=_integer(element, "timeout", 5),
        finish_on_key=element.get("finishOnKey", "#"),
        num_digits=_integer(element, "numDigits", 0) or None,
        action_on_empty_result=_flag(element, "actionOnEmptyResult"),
    )


def _read_prompt(element: Element) -> Say | Play | Pause:
    verb = _read_verb(element)
    if isinstance(verb, Say | Play | Pause):
        return verb
    raise _schema_error(f"<Gather> cannot hold <{element.tag}>")


def _read_dial(element: Element) -> Dial:
    rooms = [_read_conference(child) for child in element if child.tag == "Conference"]
    numbers = [_read_number(child) for child in element if child.tag != "Conference"]
    if _text(element):
        numbers.append(Number(_text(element)))
    if bool(numbers) == bool(rooms) or len(rooms) > 1:
        raise _schema_error("<Dial> needs a number, or one <Conference>")
    return Dial(
        numbers=tuple(numbers),
        conference=rooms[0] if rooms else None,
        action=element.get("action", ""),
        method=_method(element),
        timeout=_integer(element, "timeout", 30),
        time_limit=_integer(element, "timeLimit", 14_400),
        caller_id=element.get("callerId", ""),
    )


def _read_number(element: Element) -> Number:
    if element.tag != "Number":
        raise _schema_error(f"<Dial> of a <{element.tag}> is not known to the sandbox")
    return Number(
        number=_needed_text(element),
        status_callback=element.get("statusCallback", ""),
        status_callback_method=_method(element, "statusCallbackMethod"),
        status_callback_events=tuple(element.get("statusCallbackEvent", "completed").split()),
    )


def _read_conference(element: Element) -> Conference:
    return Conference(
        name=_needed_text(element),
        starts=_flag(element, "startConferenceOnEnter", "true"),
        ends=_flag(element, "endConferenceOnExit"),
        muted=_flag(element, "muted"),
        status_callback=element.get("statusCallback", ""),
        status_callback_method=_method(element, "statusCallbackMethod"),
        status_callback_events=tuple(element.get("statusCallbackEvent", "").split()),
    )


def _read_connect(element: Element) -> ConnectStream:
    if [child.tag for child in element] != ["Stream"]:
        raise _schema_error("<Connect> needs one <Stream>")
    stream = element[0]
    return ConnectStream(
        url=stream.get("url", ""),
        parameters=dict(_read_parameter(child) for child in stream),
        name=stream.get("name", ""),
        action=element.get("action", ""),
        method=_method(element),
        status_callback=stream.get("statusCallback", ""),
        status_callback_method=_method(stream, "statusCallbackMethod"),
    )


def _read_parameter(element: Element) -> tuple[str, str]:
    if element.tag != "Parameter" or not element.get("name"):
        raise _schema_error("<Stream> takes <Parameter name value> only")
    return element.get("name", ""), element.get("value", "")


_READERS: Mapping[str, Callable[[Element], Verb]] = {
    "Say": _read_say,
    "Play": _read_play,
    "Pause": _read_pause,
    "Redirect": _read_redirect,
    "Reject": _read_reject,
    "Hangup": _read_hangup,
    "Gather": _read_gather,
    "Dial": _read_dial,
    "Connect": _read_connect,
}


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _needed_text(element: Element) -> str:
    text = _text(element)
    if not text:
        raise _schema_error(f"<{element.tag}> is empty")
    return text


def _method(element: Element, name: str = "method") -> str:
    method = element.get(name, "POST").upper()
    if method not in ("POST", "GET"):
        raise _schema_error(f"<{element.tag} {name}> must be POST or GET")
    return method


def _choice(element: Element, name: str, default: str, choices: tuple[str, ...]) -> str:
    value = element.get(name, default)
    if value not in choices:
        raise _schema_error(f"<{element.tag} {name}> must be {' or '.join(choices)}")
    return value


def _integer(element: Element, name: str, default: int) -> int:
    value = element.get(name, str(default))
    if not value.isdecimal():
        raise _schema_error(f"<{element.tag} {name}> must be a whole number")
    return int(value)


def _flag(element: Element, name: str, default: str = "false") -> bool:
    return _choice(element, name, default, ("true", "false")) == "true"


def _refuse_children(element: Element, known: set[str]) -> None:
    for child in element:
        if child.tag not in known:
            raise _schema_error(f"<{element.tag}> cannot hold <{child.tag}>")


def _schema_error(message: str) -> CallError:
    return CallError(Problem.SCHEMA, f"Schema validation: {message}.")
