"""What a customer wants, told by the words that speak for each intent."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from salesdesk.assistant.analysis.types import Intent
from salesdesk.assistant.analysis.words import find_wish, qualifying, understanding, visits
from salesdesk.assistant.loop.conversation import Conversation

DOUBT = 0.5
"""What speaks against any reading before a word is read."""
SURE_ENOUGH = 0.4
"""Below this the customer is asked what they mean."""

Sees = Callable[[Conversation, str], bool]


@dataclass(frozen=True, slots=True)
class Sign:
    """Something in a message that speaks for an intent, with its weight and its words."""

    intent: Intent
    weight: float
    says: str
    sees: Sees


@dataclass(frozen=True, slots=True)
class Reading:
    """The likeliest intent, how certain it is (0 to 1), and what spoke for it."""

    intent: Intent
    certainty: float
    signs: tuple[str, ...] = ()
    rival: Intent | None = None


def read_intent(conversation: Conversation, text: str) -> Reading:
    """The intent with the greatest weight of signs.

    ``certainty`` is the weight of the best divided by the sum of the best, the second best and
    :data:`DOUBT`: near 1 where much speaks for it and nothing for another, below a half where two
    are equal, 0 where nothing speaks for anything. A general intent is left out where a particular
    one of its kind was seen (a question of price is no other question besides).
    """
    seen = [sign for sign in SIGNS if sign.sees(conversation, text)]
    weights: dict[Intent, float] = {}
    for sign in seen:
        weights[sign.intent] = weights.get(sign.intent, 0.0) + sign.weight
    for particular, general in COVERS.items():
        if particular in weights:
            weights = {each: weight for each, weight in weights.items() if each not in general}
    if not weights:
        return Reading(Intent.OTHER, 0.0)
    best, *others = sorted(weights, key=lambda intent: -weights[intent])
    second = weights[others[0]] if others else 0.0
    certainty = weights[best] / (weights[best] + second + DOUBT)
    signs = tuple(sign.says for sign in seen if sign.intent is best)
    return Reading(best, round(certainty, 3), signs, others[0] if others else None)


def _words(*alternatives: str) -> Sees:
    compiled = re.compile("|".join(rf"(?:{alternative})" for alternative in alternatives), re.I)
    return lambda _, text: bool(compiled.search(text))


def _text(test: Callable[[str], bool]) -> Sees:
    return lambda _, text: test(text)


def _wishes_day(_: Conversation, text: str) -> bool:
    return bool(find_wish(text).day)


def _answers_time(conversation: Conversation, text: str) -> bool:
    """A day, a time or a yes to what was asked about an appointment."""
    asked = conversation.last_agent_line()
    if not _ASKS_TIME.search(asked):
        return False
    return bool(find_wish(text)) or understanding.says_yes(text)


def _answers_question(conversation: Conversation, text: str) -> bool:
    """Something other than a question, after the agent has asked one about the customer."""
    asked = conversation.last_agent_line()
    if understanding.is_question(text) or _ASKS_TIME.search(asked):
        return False
    return qualifying.was_asked(asked) or (
        asked.endswith("?") and (understanding.says_yes(text) or understanding.says_no(text))
    )


_ASKS_TIME = re.compile(
    r"\b(appointment|visit|inspection|day and time|which (day|time)|come by|slot)\b[^.!]*\?\s*$",
    re.I,
)
_APPOINTMENT = r"(appointment|visit|inspection|meeting|booking|slot|consultation)"

SIGNS: tuple[Sign, ...] = (
    Sign(Intent.OPT_OUT, 3.0, "asks not to be contacted", _text(understanding.wants_no_more_calls)),
    Sign(
        Intent.WRONG_NUMBER, 3.0, "says it is the wrong one", _text(understanding.has_wrong_number)
    ),
    Sign(Intent.PERSON, 2.5, "asks for a person", _text(understanding.wants_person)),
    Sign(Intent.COMPLAINT, 2.0, "is upset", _text(understanding.complains)),
    Sign(
        Intent.CANCELLING,
        3.0,
        "wants something cancelled",
        _words(
            r"\b(cancel|call off)\b(?!.{0,40}\b(policy|fee|possible)\b)",
            rf"\b(no longer|don't|do not) need (the|that|my) {_APPOINTMENT}\b",
        ),
    ),
    Sign(
        Intent.MOVING,
        3.0,
        "wants an appointment at another time",
        _words(
            r"\b(reschedule|postpone)\b|\bcan('t|not) make (it|that)\b",
            rf"\b(move|change|shift|push)\b.{{0,30}}\b{_APPOINTMENT}\b",
            rf"\b{_APPOINTMENT}\b.{{0,40}}\b(another|different|later|earlier) (day|time|date)\b",
        ),
    ),
    Sign(Intent.BOOKING, 2.0, "asks for an appointment", _text(visits.asks_for_appointment)),
    Sign(Intent.BOOKING, 1.0, "names a day", _wishes_day),
    Sign(Intent.BOOKING, 2.0, "answers about a time", _answers_time),
    Sign(
        Intent.PRICE,
        2.0,
        "asks what it costs",
        _words(
            r"\b(how much|price[sd]?|pricing|costs?|quote|estimate|fees?|charge)\b",
            r"\b(expensive|cheap\w*)\b",
        ),
    ),
    Sign(
        Intent.WARRANTY,
        2.5,
        "asks about the warranty",
        _words(r"\b(warrant\w+|guarantee\w*|covered|coverage)\b"),
    ),
    Sign(
        Intent.FINANCING,
        2.5,
        "asks about financing",
        _words(
            r"\b(financ\w+|loans?|leas(e|es|ing)|instal+ments?|interest rate|apr|credit)\b",
            r"\bmonthly (payments?|rate)\b|\bpay (it )?(off|monthly|over)\b",
            r"\b(down payment|zero down)\b",
        ),
    ),
    Sign(
        Intent.OBJECTION,
        2.5,
        "has an objection",
        _words(
            r"\b(too|so|pretty|really|very) expensive\b|\b(too|so) much money\b",
            r"\bcan('t|not) afford\b|\bnot worth\b|\bbad (time|moment)\b",
            r"\b(think|talk) (about it|it over)\b",
            r"\b(ask|talk to|check with) my (wife|husband|partner|spouse)\b",
            r"\b(cheaper|better) (elsewhere|price|offer|quote)\b|\balready have\b",
            r"\bnot (sure|convinced|ready)\b|\b(don't|do not) (believe|trust|think)\b",
        ),
    ),
    Sign(Intent.OBJECTION, 2.5, "is not interested", _text(understanding.is_not_interested)),
    Sign(Intent.QUALIFICATION, 1.5, "tells of themselves", _text(qualifying.tells_something)),
    Sign(Intent.QUALIFICATION, 1.5, "answers the agent's question", _answers_question),
    Sign(
        Intent.QUALIFICATION, 1.0, "says what they look for", _text(understanding.states_interest)
    ),
    Sign(
        Intent.QUALIFICATION,
        1.0,
        "gives a name",
        _text(lambda text: bool(understanding.given_name(text))),
    ),
    Sign(Intent.PRODUCT_QUESTION, 1.5, "asks a question", _text(understanding.is_question)),
    Sign(Intent.GOODBYE, 2.5, "says goodbye", _text(understanding.says_goodbye)),
    Sign(Intent.SMALL_TALK, 2.0, "asks who is answering", _text(understanding.asks_who_speaks)),
    Sign(Intent.SMALL_TALK, 2.0, "asks how the agent is", _text(understanding.asks_how_we_are)),
    Sign(Intent.SMALL_TALK, 2.0, "checks the line", _text(understanding.checks_the_line)),
    Sign(
        Intent.SMALL_TALK, 1.5, "says no more than small words", _text(understanding.is_only_filler)
    ),
)

COVERS: dict[Intent, frozenset[Intent]] = {
    Intent.OPT_OUT: frozenset({Intent.OBJECTION, Intent.CANCELLING, Intent.PRODUCT_QUESTION}),
    Intent.WRONG_NUMBER: frozenset({Intent.QUALIFICATION, Intent.PRODUCT_QUESTION}),
    Intent.PERSON: frozenset({Intent.PRODUCT_QUESTION, Intent.QUALIFICATION, Intent.SMALL_TALK}),
    Intent.COMPLAINT: frozenset({Intent.PRODUCT_QUESTION}),
    Intent.MOVING: frozenset({Intent.BOOKING, Intent.PRODUCT_QUESTION, Intent.OBJECTION}),
    Intent.CANCELLING: frozenset({Intent.BOOKING, Intent.PRODUCT_QUESTION, Intent.QUALIFICATION}),
    Intent.BOOKING: frozenset({Intent.PRODUCT_QUESTION, Intent.QUALIFICATION}),
    Intent.OBJECTION: frozenset({Intent.PRICE, Intent.QUALIFICATION}),
    Intent.FINANCING: frozenset({Intent.PRICE, Intent.PRODUCT_QUESTION, Intent.QUALIFICATION}),
    Intent.WARRANTY: frozenset({Intent.PRODUCT_QUESTION, Intent.QUALIFICATION}),
    Intent.PRICE: frozenset({Intent.PRODUCT_QUESTION, Intent.QUALIFICATION}),
    Intent.GOODBYE: frozenset({Intent.SMALL_TALK}),
    Intent.SMALL_TALK: frozenset({Intent.PRODUCT_QUESTION}),
    Intent.QUALIFICATION: frozenset({Intent.SMALL_TALK}),
}
"""What is not counted besides the particular intent on the left."""
