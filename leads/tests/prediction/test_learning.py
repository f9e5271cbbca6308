import os
import random
import subprocess
import sys
from datetime import timedelta

import pytest

from leads.enums import LeadSource
from leads.prediction.features import Snapshot, numbers_of
from leads.prediction.learning import (
    LANDMARKS,
    Row,
    judge,
    learn,
    moments_of,
    share_won,
    shared,
    split,
)
from leads.tests.conftest import NOW

CHANCE = {LeadSource.WEB_FORM: 0.6, LeadSource.IMPORT: 0.1}
DAY = timedelta(days=1)


def rows_of(count: int, *, chances: dict[LeadSource, float] = CHANCE, seed: int = 3) -> list[Row]:
    """Two rows a lead: at its arrival and a day later."""
    made, rows = random.Random(seed), []
    for lead in range(count):
        source = made.choice(list(chances))
        won = made.random() < chances[source]
        created = NOW + timedelta(hours=lead)
        closed = created + timedelta(days=made.uniform(2, 6))
        moments = (created, created + DAY)
        rows += [Row(lead, Snapshot(created, at, source), closed, won) for at in moments]
    return rows


def test_a_lead_is_looked_at_at_ages_that_its_end_does_not_choose() -> None:
    assert moments_of(NOW, NOW + 8 * DAY) == [NOW + age for age in LANDMARKS[:3]]
    assert moments_of(NOW, NOW + timedelta(minutes=5)) == []


def test_every_lead_counts_once() -> None:
    rows = rows_of(10)
    assert sum(row.weight for row in shared(rows[1:])) == pytest.approx(10)


def test_nothing_of_the_later_part_was_known_in_the_earlier() -> None:
    earlier, later, at = split(rows_of(300))
    assert all(row.closed_at < at for row in earlier)
    assert all(row.at >= at for row in later)
    assert not {row.lead for row in earlier} & {row.lead for row in later}
    assert 0.6 < len({row.lead for row in earlier}) / 300 <= 0.7


def test_it_finds_what_matters_and_is_calibrated() -> None:
    earlier, later, _ = split(rows_of(1200))
    model = learn(earlier)
    at = NOW
    told = {source: model.probability(numbers_of(Snapshot(at, at, source))) for source in CHANCE}
    assert told[LeadSource.WEB_FORM] == pytest.approx(0.6, abs=0.12)
    assert told[LeadSource.IMPORT] == pytest.approx(0.1, abs=0.08)
    judged = judge(model, share_won(earlier), later)
    assert judged.gain > 2 * judged.gain_error > 0
    assert judged.auc > 0.7
    assert judged.brier < judged.base_brier
    assert max(model.strengths().items(), key=lambda pair: pair[1])[0] == "source"


def test_chance_is_not_taken_for_knowledge() -> None:
    """Where nothing matters the model says about what the base rate says."""
    earlier, later, _ = split(rows_of(900, chances={LeadSource.API: 0.3, LeadSource.EMAIL: 0.3}))
    judged = judge(learn(earlier), share_won(earlier), later)
    assert judged.brier == pytest.approx(judged.base_brier, abs=0.01)


def test_groups_of_the_calibration_go_from_low_to_high_and_hold_all() -> None:
    earlier, later, _ = split(rows_of(600))
    bins = judge(learn(earlier), 0.3, later).calibration
    assert [each["low"] for each in bins] == sorted(each["low"] for each in bins)
    assert sum(each["leads"] for each in bins) == pytest.approx(
        len({row.lead for row in later}), abs=1
    )
    assert bins[-1]["won"] > bins[0]["won"]


def test_the_same_rows_teach_the_same() -> None:
    rows = shared(rows_of(300))
    assert learn(rows) == learn(rows)


@pytest.mark.slow
def test_the_web_process_does_not_load_scikit_learn() -> None:
    asked = (
        "import django, sys; django.setup(); import salesdesk.urls, salesdesk.asgi;"
        "import leads.prediction.services, leads.prediction.predicting;"
        "sys.exit('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], check=False, env=_environment())
    assert done.returncode == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "salesdesk.settings", "SECRET_KEY": "test"}
