"""Mailboxes, rules, and a lead made by hand of a message."""

from typing import Any

from django import forms

from leads.arriving.mail import rules
from leads.arriving.values import IN_WORDS, key_of
from leads.models import Mailbox, MailRule
from salesdesk.lib.errors import InvalidInput

READ = ("name", "first_name", "last_name", "company", "phone", "email", "address", "message")
BY_HAND = ("name", "phone", "email", "company", "address", "message")
LINE_HELP = (
    "One field a line: <code>phone: Telephone</code> reads what follows that label, "
    "<code>phone = /Call (\\S+)/</code> is a regular expression whose first group counts."
)


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    """A password that is left empty stays as it is."""

    password = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Kept encrypted, and never shown.",
    )

    class Meta:
        model = Mailbox
        fields = (
            "name",
            "host",
            "port",
            "security",
            "username",
            "folder",
            "takes_existing",
            "is_active",
        )
        labels = {  # noqa: RUF012  # Django's way
            "host": "Server",
            "takes_existing": "Also read what is there already",
            "is_active": "In use",
        }

    field_order = ("name", "host", "port", "security", "username", "password", "folder")

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """``lines`` are the patterns as people write them."""

    lines = forms.CharField(
        label="Where the fields stand",
        max_length=5000,
        help_text=LINE_HELP,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
    )

    class Meta:
        model = MailRule
        fields = ("name", "sender", "subject", "is_active")
        labels = {"subject": "Words of the subject", "is_active": "In use"}  # noqa: RUF012
        help_texts = {"sender": "An address, or a domain as @portal.com."}  # noqa: RUF012

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("lines", lines_of(self.instance.patterns) or EXAMPLE)

    def clean_sender(self) -> str:
        sender = str(self.cleaned_data["sender"]).strip().lower()
        if "@" not in sender:
            raise forms.ValidationError("Write an address, or a domain as @portal.com.")
        return sender

    def clean_lines(self) -> dict[str, dict[str, str]]:
        try:
            patterns = patterns_of(self.cleaned_data["lines"])
            rules.check(patterns)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error
        return patterns

    def values(self) -> dict[str, Any]:
        own = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return {**own, "patterns": self.cleaned_data["lines"]}


EXAMPLE = "name: Name\nphone: Phone\nemail: E-mail\nmessage: Message"


def patterns_of(text: str) -> dict[str, dict[str, str]]:
    """Raises ``InvalidInput`` for a line that says nothing."""
    patterns: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        key, sign, rest = _parts(line)
        if not key or not rest:
            raise InvalidInput(f"Write a line like “phone: Telephone”: {line[:60]}")
        name = key_of(key)
        if sign == "=":
            patterns[name] = {"regex": rest.removeprefix("/").removesuffix("/")}
        else:
            patterns[name] = {"label": rest.strip(" :")}
    return patterns


def _parts(line: str) -> tuple[str, str, str]:
    at = min((line.find(sign) for sign in ":=" if sign in line), default=-1)
    return (line[:at].strip(), line[at], line[at + 1 :].strip()) if at >= 0 else ("", "", "")


def lines_of(patterns: dict[str, dict[str, str]]) -> str:
    """As :func:`patterns_of` reads them."""
    lines = (
        f"{key} = /{pattern['regex']}/" if "regex" in pattern else f"{key}: {pattern['label']}"
        for key, pattern in patterns.items()
    )
    return "\n".join(lines)


class HandForm(forms.Form):
    """A lead as a person reads it out of a message."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key in BY_HAND:
            widget = forms.Textarea(attrs={"rows": 4}) if key == "message" else forms.TextInput()
            longest = 2000 if key == "message" else 300
            self.fields[key] = forms.CharField(
                label=IN_WORDS[key], required=False, max_length=longest, widget=widget
            )
