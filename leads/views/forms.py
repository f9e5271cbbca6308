"""Forms of the pages about leads."""

from typing import Any

from django import forms
from django.db import models
from django_filters.fields import ModelChoiceField

from leads.bulk import Wish
from leads.contacts import CONTACT_FIELDS
from leads.enums import BulkAction, ConsentKind, LeadSource, LeadStage
from leads.lists import members_of
from leads.models import Cadence, Lead
from leads.pipeline.services import LARGEST_AMOUNT, LONGEST_REASON
from leads.services import CLOSED, LONGEST_NOTE
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business, validate_time_zone

WON_REASONS = ("Price", "Quality", "Speed", "Trust", "Financing", "Referral")
LOST_REASONS = (
    "Price",
    "Bought elsewhere",
    "Not interested any more",
    "Cannot decide now",
    "No financing",
    "Not reached",
    "Does not qualify",
)
CLOSE_REASONS = sorted({*WON_REASONS, *LOST_REASONS})
MOST_AT_ONCE = 500
OWN_SOURCES = (LeadSource.MANUAL, LeadSource.CALL_IN, LeadSource.EMAIL, LeadSource.TEXT)
"""What people enter; the rest comes in by itself."""


class LeadForm(forms.Form):
    """Who somebody is. Whether it can be stored the services say."""

    first_name = forms.CharField(required=False, max_length=80)
    last_name = forms.CharField(required=False, max_length=80)
    company = forms.CharField(required=False, max_length=120)
    phone = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text="In any usual form; without a country code, a US number.",
    )
    email = forms.EmailField(label="E-mail", required=False)
    address = forms.CharField(required=False, max_length=300)
    value = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=LARGEST_AMOUNT,
        decimal_places=2,
        help_text="What winning it is worth.",
    )
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody")

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = members_of(business)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class NewLeadForm(LeadForm):
    source = forms.ChoiceField(choices=[(each.value, each.label) for each in OWN_SOURCES])
    note = forms.CharField(
        required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


class EditLeadForm(LeadForm):
    time_zone = forms.CharField(
        required=False,
        max_length=64,
        validators=(validate_time_zone,),
        help_text="Like America/New_York; empty: from number and address.",
    )
    language = forms.CharField(required=False, max_length=10, help_text="Like en or es-US.")

    @classmethod
    def of(cls, lead: Lead) -> "EditLeadForm":
        names = cls.base_fields
        return cls(business=lead.business, initial={name: getattr(lead, name) for name in names})


class MoveForm(forms.Form):
    """``expected`` is the stage that whoever moves has seen."""

    stage = forms.ChoiceField(choices=LeadStage.choices)
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"list": "close-reasons", "autocomplete": "off"}),
        help_text="Needed for won and lost.",
    )
    expected = forms.ChoiceField(
        choices=LeadStage.choices, required=False, widget=forms.HiddenInput()
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("stage") in CLOSED and not cleaned.get("reason"):
            stage = LeadStage(cleaned["stage"])
            self.add_error("reason", f"Say why it is {stage.label.lower()}.")
        return cleaned


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Note",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What should be remembered?"}),
    )


class ConsentForm(forms.Form):
    kind = forms.ChoiceField(choices=ConsentKind.choices)
    is_given = forms.TypedChoiceField(
        label="They",
        choices=(("yes", "agree"), ("no", "withdraw it")),
        coerce=lambda answer: answer == "yes",
    )
    wording = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What they agreed to or said, word for word.",
    )
    proof = forms.CharField(
        required=False, max_length=500, help_text="Where it can be shown: a form, a call, a file."
    )


class ContactForm(forms.Form):
    name = forms.CharField(required=False, max_length=160)
    role = forms.CharField(required=False, max_length=80, help_text="Like husband, or office.")
    phone = forms.CharField(
        required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label="E-mail", required=False)
    is_lead = forms.BooleanField(label="This is the lead in person", required=False)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONTACT_FIELDS if name in self.fields}


