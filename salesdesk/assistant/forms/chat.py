"""Forms of the chat page."""

from typing import Any

from django import forms

from leads.models import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.assistant.permissions import businesses_where
from salesdesk.assistant.writing.threads import LONGEST_COMMENT, LONGEST_MESSAGE
from salesdesk.businesses.models import Business

MOST_LEADS = 50
COMPOSER = {
    "rows": 1,
    "maxlength": LONGEST_MESSAGE,
    "data-composer": "",
    "placeholder": "Write a message…",
    "autocomplete": "off",
}


class MessageField(forms.CharField):
    """Text of several lines, with the line ends that everything but browsers uses."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text


class MessageForm(forms.Form):
    text = MessageField(
        label="Message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs=COMPOSER),
        error_messages={
            "required": "Write a message.",
            "max_length": f"A message can have {LONGEST_MESSAGE:,} characters at most.",
        },
    )


class NewThreadForm(MessageForm):
    """The first message; a ``suggestion``, where one was chosen, in its place."""

    business = forms.ModelChoiceField(
        Business.objects.none(), to_field_name="public_id", empty_label=None
    )
    lead = forms.ChoiceField(required=False, help_text="Whom the conversation is about.")
    suggestion = forms.CharField(required=False, max_length=LONGEST_MESSAGE)

    field_order = ("business", "lead", "text")

    def __init__(self, *args: Any, user: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["business"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = businesses_where(user, Ability.USE_ASSISTANT)
        self.leads = Lead.objects.filter(within(user, Ability.VIEW_LEADS))
        self.fields["lead"] = forms.ChoiceField(
            required=False, choices=self._lead_choices, label="Lead"
        )
        if self.data.get("suggestion"):
            self.fields["text"].required = False

    def _lead_choices(self) -> list[tuple[str, str]]:
        newest = self.leads.order_by("-updated_at", "-pk")[:MOST_LEADS]
        chosen = self.leads.filter(public_id=self.initial.get("lead") or self.data.get("lead", ""))
        known = {lead.public_id: str(lead) for lead in (*chosen, *newest)}
        return [("", "Nobody in particular"), *known.items()]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        lead = self.leads.filter(public_id=values.get("lead") or "").first()
        business = values.get("business")
        if lead is not None and business is not None and lead.business_id != business.pk:
            self.add_error("lead", "This lead is another business's.")
        return {**values, "lead": lead, "text": values.get("suggestion") or values.get("text")}


class FeedbackForm(forms.Form):
    is_good = forms.TypedChoiceField(
        choices=(("true", "Good"), ("false", "Bad")), coerce=lambda value: value == "true"
    )
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)

    def errors_in_words(self) -> list[str]:
        return [str(error) for errors in self.errors.values() for error in errors]
