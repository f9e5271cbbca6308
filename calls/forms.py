"""Forms of the calls pages."""

import re
from html import unescape
from typing import Any

from django import forms
from django.utils.html import linebreaks, strip_tags

from calls.enums import NoteCategory, Speaker
from calls.filters import LONGEST_NUMBER, LONGEST_SEARCH, TOO_LONG
from calls.models import CallNote
from calls.notes import LONGEST_NOTE
from calls.services import LONGEST_LINE
from calls.transcripts import TranscriptView
from leads.gate.services import LONGEST_REASON, may_be_overridden
from leads.models import DialDecision
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164

TEXT, HTML = "text", "html"
LINE_ENDS = re.compile(r"</(?:p|li|div|blockquote|pre)>\n*|<br>")


class NewCallForm(forms.Form):
    """Whom to call, and for which of the businesses in which the user may."""

    business = forms.ModelChoiceField(Business.objects.none(), to_field_name="public_id")
    number = forms.CharField(
        label="Number to call",
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text="Without a country code it is taken as a US number.",
    )
    override_reason = forms.CharField(
        label="Why call nevertheless?",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.HiddenInput,
        help_text="You answer for this call; your reason is kept in the ledger.",
    )

    def __init__(self, *args: Any, user: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        field = self.fields["business"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Business.objects.where(user, Ability.PLACE_CALLS).active()
        field.empty_label = None

    def offer_override(self, refused: DialDecision) -> None:
        """Let who may answer for it say why the number should be called nevertheless."""
        may = has_ability(self._user, refused.business_id, Ability.OVERRIDE_GATE)
        if may and may_be_overridden(refused):
            self.fields["override_reason"].widget = forms.TextInput()

    def clean_number(self) -> str:
        try:
            return to_e164(self.cleaned_data["number"])
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error


class TranscriptForm(forms.Form):
    """Which lines of a transcript to show."""

    search = forms.CharField(
        label="Search the transcript",
        required=False,
        max_length=LONGEST_SEARCH,
        error_messages=TOO_LONG,
        widget=forms.SearchInput(attrs={"placeholder": "Search the transcript"}),
    )
    speaker = forms.ChoiceField(
        label="Speaker", required=False, choices=(("", "Everybody"), *Speaker.choices)
    )
    before = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )

    def view(self) -> TranscriptView:
        values = self.cleaned_data
        return TranscriptView(speaker=values["speaker"], search=values["search"])


class LineForm(forms.Form):
    """A line for the agent: to be said, or to be kept in mind."""

    text = forms.CharField(label="A line for the agent", max_length=LONGEST_LINE)


class NoteSearchForm(forms.Form):
    note_search = forms.CharField(
        label="Search the notes",
        required=False,
        max_length=LONGEST_SEARCH,
        error_messages=TOO_LONG,
        widget=forms.SearchInput(attrs={"placeholder": "Search the notes"}),
    )


class NoteForm(forms.Form):
    """A note. The editor sends HTML and says so; without script a note is plain text."""

    body = forms.CharField(
        label="Note",
        max_length=LONGEST_NOTE,
        error_messages={"required": "Write something first."},
        widget=forms.Textarea(attrs={"rows": 4, "data-note-body": ""}),
    )
    body_format = forms.ChoiceField(
        choices=((TEXT, TEXT), (HTML, HTML)),
        required=False,
        widget=forms.HiddenInput(attrs={"data-note-format": ""}),
    )
    category = forms.ChoiceField(choices=NoteCategory.choices, initial=NoteCategory.GENERAL)
    tags = forms.CharField(
        required=False,
        max_length=1000,
        help_text="Separated by commas.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    @classmethod
    def for_note(cls, note: CallNote) -> "NoteForm":
        """The form to edit ``note``: as HTML for the editor, as text for who has no script."""
        form = cls(
            initial={
                "body": as_typed(note.html),
                "category": note.category,
                "tags": ", ".join(note.tags),
            }
        )
        form.fields["body"].widget.attrs["data-note-html"] = note.html
        return form

    def html(self) -> str:
        body: str = self.cleaned_data["body"]
        if self.cleaned_data["body_format"] == HTML:
            return body
        return linebreaks(body, autoescape=True)

    def clean_tags(self) -> list[str]:
        tags: str = self.cleaned_data["tags"]
        return tags.split(",")


def as_typed(html: str) -> str:
    """A note's HTML as somebody without the editor would have typed it: a line a paragraph."""
    lines = LINE_ENDS.sub("\n", html)
    return unescape(strip_tags(lines)).strip()
