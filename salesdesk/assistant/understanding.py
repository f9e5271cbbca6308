"""What a caller means, recognised by pattern: small questions about a piece of text.

The texts come from speech recognition on a telephone line, so punctuation is no evidence and a
word may be missing its beginning.
"""

import re
from collections.abc import Callable

_PEOPLE = (
    r"manager|human|person|people|someone|somebody|representative|rep|agent|supervisor|operator"
    r"|colleague|owner|boss|staff|advis[eo]r|technician"
)
_GOODBYE = re.compile(
    r"\b(good ?bye|bye|bye-bye)\b"
    r"|\bthat('s| is| was| will be|'ll be) (all|everything)\b(?! for)"
    r"|\bhave a (nice|good|great) (day|one|evening|weekend)\b"
    r"|\bsee you\b|\btalk (to you )?later\b|\bhang(ing)? up\b",
    re.I,
)


def _says(*alternatives: str) -> Callable[[str], bool]:
    """A test whether a text matches one of these expressions, in any case of letters."""
    pattern = re.compile("|".join(rf"(?:{alternative})" for alternative in alternatives), re.I)
    return lambda text: bool(pattern.search(text))


_asks = _says(
    r"\?",
    r"\b(what|what's|how|which|where|where's|why|who|who's|whose)\b",
    r"\b(do|does|did|can|could|will|would|are|is|have) (you|i|we|it|they|there|the|your|this)\b",
    r"\btell me\b|\bwant to know\b|\blike to know\b|\bwondering\b",
)
wants_no_more_calls = _says(
    r"\bdo[ -]not[ -]call\b",
    r"(?<!you )\b(don't|do not|never|not to) (ever )?(call|ring|phone|contact)\b",
    r"\bstop (calling|contacting|ringing)\b",
    r"\b(remove|take|delete) (me|us|my number|this number|our number) (off|from)\b",
    r"\b(remove|delete) my number\b|\bunsubscribe\b|\bno more calls\b|\bopt(ing)? out\b",
)
wants_person = _says(
    rf"\b(talk|speak|talking|speaking) (to|with) (a|an|the|your|some|any)?\s*(real |live )?"
    rf"({_PEOPLE})\b",
    r"\b(want|need|like|let me|can i|could i|may i) (to )?(talk|speak) (to|with) (a|the|your)\b",
    rf"\b(get|give|put|connect|transfer) (me|us)\b.{{0,24}}\b({_PEOPLE})\b",
    r"\b(a |an |real |live )(human|person)( being)?\b.*\b(please|now|call)\b",
    rf"\b(is there|have) (a |an |any |some)?(real |live )?({_PEOPLE})\b",
    r"\bcall me back\b|\bsomeone (to )?call\b|\bhave (someone|somebody) call\b",
)
asks_who_speaks = _says(
    r"\bare you (a |an )?(real|robot|machine|bot|human|computer|ai|person|recording)\b",
    r"\bis this (a |an )?(real|robot|machine|bot|computer|ai|recording|automated)\b",
    r"\bam i (talking|speaking) (to|with) (a |an )",
    r"\bwho (is this|are you|am i)\b|\bwho's this\b|\bwhat's your name\b|\bwhat is your name\b",
)
complains = _says(
    r"\b(angry|upset|furious|disappointed|frustrat\w+|unacceptable|ridiculous|terrible|awful)\b",
    r"\b(complain\w*|complaint|fed up|worst|rip[ -]?off|scam)\b",
    r"\b(nobody|no one) (came|called|showed|turned|answered|helped)\b",
    r"\b(second|third|fourth|fifth) time\b|\bbroke down again\b|\bstill (broken|not working)\b",
)
is_not_interested = _says(
    r"\b(not|no longer) (really )?interested\b|\bno interest\b|\bdon't (need|want) (any|it|that)\b"
)
asks_for_appointment = _says(
    r"\b(book|schedule|arrange|reserve|set up)\b",
    r"\b(make|need|want|like|get|have) (an?|the) (appointment|visit|inspection)\b",
    r"\bappointment\b",
    r"\b(come|stop|drop) (out|by|over|around)\b",
)
accepts_time = _says(
    r"\b(works?|suits?|would be (good|fine|great|ok|okay)|is (good|fine|ok|okay))\b",
    r"\b(would|will|can) (work|suit|do)\b|\bhow about\b|\bwhat about\b",
)
is_voicemail = _says(
    r"\bvoice ?mail\b",
    r"\bleave (a|the|your|me a|us a) (short )?(message|name)\b",
    r"\b(after|at) the (tone|beep|signal)\b",
    r"\b(can't|cannot|unable to) (come to|take|answer) (the|your) (phone|call)\b",
)
is_surely_voicemail = _says(
    r"\breached the (voice ?mail|mailbox)\b",
    r"\bleave (a|the|your|me a|us a) (short )?message (after|at) the\b",
)
states_interest = _says(
    r"\b(call|calling|phoning|asking|enquiring|inquiring|here) (you )?(about|for|regarding)\b",
    r"\binterested in\b|\bthinking (about|of)\b|\blooking (for|at|into|to)\b",
    r"\bwe (need|want)\b|\bi (need|want)\b|\b(i|we)('d| would) like\b",
)
asks_how_we_are = _says(r"\bhow (are|is) (you|it going|things|your day)\b")
checks_the_line = _says(r"\bcan you hear me\b|\bare you (still )?there\b|\banybody there\b")
says_yes = _says(
    r"^\W*((oh|well|um|okay|ok)\W+)?(yes|yeah|yep|yup|sure|correct|right|exactly|absolutely"
    r"|definitely|certainly|of course|please do|that's (right|correct)|that is (right|correct)"
    r"|sounds (good|great)|okay|ok|perfect|fine|go ahead|speaking|it is)\b"
)
says_no = _says(r"^\W*((oh|well|um)\W+)?(no(?! problem)|nope|nah|not really|not now|never mind)\b")
thanks = _says(r"\b(thanks|thank you)\b")
asks_to_wait = _says(r"\b(wait|stop|hold on|one moment|just a (moment|second))\b")
wants_to_type = _says(r"\b(enter|type|key in)\b.{0,20}\bnumber\b", r"\b(use|on) (the|my) keypad\b")
is_asked_for_time = _says(r"\b(good|right) (moment|time)[^.?!]*\?$|\bhave a (minute|moment)\?$")
has_wrong_number = _says(r"\bwrong (number|person)\b")

