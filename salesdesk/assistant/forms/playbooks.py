"""Forms of playbooks: their stages and objections, lists with an entry a line."""

from typing import Any

from django import forms

from salesdesk.assistant.loop.state import ObjectionSpec, StageSpec
from salesdesk.assistant.models import Objection, Playbook, Stage

MOST_ENTRIES = 30
LONGEST_SENTENCE = 300
LONGEST_SIGN = 80
LONGEST_ANSWER = 800


class LinesField(forms.CharField):
    """A list of texts, one a line; blank lines are dropped, and so is what stands there twice."""

    def __init__(self, *, longest: int, rows: int = 4, **options: Any) -> None:
        self.longest = longest
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=MOST_ENTRIES * (longest + 2), widget=widget, **options)

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        entries = list(dict.fromkeys(line for line in lines if line))
        if len(entries) > MOST_ENTRIES:
            raise forms.ValidationError(f"{MOST_ENTRIES} lines at most.")
        if any(len(entry) > self.longest for entry in entries):
            raise forms.ValidationError(f"A line can have {self.longest} characters at most.")
        return entries


class PlaybookForm(forms.Form):
    name = forms.CharField(max_length=80)

    @classmethod
    def of(cls, playbook: Playbook) -> "PlaybookForm":
        return cls(initial={"name": playbook.name})


class NewPlaybookForm(PlaybookForm):
    begin_with = forms.ChoiceField(
        choices=(("example", "The example: solar, heating and roofs"), ("nothing", "Nothing")),
        widget=forms.RadioSelect,
        initial="example",
    )


class StageForm(forms.Form):
    name = forms.CharField(max_length=80)
    goal = forms.CharField(
        max_length=300, help_text="What is reached when the conversation may go on."
    )
    questions = LinesField(
        longest=LONGEST_SENTENCE,
        required=False,
        help_text="One a line, in the order in which they are asked.",
    )
    lines = LinesField(
        label="Lines that fit",
        longest=LONGEST_SENTENCE,
        required=False,
        help_text="One a line, ready to be spoken.",
    )

    @staticmethod
    def values_of(stage: Stage) -> dict[str, str]:
        lists = {name: "\n".join(getattr(stage, name)) for name in ("questions", "lines")}
        return {"name": stage.name, "goal": stage.goal, **lists}

    def spec(self) -> StageSpec:
        given = self.cleaned_data
        return StageSpec(
            given["name"], given["goal"], tuple(given["questions"]), tuple(given["lines"])
        )


class ObjectionForm(forms.Form):
    name = forms.CharField(max_length=80)
    signs = LinesField(
        longest=LONGEST_SIGN,
        help_text="Words by which it is recognised, one a line; any inflection counts, and up to "
        "two other words may stand between them.",
    )
    answer = forms.CharField(
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What to say. Claim nothing that your documents do not say.",
    )

    @staticmethod
    def values_of(objection: Objection) -> dict[str, str]:
        signs = "\n".join(objection.signs)
        return {"name": objection.name, "signs": signs, "answer": objection.answer}

    def spec(self) -> ObjectionSpec:
        given = self.cleaned_data
        return ObjectionSpec(given["name"], tuple(given["signs"]), given["answer"])
