"""What the columns of a file mean: guessed from their headers and what stands below. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from leads.arriving.values import fact_key

FACT = "fact"
"""Kept among the facts, under the header's own name."""
IGNORED = ""
CHOICES = (
    (IGNORED, "Leave out"),
    ("name", "Full name"),
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("company", "Company"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("address", "Address"),
    ("street", "Street"),
    ("city", "City"),
    ("state", "State"),
    ("zip", "Postal code"),
    ("value", "Value"),
    ("language", "Language"),
    ("message", "Message or note"),
    (FACT, "Keep as a fact"),
)
ONCE = frozenset(field for field, _ in CHOICES) - {FACT, IGNORED, "message"}
WHO = frozenset({"name", "first_name", "last_name", "company", "phone", "email"})
"""One of these at least must be among the columns."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "contact", "contact name", "customer", "lead", "lead name"),
    "first_name": ("first name", "first", "firstname", "given name", "forename", "vorname"),
    "last_name": ("last name", "last", "lastname", "surname", "family name", "nachname"),
    "company": ("company", "company name", "business", "organization", "organisation", "account"),
    "phone": (
        "phone",
        "phone number",
        "telephone",
        "tel",
        "mobile",
        "mobile phone",
        "cell",
        "cell phone",
        "primary phone",
        "number",
        "telefon",
    ),
    "email": ("email", "e mail", "email address", "e mail address", "mail", "primary email"),
    "address": ("address", "full address", "postal address", "property address", "adresse"),
    "street": ("street", "street address", "address line 1", "address 1", "address1"),
    "city": ("city", "town", "place"),
    "state": ("state", "province", "region", "state code"),
    "zip": ("zip", "zip code", "zipcode", "postal code", "postcode", "plz"),
    "value": ("value", "amount", "deal value", "budget", "estimated value", "price"),
    "language": ("language", "lang", "preferred language"),
    "message": ("message", "note", "notes", "comment", "comments", "request", "description"),
}
_BY_NAME = {name: field for field, names in NAMES.items() for name in names}
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_PHONE = re.compile(r"^\+?[\d\s().\-/]{7,20}$")
MOST_LOOK_LIKE_IT = 0.6
"""Of the cells that are not empty, so many must look like it."""


def guess(headers: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[int, str]:
    """A field for each column, by position; what nothing speaks for is kept as a fact."""
    mapping: dict[int, str] = {}
    for position, header in enumerate(headers):
        cells = [row[position] for row in samples if position < len(row) and row[position]]
        field = _BY_NAME.get(plain(header)) or _by_cells(cells)
        is_used = field in ONCE and field in mapping.values()
        mapping[position] = FACT if is_used or not field else field
    return mapping


def plain(header: str) -> str:
    """``E-Mail_Address*`` → ``e mail address``."""
    return re.sub(r"[^a-z0-9]+", " ", header.lower()).strip()


def _by_cells(cells: Sequence[str]) -> str:
    for field, looks in (("email", _EMAIL), ("phone", _PHONE)):
        alike = sum(bool(looks.match(cell)) for cell in cells)
        digits = field == "email" or any(sum(c.isdigit() for c in cell) >= 10 for cell in cells)
        if cells and digits and alike / len(cells) >= MOST_LOOK_LIKE_IT:
            return field
    return ""


def headers_key(headers: Sequence[str]) -> str:
    """The same for files with the same headers in the same order."""
    return hashlib.sha256("\0".join(plain(each) for each in headers).encode()).hexdigest()


def problem_of(mapping: Mapping[int, str]) -> str:
    """Why a mapping cannot be used, or nothing."""
    used = [field for field in mapping.values() if field in ONCE]
    if twice := sorted({field for field in used if used.count(field) > 1}):
        labels = dict(CHOICES)
        return f"“{labels[twice[0]]}” is named by two columns; choose one of them."
    if not WHO & set(used):
        return "Name a column that says who it is: a name, a phone number or an e-mail address."
    return ""


def values_of(
    cells: Sequence[str], mapping: Mapping[int, str], headers: Sequence[str]
) -> dict[str, Any]:
    """The row's values for :func:`leads.arriving.values.told_of`."""
    values: dict[str, Any] = {}
    for position, field in mapping.items():
        text = cells[position].strip() if position < len(cells) else ""
        if not text or field == IGNORED:
            continue
        if field == FACT:
            values[fact_key(headers[position])] = text
        elif field == "message" and field in values:
            values[field] += f"\n{text}"
        else:
            values[field] = text
    return values
