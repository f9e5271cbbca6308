"""Forms of the knowledge pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from knowledge.enums import Chunking, DocumentType, Vendor
from knowledge.metadata import LONGEST_TAG, MOST_TAGS, normal_tags
from knowledge.models import Document
from knowledge.parsing import limits
from knowledge.permissions import businesses_where
from knowledge.services import LONGEST_TEXT
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor
from salesdesk.businesses.models import Business

LONGEST_QUERY = 500
MOST_FILES = 20
LARGEST_MB = limits.BYTES // 1024 // 1024
ACCEPTED = ".pdf,.docx,.txt,.md,.markdown,.html,.htm"

CHUNKING_HELP = (
    "How the text is cut into passages: by paragraph suits most; by sentence suits short facts "
    "and price lists; by meaning suits long running text."
)


class TagsField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"})
        super().__init__(
            required=False,
            max_length=1000,
            help_text="Separated by commas.",
            widget=widget,
            **options,
        )

    def clean(self, value: Any) -> list[str]:
        tags = [tag for tag in super().clean(value).split(",") if tag.strip()]
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(f"{MOST_TAGS} tags at most.")
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(f"A tag can have {LONGEST_TAG} characters at most.")
        return normal_tags(tags)


class ForBusiness(forms.Form):
    """A form that asks for which of the businesses whose knowledge the user may change.

    Who may change one only is not asked.
    """

    business = forms.ModelChoiceField(Business.objects.none(), to_field_name="public_id")

    def __init__(self, *args: Any, user: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["business"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = businesses_where(user, Ability.MANAGE_KNOWLEDGE)
        field.empty_label = None
        if len(only := field.queryset[:2]) == 1:  # nothing to choose
            field.widget = forms.HiddenInput()
            self.initial["business"] = only[0]


class AboutForm(forms.Form):
    """What a document is filed under; everything may stay empty."""

    type = forms.ChoiceField(
        required=False, choices=(("", "As the document says"), *DocumentType.choices)
    )
    vendor = forms.CharField(
        required=False, max_length=120, help_text="Who makes what it is about."
    )
    tags = TagsField()
    chunking = forms.ChoiceField(
        label="Passages",
        choices=Chunking.choices,
        initial=Chunking.PARAGRAPH,
        help_text=CHUNKING_HELP,
    )

    def about(self) -> dict[str, Any]:
        """Keywords of the services that add documents."""
        return {name: self.cleaned_data[name] for name in ("type", "vendor", "tags", "chunking")}


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    def __init__(self, **options: Any) -> None:
        attributes = {"accept": ACCEPTED, "data-upload-input": ""}
        super().__init__(widget=SeveralFiles(attrs=attributes), **options)

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError("Choose at least one file.")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"{MOST_FILES} files at a time at most.")
        return list(files)


class UploadForm(ForBusiness, AboutForm):
    files = SeveralFilesField(  # type: ignore[assignment]  # no form's own upload: its field
        label="Files",
        help_text="PDF, DOCX, TXT, MD or HTML; "
        f"{LARGEST_MB} MB a file, {MOST_FILES} files at a time.",
    )
    field_order = ("business", "files")


class TextForm(ForBusiness, AboutForm):
    title = forms.CharField(max_length=300)
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Plain text or Markdown: “# Heading”, “- item”, tables with “|”.",
    )
    source = forms.CharField(required=False, max_length=300, help_text="Where it comes from.")
    field_order = ("business", "title", "text", "source")

    def about(self) -> dict[str, Any]:
        return {**super().about(), "source": self.cleaned_data["source"]}


class UrlForm(ForBusiness, AboutForm):
    url = forms.URLField(
        label="Address",
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text="One page. For a whole documentation site, use Sites.",
    )
    field_order = ("business", "url")


class DocumentForm(forms.Form):
    """What people may change about a document, apart from its text."""

    title = forms.CharField(max_length=300)
    type = forms.ChoiceField(choices=DocumentType.choices)
    vendor = forms.CharField(required=False, max_length=120)
    tags = TagsField()
    source = forms.CharField(required=False, max_length=300, help_text="Where it comes from.")
    published_on = forms.DateField(
        label="Date", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    version_label = forms.CharField(
        label="Version",
        required=False,
        max_length=60,
        help_text="What the source itself calls this version.",
    )

    @classmethod
    def for_document(cls, document: Document, data: Mapping[str, Any] | None = None) -> Any:
        initial = {name: getattr(document, name) for name in cls.base_fields}
        return cls(data, initial={**initial, "tags": ", ".join(document.tags)})


class ReplaceForm(forms.Form):
    """Another file for an uploaded document: its next version."""

    file = forms.FileField(
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=f"PDF, DOCX, TXT, MD or HTML; {LARGEST_MB} MB at most. "
        "The passages of the old file serve until the new ones are ready.",
    )


class DocumentTextForm(forms.Form):
    text = forms.CharField(
        label="Text", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 18})
    )


class ChunkingForm(forms.Form):
    chunking = forms.ChoiceField(
        label="Way of cutting", choices=Chunking.choices, help_text=CHUNKING_HELP
    )


class SiteForm(ForBusiness):
    """A documentation site: one that is known by name, or an address of one's own."""

    vendor = forms.ChoiceField(
        label="Site", choices=Vendor.choices, help_text="Known sites bring their own address."
    )
    name = forms.CharField(
        required=False, max_length=120, help_text="Empty: the vendor’s name, or the host."
    )
    start_url = forms.URLField(
        label="Address",
        required=False,
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Only for a site of your own: the page to begin with, or its sitemap.",
    )
    max_depth = forms.IntegerField(label="Depth of links", min_value=0, max_value=10, initial=3)
    max_pages = forms.IntegerField(label="Most pages", min_value=1, max_value=5000, initial=200)
    every_hours = forms.IntegerField(
        label="Read again after (hours)",
        min_value=0,
        max_value=8760,
        initial=0,
        help_text="0: only when asked.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_missing = not cleaned.get("start_url") and "start_url" not in self.errors
        if cleaned.get("vendor") == Vendor.CUSTOM and is_missing:
            self.add_error("start_url", "Give the address of your own site.")
        return cleaned


class ScheduleForm(forms.Form):
    """How far and how often a site is read."""

    max_depth = SiteForm.base_fields["max_depth"]
    max_pages = SiteForm.base_fields["max_pages"]
    every_hours = SiteForm.base_fields["every_hours"]


class SearchForm(forms.Form):
    """A question as somebody would ask it on the phone."""

    q = forms.CharField(
        label="Question",
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.SearchInput(
            attrs={"placeholder": "Does the warranty cover the inverter?", "autofocus": True}
        ),
    )
    business = forms.ModelChoiceField(
        Business.objects.none(), required=False, to_field_name="public_id"
    )
    type = forms.ChoiceField(required=False, choices=(("", "Any type"), *DocumentType.choices))
    vendor = forms.CharField(required=False, max_length=120)
    tags = TagsField()

    def __init__(self, *args: Any, user: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["business"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = businesses_where(user, Ability.VIEW_KNOWLEDGE)
        field.empty_label = None


class SettingsForm(forms.Form):
    top_k = forms.IntegerField(
        label="Passages for an answer", min_value=1, max_value=20, help_text="5 suits most."
    )
    threshold = forms.FloatField(
        label="Threshold",
        required=False,
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "0.01"}),
        help_text="0 to 1: what fits a question less than that is not found. "
        "Empty: the default of the model.",
    )


class ModelForm(forms.Form):
    model = forms.ChoiceField(label="Embedding model")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in usable_models()]


def usable_models() -> list[str]:
    """Those whose provider this installation has a key for, and those that need none."""
    models: Mapping[str, Mapping[str, Any]] = settings.EMBEDDING_MODELS
    return [name for name in models if models[name]["OPTIONS"].get("api_key") != ""]
