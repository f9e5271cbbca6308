"""Files of leads, and workers to work on them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from leads.arriving import importing
from leads.models import LeadImport
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

AddFile = Callable[..., LeadImport]


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys of the imports that a worker was asked to work on."""
    keys: list[int] = []
    monkeypatch.setattr("leads.arriving.tasks.work_on_import.delay", keys.append)
    return keys


@pytest.fixture
def add_file(business: Business, manager: User) -> AddFile:
    """``add_file(*lines, name="leads.csv")``: an uploaded file, not yet checked."""

    def add(*lines: str, name: str = "leads.csv", data: bytes = b"", **changes: Any) -> LeadImport:
        uploaded = SimpleUploadedFile(name, data or "\n".join(lines).encode())
        return importing.add_file(changes.pop("business", business), uploaded, by=manager)

    return add


def run_whole(lead_import: LeadImport, **changes: Any) -> LeadImport:
    """Checked and imported, as a worker does it."""
    mapping = changes.pop("mapping", None) or importing.mapping_of(lead_import)
    importing.check(lead_import, mapping, starts_work=changes.pop("starts_work", False))
    importing.work_on(lead_import.pk)
    lead_import.refresh_from_db()
    importing.start(lead_import)
    importing.work_on(lead_import.pk)
    lead_import.refresh_from_db()
    return lead_import
