"""The form in which an admin types the credentials of an outside service."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget

from leads.models import Integration
from leads.outside import integrations
from salesdesk.lib.errors import SalesdeskError

HELP = {
    "domain": "Salesforce: “acme.my” of acme.my.salesforce.com; “login” with a private key.",
    "consumer_key": "Salesforce: of the connected app.",
    "consumer_secret": "Salesforce: with client credentials.",
    "username": "Salesforce: with a private key.",
    "private_key": "Salesforce: the key (PEM) whose certificate the connected app has.",
    "service_account": "Google: the JSON key; share the calendar with its client_email.",
    "client_id": "Google: without a service account.",
    "client_secret": "Google: without a service account.",
    "refresh_token": "Google: without a service account.",
}
LONG = ("private_key", "service_account")
LONGEST = 20_000


class SecretTextarea(UnfoldAdminTextareaWidget):  # type: ignore[misc]  # unfold has no types
    """Shows nothing of what was typed, also when the form comes back with an error."""

    def format_value(self, value: Any) -> str:
        return ""


def secret(name: str) -> forms.CharField:
    widget = SecretTextarea if name in LONG else UnfoldAdminPasswordWidget
    return forms.CharField(
        required=False,
        max_length=LONGEST,
        help_text=HELP[name],
        widget=widget(attrs={"autocomplete": "off"}),
    )


class IntegrationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Credentials left empty stay as they are; new ones replace all those before."""

    class Meta:
        model = Integration
        fields = ("business", "provider", "is_active")

    domain = secret("domain")
    consumer_key = secret("consumer_key")
    consumer_secret = secret("consumer_secret")
    username = secret("username")
    private_key = secret("private_key")
    service_account = secret("service_account")
    client_id = secret("client_id")
    client_secret = secret("client_secret")
    refresh_token = secret("refresh_token")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.credentials: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.credentials = {name: cleaned.pop(name, "") for name in HELP}
        is_new = not self.instance.credentials
        if (is_new or any(self.credentials.values())) and not self.errors:
            self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        business = cleaned.get("business") or self.instance.business
        provider = cleaned.get("provider") or self.instance.provider
        try:
            integrations.seal(business, provider, self.credentials)
        except SalesdeskError as error:
            raise ValidationError(error.message) from error