_NAME = re.compile(
    r"\b(?:[Tt]his is|[Mm]y name is|I am|I'm)\s+([A-Z][a-z]+)\b|^([A-Z][a-z]+) speaking\b"
)
_KEYS = re.compile(r"\bI pressed ([\d a-z]+)\.")
_FILLER = re.compile(
    r"\b(thank you|thanks|okay|ok|great|perfect|fine|good|alright|all right|right|very much|so much"
    r"|a lot|wonderful|excellent|no|yes|well|oh|and|then|for your (help|time)|wait|stop|hold on"
    r"|hello|hi|hey|good (morning|afternoon|evening)|there|sir|madam|please|um|uh|uh-huh|mhm|hmm"
    r"|one (moment|second)|just a (moment|second|minute)|sorry|excuse me|i see|i understand)\b",
    re.I,
)
_NOT_NAMES = frozenset({"Not", "Sorry", "Fine", "Good", "Calling", "Interested", "Looking", "Very"})


def is_question(text: str) -> bool:
    """Whether an answer is wanted; “Hello?” is no question."""
    return _asks(text) and not is_only_filler(text)


def says_goodbye(text: str) -> bool:
    return bool(_GOODBYE.search(text))


def without_goodbye(text: str) -> str:
    """What is left to answer when the goodbye is taken away."""
    return _GOODBYE.sub(" ", text).strip(" .,!?")


def is_only_filler(text: str) -> bool:
    """Whether nothing is left of the text without greetings, thanks and other small words."""
    return not re.search(r"\w", _FILLER.sub(" ", text))


def given_name(text: str) -> str:
    """The first name by which the caller introduces themselves, or nothing."""
    match = _NAME.search(text)
    name = (match.group(1) or match.group(2)) if match else ""
    return "" if name in _NOT_NAMES else name


def pressed_keys(text: str) -> str:
    """The keys that the caller pressed on the phone, as words, or nothing."""
    match = _KEYS.search(text)
    return match.group(1) if match else ""