class AccountContactForm(ContactForm):
    """Somebody at a company is no lead in person."""

    is_lead = None  # type: ignore[assignment]


class AccountDetailsForm(forms.Form):
    """What is known of a company."""

    name = forms.CharField(max_length=120)
    domain = forms.CharField(
        required=False, max_length=120, help_text="Of its e-mail addresses, like example.com."
    )
    phone = forms.CharField(
        required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    address = forms.CharField(required=False, max_length=300)


class AccountForm(forms.Form):
    name = forms.CharField(label="Account", required=False, max_length=120)


class SuppressForm(forms.Form):
    reason = forms.CharField(required=False, max_length=300)


class BulkForm(forms.Form):
    """What is done to the leads that were ticked. Nobody is meant by saying nothing."""

    NOBODY = "nobody"
    NEEDED = (
        (BulkAction.OWNER, "owner", "Choose who gets them, or nobody."),
        (BulkAction.STAGE, "stage", "Choose the stage."),
    )

    action = forms.ChoiceField(
        choices=[(each.value, each.label) for each in BulkAction if each != BulkAction.RELEASE]
    )
    owner = ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Choose somebody",
        null_label="Nobody",
        null_value=NOBODY,
    )
    stage = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Choose a stage"),
            *((each.value, each.label) for each in LeadStage if each not in CLOSED),
        ],
    )
    cadence = forms.ModelChoiceField(Cadence.objects.none(), required=False, empty_label="Usual")
    reason = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: dict[str, models.QuerySet[Any]] = {
            "owner": members_of(business),
            "cadence": Cadence.objects.filter(business=business),
        }
        for name, queryset in given.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for action, name, sentence in self.NEEDED:
            is_missing = not cleaned.get(name) and name not in self.errors
            if cleaned.get("action") == action and is_missing:
                self.add_error(name, sentence)
        return cleaned

    def wish(self) -> Wish:
        values = self.cleaned_data
        told = {name: values[name] for name in ("stage", "cadence", "reason")}
        if values["action"] == BulkAction.OWNER and values["owner"] == self.NOBODY:
            return Wish(BulkAction.RELEASE, **told)
        owner = values["owner"] if values["owner"] != self.NOBODY else None
        return Wish(BulkAction(values["action"]), owner=owner or None, **told)


class MatchingForm(BulkForm):
    """What is done to all leads that match; ``count`` is how many whoever asks has seen.

    There is one for each action, which asks for what that one needs.
    """

    count = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].widget = forms.HiddenInput()
        action = self["action"].value()
        self.auto_id = f"{action}_%s" if action in BulkAction else "%s"
        for needed, name, sentence in self.NEEDED:
            self.fields[name].required = needed == action
            self.fields[name].error_messages["required"] = sentence

    @classmethod
    def each(
        cls, business: Business, count: int, posted: "MatchingForm | None"
    ) -> dict[str, "MatchingForm"]:
        """An empty one for each action, by its name, but for the one that was posted."""
        forms_ = {
            action: cls(business=business, initial={"action": action, "count": count})
            for action in BulkAction.values
        }
        if posted is not None:
            forms_[posted["action"].value()] = posted
        return forms_


class AmountForm(forms.Form):
    amount = forms.DecimalField(
        required=False, min_value=0, max_value=LARGEST_AMOUNT, decimal_places=2
    )


class OutcomeForm(forms.Form):
    """``callback_at`` is what the lead's own clock shows."""

    outcome = forms.SlugField(max_length=40)
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    reason = forms.CharField(required=False, max_length=300)
    callback_at = forms.DateTimeField(required=False, input_formats=("%Y-%m-%dT%H:%M",))

    def clean_callback_at(self) -> Any:
        at = self.cleaned_data["callback_at"]
        return at.replace(tzinfo=None) if at else None
