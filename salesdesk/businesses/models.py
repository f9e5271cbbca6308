"""The tenants: what they are called, how their agent talks, which numbers are theirs."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.enums import EngineChoice, Trade, Voice
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.ids import public_id
from salesdesk.lib.phone import for_people, to_e164
from salesdesk.lib.time_zones import time_zone_names

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_ADDRESS = 300
FEWEST_LETTERS = 5


def validate_time_zone(name: str) -> None:
    if name not in time_zone_names():
        raise ValidationError(f"“{name}” is no time zone; use a name like America/New_York.")


def validate_hours(hours: Any) -> None:
    """``{"mon": ["08:00", "18:00"], …}``; a day that is left out is closed."""
    if not isinstance(hours, dict):
        raise ValidationError("Hours are an object of days, like {“mon”: [“08:00”, “18:00”]}.")
    for day, span in hours.items():
        if day not in WEEKDAYS:
            raise ValidationError(f"“{day}” is no day; use {', '.join(WEEKDAYS)}.")
        if not _is_span(span):
            raise ValidationError(f"{day}: give opening and closing time, like [“08:00”, “18:00”].")


def _is_span(span: Any) -> bool:
    if not isinstance(span, list) or len(span) != 2:
        return False
    return all(_is_clock_time(text) for text in span) and span[0] < span[1]


def _is_clock_time(text: Any) -> bool:
    hours, colon, minutes = str(text).partition(":")
    digits = hours.isdigit() and minutes.isdigit() and len(hours) == len(minutes) == 2
    return bool(colon) and digits and int(hours) < 24 and int(minutes) < 60


def validate_facts(facts: Any) -> None:
    """``[["question", "answer"], …]``."""
    pairs = isinstance(facts, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
        for pair in facts
    )
    if not pairs:
        raise ValidationError("Facts are a list of pairs, like [[“question”, “answer”]].")


def validate_words(words: Any) -> None:
    """``["heat pump", …]``."""
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise ValidationError("Vocabulary is a list of words, like [“heat pump”, “inverter”].")


def validate_postal_address(text: str) -> None:
    """What could be a street, a PO box or a private mailbox (16 CFR 316.2(p)): words and a number.

    Whether post gets there nobody can see from here.
    """
    if len(text) > LONGEST_ADDRESS:
        raise ValidationError(f"An address has {LONGEST_ADDRESS} characters at most.")
    has_number = any(character.isdigit() for character in text)
    if "@" in text or not has_number or sum(map(str.isalpha, text)) < FEWEST_LETTERS:
        raise ValidationError("Give street or PO box, place and postal code.")


def in_lines(address: str) -> str:
    """The address with single spaces, and without empty lines."""
    lines = (" ".join(line.split()) for line in address.splitlines())
    return "\n".join(line for line in lines if line)


class BusinessQuerySet(models.QuerySet["Business"]):
    def active(self) -> "BusinessQuerySet":
        return self.filter(is_active=True)

    def where(self, user: Visitor, ability: Ability) -> "BusinessQuerySet":
        return self.filter(within(user, ability, "pk"))


class Business(models.Model):
    """A company that sells by phone."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=120)
    trade = models.CharField(max_length=20, choices=Trade, default=Trade.SALES)
    is_active = models.BooleanField("active", default=True)
    time_zone = models.CharField(
        max_length=64, default="America/New_York", validators=(validate_time_zone,)
    )
    language = models.CharField(max_length=10, default="en")
    hours = models.JSONField(default=dict, blank=True, validators=(validate_hours,))
    postal_address = models.TextField(
        blank=True,
        max_length=LONGEST_ADDRESS,
        validators=(validate_postal_address,),
        help_text="Stands in advertising e-mails; without it none is sent.",
    )

    greeting = models.TextField(
        default="Thank you for calling. How can I help you?",
        help_text="The agent's first words on an inbound call.",
    )
    outbound_greeting = models.TextField(
        blank=True, help_text="The agent's first words when it places the call."
    )
    prompt = models.TextField(help_text="Who the agent is and how it should act.")
    facts = models.JSONField(
        default=list,
        blank=True,
        validators=(validate_facts,),
        help_text="Questions and answers that the agent may speak from.",
    )
    vocabulary = models.JSONField(
        default=list,
        blank=True,
        validators=(validate_words,),
        help_text="Names that speech recognition should know.",
    )

    engine = models.CharField(
        max_length=20, choices=EngineChoice, default=EngineChoice.DEFAULT, blank=True
    )
    voice = models.CharField(max_length=20, choices=Voice, default=Voice.ALLOY)
    temperature = models.FloatField(
        default=0.8, validators=(MinValueValidator(0.0), MaxValueValidator(1.0))
    )
    response_delay_ms = models.PositiveIntegerField(
        default=0,
        validators=(MaxValueValidator(3000),),
        help_text="Extra silence to wait before the agent answers, in milliseconds.",
    )
    no_input_seconds = models.PositiveIntegerField(
        default=15, validators=(MinValueValidator(3), MaxValueValidator(120))
    )
    longest_call_seconds = models.PositiveIntegerField(
        default=1800, validators=(MinValueValidator(30), MaxValueValidator(4 * 3600))
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BusinessQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.name

    @property
    def is_english(self) -> bool:
        """Whether English is spoken on its calls; some things are known of no other language."""
        return self.language.partition("-")[0].lower() == "en"

    def clean(self) -> None:
        self.postal_address = in_lines(self.postal_address)

    @property
    def engine_name(self) -> str:
        """The engine of its calls: its own choice, or else the installation's."""
        return self.engine or settings.VOICE_ENGINE

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class PhoneNumberQuerySet(models.QuerySet["PhoneNumber"]):
    def active(self) -> "PhoneNumberQuerySet":
        return self.filter(is_active=True, business__is_active=True)


class PhoneNumber(models.Model):
    """A number that callers dial; it decides whose call it is, and it is the caller id."""

    number = models.CharField(max_length=20, unique=True, help_text="E.164, like +14155550123.")
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="numbers")
    label = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PhoneNumberQuerySet.as_manager()

    class Meta:
        ordering = ("business", "number")

    def __str__(self) -> str:
        return for_people(self.number)

    def clean(self) -> None:
        try:
            self.number = to_e164(self.number)
        except InvalidInput as error:
            raise ValidationError({"number": error.message}) from error
