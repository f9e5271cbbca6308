"""What people and admins fill in about notifications."""

from typing import Any

from django import forms

from salesdesk.lib.errors import InvalidInput, SalesdeskError
from salesdesk.lib.phone import for_people, to_e164
from salesdesk.lib.time_zones import time_zone_names
from salesdesk.notifications.models import Reachability, SlackAccount
from salesdesk.notifications.slack.accounts import Credentials, credentials_of

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
SECRET = forms.PasswordInput(attrs={"autocomplete": "off"})


def time_zones() -> list[tuple[str, str]]:
    names = sorted(name for name in time_zone_names() if "/" in name)
    return [("", "The business's"), *((name, name.replace("_", " ")) for name in names)]


class ReachForm(forms.Form):
    phone = forms.CharField(
        label="Mobile number",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text="For SMS; without one you get none.",
    )
    quiet_from = forms.TimeField(label="Quiet from", required=False, widget=TIME)
    quiet_until = forms.TimeField(label="Quiet until", required=False, widget=TIME)
    time_zone = forms.ChoiceField(
        label="Time zone of the quiet hours", required=False, choices=time_zones
    )
    urgent_breaks_through = forms.BooleanField(
        label="What is urgent may break through quiet hours", required=False
    )

    @classmethod
    def of(cls, reach: Reachability, data: Any = None) -> "ReachForm":
        initial = {name: getattr(reach, name) for name in cls.base_fields}
        initial["phone"] = for_people(reach.phone) if reach.phone else ""
        return cls(data, initial=initial)

    def clean_phone(self) -> str:
        given = self.cleaned_data["phone"].strip()
        try:
            return to_e164(given) if given else ""
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("quiet_from") is None) != (values.get("quiet_until") is None):
            raise forms.ValidationError("Quiet hours need both a beginning and an end.")
        return values


class SlackForm(forms.Form):
    """Secrets are never shown: left empty, those stored stay."""

    bot_token = forms.CharField(
        label="Bot token",
        required=False,
        max_length=200,
        widget=SECRET,
        help_text="xoxb-…, with the scopes chat:write, users:read and users:read.email.",
    )
    signing_secret = forms.CharField(
        label="Signing secret",
        required=False,
        max_length=200,
        widget=SECRET,
        help_text="So that Take and Snooze work in Slack itself.",
    )
    channel = forms.CharField(
        label="Channel",
        required=False,
        max_length=80,
        help_text="Its id (C…) or name; the bot must be in it.",
    )
    is_direct = forms.BooleanField(
        label="Write to each person directly instead",
        required=False,
        help_text="Found in Slack by their e-mail address.",
    )
    webhook_url = forms.CharField(
        label="Incoming webhook",
        required=False,
        max_length=300,
        widget=SECRET,
        help_text="Instead of a bot token: one channel, and buttons that lead here.",
    )

    @classmethod
    def of(cls, account: SlackAccount | None, data: Any = None) -> "SlackForm":
        known = {"channel": account.channel, "is_direct": account.is_direct} if account else {}
        # The page's list of deliveries has a field “channel” too.
        return cls(data, initial=known, auto_id="slack_%s")

    def credentials(self, account: SlackAccount | None) -> Credentials:
        """What was given, and of what was left empty that which is stored.

        A webhook in place of a bot token, or the other way round, takes its place whole.
        """
        values = self.cleaned_data
        stored = _stored(account)
        secret = values["signing_secret"] or stored.signing_secret
        if values["bot_token"] or values["webhook_url"]:
            return Credentials(values["bot_token"], values["webhook_url"], secret)
        return Credentials(stored.bot_token, stored.webhook_url, secret)


def _stored(account: SlackAccount | None) -> Credentials:
    """Empty where nothing is stored that can be read."""
    if account is None:
        return Credentials()
    try:
        return credentials_of(account)
    except SalesdeskError:
        return Credentials()
