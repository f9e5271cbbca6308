"""The import's figures, taken of a few rows."""

import pytest

from leads.bench import importing
from leads.models import Lead


@pytest.mark.django_db
def test_the_figures_are_of_the_rows_that_were_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "QUICK_ROWS", 50)
    figures = importing.run(quick=True)
    assert figures["rows"] == 50
    assert all(value > 0 for value in figures.values())
    assert Lead.objects.count() == 150, "by COPY, by a bulk insert, and by the import"
