"""The shape of an analysis; models are told these descriptions."""

from enum import StrEnum

from pydantic import BaseModel, Field


class Intent(StrEnum):
    """What the customer wants with a message."""

    PRODUCT_QUESTION = "product_question"
    PRICE = "price"
    WARRANTY = "warranty"
    FINANCING = "financing"
    OBJECTION = "objection"
    QUALIFICATION = "qualification"
    BOOKING = "booking"
    MOVING = "moving"
    CANCELLING = "cancelling"
    OPT_OUT = "opt_out"
    PERSON = "person"
    WRONG_NUMBER = "wrong_number"
    GOODBYE = "goodbye"
    SMALL_TALK = "small_talk"
    COMPLAINT = "complaint"
    OTHER = "other"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[Intent, str] = {
    Intent.PRODUCT_QUESTION: "Product question",
    Intent.PRICE: "Price",
    Intent.WARRANTY: "Warranty",
    Intent.FINANCING: "Financing",
    Intent.OBJECTION: "Objection",
    Intent.QUALIFICATION: "Tells about themselves",
    Intent.BOOKING: "Wants an appointment",
    Intent.MOVING: "Wants to move an appointment",
    Intent.CANCELLING: "Wants to cancel",
    Intent.OPT_OUT: "Wants no more contact",
    Intent.PERSON: "Wants a person",
    Intent.WRONG_NUMBER: "Wrong number",
    Intent.GOODBYE: "Goodbye",
    Intent.SMALL_TALK: "Small talk",
    Intent.COMPLAINT: "Complaint",
    Intent.OTHER: "Something else",
}


class EntityType(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    PRODUCT = "product"
    NAME = "name"
    NUMBER = "number"


class Entity(BaseModel):
    """Something that the message names."""

    type: EntityType
    value: str = Field(
        description="E-mail in small letters, phone as E.164, money and numbers as digits, a date "
        "as ISO 8601 where it is certain; else the words themselves."
    )
    text: str = Field(description="The words of the message.")


class Sentiment(BaseModel):
    score: float = Field(ge=-1, le=1, description="From -1, very negative, to 1, very positive.")
    label: str = Field(pattern="^(negative|neutral|positive)$")


class Analysis(BaseModel):
    """What a message means.

    ``confidence`` is computed: by :func:`~.intents.read_intent` for the message alone, and by
    :func:`~.outcome.after` with what became of it.
    """

    intent: Intent
    entities: list[Entity] = Field(default_factory=list, max_length=50)
    sentiment: Sentiment
    confidence: float = Field(ge=0, le=1, description="How sure the intent is.")
    needs_clarification: bool = Field(
        description="Whether the customer must be asked what they mean."
    )
    reasoning: str = Field(
        max_length=400, description="One sentence: what in the message shows the intent."
    )
