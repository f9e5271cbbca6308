"""Templates of messages: words with variables like ``{{ first_name }}``, and nothing else.

A template can look up nothing, call nothing and repeat nothing: a variable is replaced by its value
once, and what stands in a value is not read again.
"""

import re
from collections.abc import Mapping

from leads.models import Lead
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import for_people

VARIABLE = re.compile(r"\{\{\s*([a-z_]{1,40})\s*\}\}")
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
VARIABLES: Mapping[str, str] = {
    "first_name": "Their first name, or “there”",
    "last_name": "Their last name",
    "company": "Their company",
    "business": "Your business’s name",
    "rep": "Who owns the lead, or your business",
    "our_phone": "Your first number",
}
LONGEST_TEXT = 1000
LONGEST_VALUE = 120


def check_template(text: str) -> None:
    """Raises ``InvalidInput`` with a sentence for a template that cannot be filled in."""
    unknown = sorted({name for name in VARIABLE.findall(text) if name not in VARIABLES})
    if unknown:
        raise InvalidInput(f"There is no variable “{unknown[0]}”; use {', '.join(VARIABLES)}.")
    if LEFT_OVER.search(VARIABLE.sub("", text)):
        raise InvalidInput("Variables are written like {{ first_name }}.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its variables replaced; what is unknown or empty leaves nothing."""
    return VARIABLE.sub(lambda found: values.get(found[1], ""), text)


def values_for(lead: Lead) -> dict[str, str]:
    """Of one line each, and bounded: much of a lead was written by strangers."""
    business = lead.business
    number = business.numbers.filter(is_active=True).order_by("pk").first()
    values = {
        "first_name": lead.first_name or "there",
        "last_name": lead.last_name,
        "company": lead.company,
        "business": business.name,
        "rep": lead.owner.get_full_name() if lead.owner else business.name,
        "our_phone": for_people(number.number) if number else "",
    }
    return {name: " ".join(value.split())[:LONGEST_VALUE] for name, value in values.items()}
