"""Forms about whom not to call, and how to dial."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from leads.enums import ListKind, MachineAction
from leads.gate.lists import LONGEST_NAME
from leads.models import DialRules
from salesdesk.businesses.models import LONGEST_ADDRESS, WEEKDAYS, validate_postal_address

LARGEST_FILE = 25 * 1024 * 1024
DAYS = tuple(zip(WEEKDAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


class PeaceForm(forms.Form):
    """Who is to be left in peace: a number, an address or a company."""

    phone = forms.CharField(
        label="Phone number",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(label="E-mail address", required=False, max_length=254)
    company = forms.CharField(
        label="Company",
        required=False,
        max_length=120,
        help_text="Nobody who belongs to it is contacted.",
    )
    reason = forms.CharField(max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("phone") or given.get("email") or given.get("company")):
            raise forms.ValidationError("Give a number, an address or a company.")
        return given


class ListForm(forms.Form):
    """A file with numbers that must not be called, and of which day it is."""

    name = forms.CharField(
        max_length=LONGEST_NAME, help_text="A list of the same name is replaced as a whole."
    )
    kind = forms.ChoiceField(choices=ListKind.choices)
    as_of = forms.DateField(
        label="State of",
        initial=lambda: timezone.now().date(),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The day on which it was taken from the registry.",
    )
    file = forms.FileField(
        help_text="A number a line, or CSV. Above 25 MB: manage.py import_do_not_call.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 25 MB.")
        return file


class AddressForm(forms.Form):
    """Where the business gets its post; nothing takes it away."""

    postal_address = forms.CharField(
        required=False,
        max_length=LONGEST_ADDRESS,
        validators=(validate_postal_address,),
        help_text="A street address, or a PO box or private mailbox that is registered. "
        "Without it no advertising is sent by e-mail; answers and reminders are.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted
    """How the business dials. Countries are typed as ``US, CA``."""

    days = forms.MultipleChoiceField(
        choices=DAYS, widget=forms.CheckboxSelectMultiple, label="Days on which calls are placed"
    )
    countries = forms.CharField(
        required=False,
        max_length=200,
        help_text="Two letters each, separated by commas: US, CA. None given: any.",
    )

    class Meta:
        model = DialRules
        fields: ClassVar[tuple[str, ...]] = (
            "is_paused",
            "opens_at",
            "closes_at",
            "days",
            "calls_on_holidays",
            "countries",
            "per_day",
            "per_week",
            "rest_minutes",
            "caller_per_hour",
            "ai_needs_consent",
            "sms_needs_consent",
            "needs_list",
            "list_days",
            "detects_machines",
            "on_machine",
            "machine_message",
            "rep_presses_key",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "machine_message": forms.Textarea(attrs={"rows": 7})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["countries"] = ", ".join(self.instance.countries)

    def clean_countries(self) -> list[str]:
        text: str = self.cleaned_data["countries"]
        codes = [code.strip().upper() for code in text.split(",") if code.strip()]
        wrong = [code for code in codes if len(code) != 2 or not code.isalpha()]
        if wrong:
            raise forms.ValidationError(f"“{wrong[0][:20]}” is no country of two letters.")
        return codes

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        leaves = values.get("on_machine") == MachineAction.LEAVE_MESSAGE
        if leaves and "machine_message" not in self.errors and not values.get("machine_message"):
            self.add_error("machine_message", "Write the message that is to be left.")
        return values
