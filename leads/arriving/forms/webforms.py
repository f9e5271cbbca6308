"""The form on somebody's site, and the form with which it is set up."""

from typing import Any

from django import forms

from leads.arriving.values import LONGEST, fact_key, told_of
from leads.arriving.webforms import LONGEST_LABEL, STANDARD, label_of, origin_of
from leads.enums import ConsentKind
from leads.models import WebForm
from salesdesk.lib.errors import InvalidInput

ASKED = (("", "Not asked"), ("optional", "Asked"), ("required", "Required"))
AUTOCOMPLETE = {
    "name": "name",
    "first_name": "given-name",
    "last_name": "family-name",
    "company": "organization",
    "phone": "tel",
    "email": "email",
    "address": "street-address",
}
LONGEST_ANSWER, LONGEST_MESSAGE = 500, 2000
CONSENT, TRAP, TOKEN, PAGE = "agreed", "website", "token", "from"


class SubmissionForm(forms.Form):
    """What a visitor fills in; its fields are those that the business has chosen."""

    def __init__(self, *args: Any, web_form: WebForm, **options: Any) -> None:
        super().__init__(*args, **options)
        self.web_form = web_form
        for field in web_form.fields:
            self.fields[field["key"]] = _field(field)
        if web_form.consent_text:
            self.fields[CONSENT] = forms.BooleanField(
                label=web_form.consent_text, required=web_form.consent_required
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            told = told_of(self.values(cleaned))
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error
        if not any(told.own.get(key) for key in ("first_name", "last_name", "phone", "email")):
            raise forms.ValidationError("Please tell us how we can reach you.")
        return cleaned

    def clean_phone(self) -> str:
        return self._tidy("phone")

    def clean_email(self) -> str:
        return self._tidy("email")

    def _tidy(self, key: str) -> str:
        try:
            return str(told_of({key: self.cleaned_data[key]}).own.get(key, ""))
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error

    def values(self, cleaned: dict[str, Any] | None = None) -> dict[str, Any]:
        given = self.cleaned_data if cleaned is None else cleaned
        return {key: value for key, value in given.items() if key != CONSENT and value}


def _field(asked: dict[str, Any]) -> forms.Field:
    key, label = asked["key"], asked["label"]
    common = {"label": label, "required": asked["required"]}
    attrs = {"autocomplete": AUTOCOMPLETE.get(key, "off")}
    if key == "message":
        area = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(max_length=LONGEST_MESSAGE, widget=area, **common)
    if key == "email":
        return forms.CharField(max_length=254, widget=forms.EmailInput(attrs=attrs), **common)
    if key == "phone":
        attrs["type"] = "tel"
    longest = LONGEST.get(key, LONGEST_ANSWER) if key != "phone" else 40
    return forms.CharField(max_length=longest, widget=forms.TextInput(attrs=attrs), **common)


class WebFormForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a form is set up."""

    others = forms.CharField(
        required=False,
        max_length=3000,
        label="Other questions",
        help_text="One a line; with a * at the end it must be answered. Kept as facts.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent_kinds = forms.MultipleChoiceField(
        required=False,
        label="They agree to",
        choices=ConsentKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    sites = forms.CharField(
        required=False,
        max_length=2000,
        label="Sites that may show it",
        help_text="One a line, like https://example.com. Empty: any site.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = WebForm
        fields = (
            "name",
            "title",
            "intro",
            "button",
            "consent_text",
            "consent_kinds",
            "consent_required",
            "thanks_title",
            "thanks_text",
            "thanks_url",
            "is_active",
        )
        labels = {  # noqa: RUF012  # Django's way
            "consent_text": "Words of consent",
            "consent_required": "They must agree to send it",
            "thanks_title": "Thank-you page",
            "thanks_text": "What it says",
            "thanks_url": "Its link leads to",
            "is_active": "In use",
        }
        widgets = {  # noqa: RUF012
            "intro": forms.Textarea(attrs={"rows": 2}),
            "consent_text": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = {field["key"]: field for field in self.instance.fields} or dict(DEFAULT)
        for key in STANDARD:
            field = known.pop(key, None)
            self.fields[f"ask_{key}"] = forms.ChoiceField(
                label=label_of(key),
                required=False,
                choices=ASKED,
                initial="required" if field and field["required"] else "optional" if field else "",
            )
        lines = [f"{each['label']}{'*' if each['required'] else ''}" for each in known.values()]
        self.initial.setdefault("others", "\n".join(lines))
        self.initial.setdefault("sites", "\n".join(self.instance.origins))

    def asked(self) -> list[forms.BoundField]:
        return [self[f"ask_{key}"] for key in STANDARD]

    def clean_others(self) -> list[dict[str, Any]]:
        lines = (line.strip() for line in self.cleaned_data["others"].splitlines())
        asked = [(line.rstrip("* "), line.endswith("*")) for line in lines if line.strip("* ")]
        if any(len(label) > LONGEST_LABEL for label, _ in asked):
            raise forms.ValidationError(f"A question has {LONGEST_LABEL} characters at most.")
        found = {
            fact_key(label): {"key": fact_key(label), "label": label, "required": is_required}
            for label, is_required in asked
        }
        return list(found.values())

    def clean_sites(self) -> list[str]:
        try:
            lines = self.cleaned_data["sites"].split()
            return list(dict.fromkeys(origin_of(line) for line in lines))
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error

    def values(self) -> dict[str, Any]:
        """Keywords of the services that add and change forms."""
        given = self.cleaned_data
        standard = [
            {"key": key, "label": label_of(key), "required": given[f"ask_{key}"] == "required"}
            for key in STANDARD
            if given[f"ask_{key}"]
        ]
        own = {name: given[name] for name in self.Meta.fields}
        return {**own, "fields": [*standard, *given["others"]], "origins": given["sites"]}


DEFAULT = {
    "name": {"required": True},
    "phone": {"required": True},
    "email": {"required": False},
    "message": {"required": False},
}
