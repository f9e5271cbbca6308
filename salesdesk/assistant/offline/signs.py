"""Patterns by which facts about a lead are recognised in what they say."""

import re

from knowledge.search.numbers import ONES, TENS
from knowledge.search.words import stem

FEWEST_DIGITS = 7
"""Of a phone number."""

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+")
SPOKEN_HOST = re.compile(r"\bat\s+[\w-]+(?:\s+[\w-]+)??\s+dot\s+\w+(?:\s+dot\s+\w+)?", re.I)
JOINS_EMAIL = frozenset(("dot", "underscore", "dash", "hyphen", "plus", "period"))
PHONE = re.compile(r"\+?\d[\d\s().-]{5,}\d")
STREET = (
    r"street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|terrace"
    r"|circle|cir|parkway|highway|hwy|square"
)
NUMBER_WORD = "|".join((*ONES[1:], *TENS, "hundred", "oh"))
ADDRESS = re.compile(rf"\b\d+[a-z]?\s+(?:[\w'.-]+\s+){{1,4}}(?:{STREET})\b[^!?]*", re.I)
SPOKEN_ADDRESS = re.compile(
    r"(?<=i live at )[^!?]+|(?<=address is )[^!?]+"
    rf"|\b(?:{NUMBER_WORD})(?:[\s-](?:{NUMBER_WORD})){{0,6}}\s+(?:[\w'.-]+\s+){{1,3}}(?:{STREET})\b[^!?]*",
    re.I,
)
BEGIN = re.compile(
    r"\b(start|begin|get (it|this|that|going|started|done)|do (it|this)|move (in|ahead|forward)"
    r"|installed?|replaced?|ready|done (by|before)|have it|timeline|plan(ning)?)\b",
    re.I,
)
DATE = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|spring|summer|autumn|fall|winter"
    r"|(next|this|coming) (\w+ (or \w+ )?)?(weeks?|months?|years?|quarter)|in (a|an|one|two"
    r"|three|four|five|six|\d+)"
    r" (days?|weeks?|months?)|as soon as|asap|right away|straight away|immediately|by the end of"
    r"|the sooner the better|tomorrow|today|(mon|tues|wednes|thurs|fri|satur|sun)day|\d{4}"
    r"|the \w+(st|nd|rd|th)|\d{1,2}[/.-]\d{1,2})\b",
    re.I,
)
MONEY_TALK = re.compile(
    r"\b(budget|spend|afford|dollars?|bucks|pay|invest|set aside|grand|thousand)\b|\$|\d\s?k\b",
    re.I,
)
AGE = re.compile(
    r"\byears? old\b|\b(?:built|installed|replaced|put (?:in|on|up)|bought|from|since)\b.{0,14}"
    r"\b(?:19|20|nineteen|twenty)\b|\b(19|20)\d\d\b|\byears? ago\b|\bof age\b|\b\w+-year-old\b",
    re.I,
)
TENANT = re.compile(
    r"\b(i|we|i'm|we're) (just |only |are |am |currently )*(rent|renting|tenants?|a tenant"
    r"|leasing)\b"
    r"|\b(landlord|don't own|do not own|not the owner|belongs to (my|our))\b",
    re.I,
)
OWNER = re.compile(
    r"\b(i|we|i've|we've|my \w+ and i|both) (both |still |do |jointly )*own(ed)?\b|\b(my"
    r"|our) own (home|house|place)\b"
    r"|\b(home|house) ?owners?\b|\bi'm the owner\b|\bit's (mine|ours)\b|\bwe bought (the|this"
    r"|our)\b"
    r"|\bown (it|the|our|my|this)\b",
    re.I,
)
BETWEEN = re.compile(
    r"(?<!\d)[,.;!?]+|[,.;!?]+(?!\d)"
    r"|\b(?:and|but|so|because) (?=(?:i|i'm|i'd|we|we're|we'd|the|it|it's|our|my|they|she|he)\b)",
    re.I,
)
DENIES = re.compile(
    r"\b(not|never|no|none|don't|doesn't|isn't|aren't|haven't|hasn't|without)\b", re.I
)
THIS_NUMBER = re.compile(
    r"\b(this (one|number)|same number|number i'm calling|calling from)\b", re.I
)
ASKS_AMOUNT = re.compile(r"\bhow much\b|\b(does|will|would|is) (it|that|this|a|the)\b.*\?", re.I)
AGE_FIELD = re.compile(r"\b(age|old|years?|built)\b", re.I)
LEAD_IN = re.compile(
    r"^\W*(?:(?:oh|well|um|uh|yes|yeah|sure|okay|ok|so|no|sorry|actually|please|it's|it is|that's"
    r"|that is|that would be|i think|i guess|i'd say|maybe|probably|i mean|i meant"
    r"|let me see)\b\W*)+",
    re.I,
)
DULL = frozenset(map(stem, "home house property own old roughly think moment name".split()))
