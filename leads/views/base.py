"""What the views of leads share."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.urls import reverse

from leads.models import Lead
from salesdesk.accounts.permissions import who as who
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.forms import all_errors as all_errors
from salesdesk.lib.htmx import go_to as go_to

LINES_AT_ONCE = 500


def address_of(lead: Lead) -> str:
    return reverse("leads:lead", args=[lead.public_id])


def refused(form: forms.Form, error: SalesdeskError) -> None:
    """Put the sentence at the field that it is about, where one is named in it."""
    about = {"phone number": "phone", "e-mail address": "email", "owner": "owner"}
    message = error.message.lower()
    named: Any = (field for words, field in about.items() if words in message)
    field = next((each for each in named if each in form.fields), None)
    is_about_all = "name" in message
    form.add_error(None if is_about_all else field, error.message)


async def streamed(lines: Iterator[str]) -> AsyncIterator[str]:
    """The lines in pieces, each read in the request's thread when the one before has gone out.

    Django would read all of a plain iterator before it sends anything from an event loop.
    """
    while piece := await sync_to_async(_next_lines)(lines):
        yield piece


def _next_lines(lines: Iterator[str]) -> str:
    return "".join(islice(lines, LINES_AT_ONCE))
