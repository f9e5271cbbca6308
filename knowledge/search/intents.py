"""What a caller is after, by rules: a class decides what kind of document answers best."""

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.enums import DocumentType


class Intent(StrEnum):
    PRICE = "price"
    WARRANTY = "warranty"
    FINANCING = "financing"
    BOOKING = "booking"
    PROCEDURE = "procedure"
    SERVICE = "service"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    PRODUCT_INFO = "product_info"
    COMPANY = "company"
    SMALLTALK = "smalltalk"
    OTHER = "other"


_RULES: tuple[tuple[Intent, int, str], ...] = (
    (Intent.PRICE, 2, r"how much (?:is|are|does|do|for|would|to)\b|price|cost|charge\b|fee\b|\$"),
    (Intent.PRICE, 1, r"\b(?:discount|deal|cheaper|expensive|quote|estimate|per foot|gonna run)\b"),
    (Intent.WARRANTY, 3, r"\b(?:warrant\w*|guarante\w*)\b"),
    (
        Intent.WARRANTY,
        2,
        r"\b(?:covered|stand(?:ing)? behind|cracks? by itself|who (?:pays|fixes))\b",
    ),
    (
        Intent.FINANCING,
        3,
        r"\b(?:financ\w*|loan|leas(?:e|ing)|rent(?:ing)?|credit (?:score|check)|apr|interest"
        r"|down payment|monthly payment|installments?|tax credit|rebate)\b",
    ),
    (Intent.BOOKING, 3, r"\b(?:appointment|schedule|reschedule|book|come (?:by|out)|site visit)\b"),
    (Intent.BOOKING, 2, r"\b(?:my visit|another day|what time|adviser|available on)\b"),
    (Intent.PROCEDURE, 2, r"\b(?:permit\w*|inspection|install(?:ation)?|how many days|crew)\b"),
    (Intent.PROCEDURE, 1, r"\b(?:how long does .* take|next step|paperwork|process|sign)\b"),
    (
        Intent.SERVICE,
        3,
        r"\b(?:repair|fix|broke\w*|leak\w*|quit|smells?|emergency|filter|clean\w*)\b",
    ),
    (
        Intent.OBJECTION,
        2,
        r"\b(?:too (?:expensive|much)|think about it|not interested|scam|worth it|smart to"
        r"|less elsewhere|match|beat that|another (?:outfit|company)|still (?:smart|make sense)"
        r"|where'd you get my|do not call|won't)\b",
    ),
    (Intent.COMPLAINT, 4, r"\b(?:complain\w*|not happy|unhappy|manager|above you|lawyer|ruined)\b"),
    (
        Intent.COMPANY,
        2,
        r"\b(?:your (?:own people|company|office|crew)|licensed|insured|hours|open)\b",
    ),
    (
        Intent.PRODUCT_INFO,
        1,
        r"\b(?:efficien\w*|how (?:loud|heavy|big|many|long)|weigh\w*|size|model|work (?:with|in)"
        r"|difference|data sheet|volts?|watts?|kilowatts?|decibels?|what is|what's)\b",
    ),
    (
        Intent.SMALLTALK,
        3,
        r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thank(?:s| you)|bye|goodbye"
        r"|how are you)[^?]{0,25}\??$|\b(?:tell me a joke|are you a (?:robot|real person|human))\b",
    ),
)
_COMPILED = tuple(
    (intent, weight, re.compile(rule, re.IGNORECASE)) for intent, weight, rule in _RULES
)

ANSWERED_BY: dict[Intent, frozenset[str]] = {
    Intent.PRICE: frozenset({DocumentType.PRICE_LIST, DocumentType.PRODUCT}),
    Intent.WARRANTY: frozenset({DocumentType.WARRANTY}),
    Intent.FINANCING: frozenset({DocumentType.FINANCING}),
    Intent.BOOKING: frozenset({DocumentType.PROCEDURE, DocumentType.POLICY}),
    Intent.PROCEDURE: frozenset({DocumentType.PROCEDURE}),
    Intent.SERVICE: frozenset({DocumentType.PROCEDURE, DocumentType.FAQ}),
    Intent.OBJECTION: frozenset({DocumentType.OBJECTION}),
    Intent.COMPLAINT: frozenset({DocumentType.POLICY}),
    Intent.COMPANY: frozenset({DocumentType.FAQ, DocumentType.POLICY}),
    Intent.PRODUCT_INFO: frozenset({DocumentType.PRODUCT}),
}
"""The types of document in which such a question is mostly answered."""


@dataclass(frozen=True, slots=True)
class Intents:
    """The strongest class, and the weight of each that was seen."""

    main: Intent
    weights: dict[Intent, int]


def intents_of(text: str) -> Intents:
    """Each rule that matches adds its weight; the first of the heaviest is the main one."""
    weights: dict[Intent, int] = {}
    for intent, weight, rule in _COMPILED:
        if rule.search(text):
            weights[intent] = weights.get(intent, 0) + weight
    main = max(weights, key=lambda intent: weights[intent], default=Intent.OTHER)
    return Intents(main, weights)


def suits(intents: Intents, document_type: str) -> bool:
    """Whether a document of this type mostly answers questions of one of these classes."""
    return any(document_type in ANSWERED_BY.get(intent, ()) for intent in intents.weights)
