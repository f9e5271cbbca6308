"""The bench of due touches measures what it says, on a small scale."""

import pytest

from leads.bench import cadences
from leads.models import Touch


@pytest.mark.django_db(transaction=True)
def test_each_due_touch_is_claimed_once_by_four_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cadences, "QUICK_DUE", 300)

    measured = cadences.run(quick=True)

    assert (measured["due_touches"], measured["touches"]) == (300, 2700)
    assert measured["claimed_per_second"] > 0
    assert measured["share_of_bare"] > 0
    assert Touch.objects.filter(status="claimed").count() == 300
    assert Touch.objects.filter(status="planned").count() == 300 * cadences.LATER
