"""The form by which somebody writes to a lead."""

from django import template

from leads.enums import WrittenStatus
from leads.messaging.forms import WriteForm
from leads.models import Lead

register = template.Library()

TONES = {
    WrittenStatus.DELIVERED: "success",
    WrittenStatus.FAILED: "error",
    WrittenStatus.CANCELED: "warning",
}


@register.simple_tag
def write_form_of(lead: Lead) -> WriteForm:
    return WriteForm(lead=lead)


@register.filter
def written_tone(status: str) -> str:
    return TONES.get(WrittenStatus(status), "")
