"""What reps tell in Ready mode."""

from typing import Any

from django import forms

from leads.outcomes.services import LONGEST_NOTE, LONGEST_REASON
from salesdesk.accounts.enums import CallBy
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164


class OutcomeForm(forms.Form):
    """``disposition`` is a key; ``callback_at`` shows the lead's clock."""

    disposition = forms.SlugField(max_length=40)
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)
    reason_chosen = forms.CharField(required=False, max_length=LONGEST_REASON)
    callback_at = forms.DateTimeField(
        required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    callback_any = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["reason"] = values.get("reason_chosen") or values.get("reason", "")
        return values


class RepForm(forms.Form):
    phone = forms.CharField(
        label="Your phone",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text="We ring it, and connect you with the lead when you answer.",
    )
    call_by = forms.ChoiceField(label="How you call", choices=CallBy.choices)
    sounds = forms.BooleanField(label="Sound and vibration on a new lead", required=False)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        try:
            return to_e164(phone) if phone else ""
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error
