"""A webhook's name, and where in its JSON the fields stand."""

import re
from typing import Any

from django import forms

from leads.arriving.paths import LONGEST_PATH, steps_of
from leads.arriving.values import IN_WORDS, key_of
from leads.arriving.webhooks import LARGEST_BODY
from leads.models import WebhookEndpoint
from salesdesk.lib.errors import InvalidInput

_LINE = re.compile(r"^\s*([^=]{1,60}?)\s*=\s*(.+?)\s*$")
OWN = ("id", *IN_WORDS)


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = WebhookEndpoint
        fields = ("name", "is_active")
        labels = {"is_active": "In use"}  # noqa: RUF012  # Django's way


class MappingForm(forms.Form):
    """A path for each field, and an example to try them on."""

    others = forms.CharField(
        required=False,
        max_length=3000,
        label="Other facts",
        help_text="One a line: roof_type = answers.roof",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    example = forms.CharField(
        required=False,
        max_length=LARGEST_BODY,
        label="An example of what is sent",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, endpoint: WebhookEndpoint, **options: Any) -> None:
        super().__init__(*args, **options)
        known = dict(endpoint.mapping)
        for key in OWN:
            self.fields[f"path_{key}"] = forms.CharField(
                label="Id of the inquiry" if key == "id" else IN_WORDS[key],
                required=False,
                max_length=LONGEST_PATH,
                initial=known.pop(key, ""),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        self.initial.setdefault("others", "\n".join(f"{k} = {p}" for k, p in known.items()))

    def paths(self) -> list[forms.BoundField]:
        return [self[f"path_{key}"] for key in OWN]

    def clean_others(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self.cleaned_data["others"].splitlines():
            if not line.strip():
                continue
            parts = _LINE.match(line)
            if parts is None:
                raise forms.ValidationError(f"Write a line like roof_type = answers.roof: {line}")
            found[key_of(parts[1])] = parts[2]
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        paths = {name: cleaned.get(name, "") for name in self.fields if name.startswith("path_")}
        for name, path in paths.items():
            try:
                if path:
                    steps_of(path)
            except InvalidInput as error:
                self.add_error(name, error.message)
        return cleaned

    def mapping(self) -> dict[str, str]:
        own = {key: self.cleaned_data.get(f"path_{key}", "") for key in OWN}
        others: dict[str, str] = self.cleaned_data["others"]
        return {**others, **{key: path for key, path in own.items() if path}}
