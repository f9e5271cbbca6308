"""What tests of documents share: a quick embedding model, files, and documents."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from knowledge import services
from knowledge.models import Document
from knowledge.tests.embedder import WordsEmbedder
from salesdesk.businesses.models import Business

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
MODEL = "test/words"


@pytest.fixture
def words_model(settings: Settings, tmp_path: Path) -> str:
    """A model that needs no loading is the installation's, and files go to a directory of their
    own; the model's name."""
    settings.EMBEDDING_MODELS = {
        MODEL: {"BACKEND": "knowledge.tests.embedder.WordsEmbedder", "OPTIONS": {}}
    }
    settings.EMBEDDING_MODEL = MODEL
    settings.MEDIA_ROOT = tmp_path / "files"
    return MODEL


@pytest.fixture
def before_embedding() -> Iterator[Callable[[Callable[[Sequence[str]], None]], None]]:
    """``before_embedding(hook)``: call the hook before each batch is embedded."""

    def set_hook(hook: Callable[[Sequence[str]], None]) -> None:
        WordsEmbedder.before = staticmethod(hook)

    yield set_hook
    WordsEmbedder.before = None


AddSample = Callable[..., Document]


@pytest.fixture
def add_sample(business: Business, words_model: str) -> AddSample:
    """``add_sample("open-house.html", **fields)``: the sample, uploaded and waiting."""

    def add(name: str, **fields: object) -> Document:
        file = ContentFile((SAMPLES / name).read_bytes(), name=Path(name).name)
        return services.add_file(business, file, by=None, **fields)  # type: ignore[arg-type]

    return add


def finish(document: Document) -> Document:
    """Process it here and now."""
    services.process_document(document.pk)
    document.refresh_from_db()
    return document
