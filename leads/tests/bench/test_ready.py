"""The bench of the queue measures what it says, on a small scale."""

import pytest

from leads.bench import ready
from leads.gate import clock
from leads.models import Reservation


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_each_rep_gets_a_lead_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "QUICK_REPS", 12)
    monkeypatch.setattr(ready, "QUICK_LEADS", 60)
    real = clock.now

    measured = ready.run(quick=True)

    assert (measured["reps_at_once"], measured["leads"]) == (12, 60)
    assert measured["ours"]["p95_ms"] >= measured["ours"]["p50_ms"] > 0
    assert measured["bare"]["p95_ms"] > 0
    assert Reservation.objects.count() == 12
    assert clock.now is real
