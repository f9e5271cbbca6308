"""The editor of a prompt."""

from typing import Any

from django import forms

from salesdesk.assistant.prompting.templates import VARIABLES, problems_of

MOST_TEMPLATE = 8_000


class WrittenField(forms.CharField):
    """Text of several lines, with the line ends that everything but browsers uses."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text


class PromptForm(forms.Form):
    """``revision`` of the draft and ``over``, the number of the published version (0: none), as the
    editor showed them."""

    template = WrittenField(rows=22, max_length=MOST_TEMPLATE)
    brand_voice = WrittenField(
        rows=3,
        max_length=VARIABLES["brand_voice"].most,
        required=False,
        help_text="How the agent talks. Stands where the template has {{ brand_voice }}.",
    )
    compliance_rules = WrittenField(
        rows=6,
        max_length=VARIABLES["compliance_rules"].most,
        required=False,
        help_text="What the law and the business demand. "
        "Stands where the template has {{ compliance_rules }}.",
    )
    note = forms.CharField(
        label="What has changed",
        max_length=200,
        required=False,
        help_text="For colleagues who read the history.",
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    over = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def clean_template(self) -> str:
        template: str = self.cleaned_data["template"]
        if problems := problems_of(template):
            raise forms.ValidationError(list(problems))
        return template

    def words(self) -> dict[str, str]:
        """Keywords of ``save_draft``."""
        names = ("template", "brand_voice", "compliance_rules", "note")
        return {name: self.cleaned_data[name] for name in names}
