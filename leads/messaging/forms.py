"""What a user writes to a lead."""

from typing import Any

from django import forms

from leads.enums import MessageChannel
from leads.messaging.sending import LONGEST_BY_HAND
from leads.models import Lead


class WriteForm(forms.Form):
    """Over the channels on which the lead can be reached. A text message has no subject."""

    use_required_attribute = False
    """The subject is needed, and hidden, by what is chosen."""

    channel = forms.ChoiceField(label="By", widget=forms.RadioSelect)
    subject = forms.CharField(max_length=200)
    text = forms.CharField(
        label="Message",
        max_length=LONGEST_BY_HAND[MessageChannel.EMAIL],
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Write to them …"}),
    )

    def __init__(self, data: Any = None, *, lead: Lead) -> None:
        super().__init__(data, auto_id="write_%s")
        self.channels = channels_of(lead)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        channel.choices = [(each.value, each.label) for each in self.channels]
        channel.initial = self.channels[0].value if self.channels else ""
        by_sms = data is not None and data.get("channel") == MessageChannel.SMS
        self.fields["subject"].required = not by_sms

    @property
    def only_channel(self) -> MessageChannel | None:
        """Where there is nothing to choose."""
        return self.channels[0] if len(self.channels) == 1 else None


def channels_of(lead: Lead) -> list[MessageChannel]:
    """Those for which there is a number or an address."""
    known = {MessageChannel.SMS: lead.phone, MessageChannel.EMAIL: lead.email}
    return [channel for channel, address in known.items() if address]
