"""A file of leads, and what its columns mean."""

from typing import Any

from django import forms

from leads.arriving import importing
from leads.arriving.columns import CHOICES
from leads.arriving.tables import LARGEST_FILE
from leads.models import LeadImport

MEGABYTES = LARGEST_FILE // 1024 // 1024


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=f"CSV or Excel (.xlsx), {MEGABYTES} MB at most; the first row names the columns.",
    )


class MappingForm(forms.Form):
    """A choice for each column, and whether the leads are worked at once."""

    starts_work = forms.BooleanField(
        required=False,
        label="Start working these leads at once",
        help_text="Their cadence begins as if each had just asked for a call.",
    )

    def __init__(self, *args: Any, lead_import: LeadImport, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lead_import = lead_import
        self.initial.setdefault("starts_work", lead_import.starts_work)
        mapping = importing.mapping_of(lead_import)
        self.samples = importing.samples_of(lead_import)
        for position, header in enumerate(lead_import.headers):
            self.fields[f"column_{position}"] = forms.ChoiceField(
                label=header,
                required=False,
                choices=CHOICES,
                initial=mapping.get(position, ""),
            )

    def columns(self) -> list[tuple[forms.BoundField, str]]:
        """Each column's field, with what stands in its first rows."""
        return [
            (self[f"column_{position}"], " · ".join(self._cells(position)))
            for position in range(len(self.lead_import.headers))
        ]

    def _cells(self, position: int) -> list[str]:
        cells = (row[position] for row in self.samples if position < len(row))
        return [cell[:40] for cell in cells if cell][:3]

    def mapping(self) -> dict[int, str]:
        count = len(self.lead_import.headers)
        return {position: self.cleaned_data[f"column_{position}"] for position in range(count)}
