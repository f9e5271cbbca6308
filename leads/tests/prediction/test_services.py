from datetime import timedelta

import pytest

from leads.enums import LeadSource, LeadStage, TrainingResult
from leads.models import ConversionModel, Lead
from leads.prediction import services
from leads.prediction.predicting import (
    predict,
    predict_all,
    predict_changed_since,
    predict_open,
)
from leads.tests.conftest import NOW
from leads.tests.prediction.made import closed_lead, past
from salesdesk.businesses.models import Business

TELLING = {LeadSource.WEB_FORM: 0.65, LeadSource.IMPORT: 0.05}


def a_lead(business: Business, source: LeadSource = LeadSource.WEB_FORM) -> Lead:
    return Lead.objects.create(business=business, source=source, created_at=NOW)


def test_with_too_little_it_says_so_and_predicts_nothing(business: Business) -> None:
    for days in range(3):
        closed_lead(
            business, NOW - timedelta(days=20), days=days + 1, won=True, source=LeadSource.API
        )
    trained = services.train(business, NOW)
    assert trained.result == TrainingResult.TOO_LITTLE
    assert "3 leads were closed, 3 of them won" in trained.reason
    assert trained.model == {}
    assert predict(a_lead(business), NOW) is None


def test_before_any_training_there_is_no_prediction(business: Business) -> None:
    assert predict(a_lead(business), NOW) is None


def test_what_beats_the_base_rate_is_kept_with_its_figures(business: Business) -> None:
    past(business, NOW, TELLING)
    trained = services.train(business, NOW)
    assert trained.result == TrainingResult.KEPT
    assert (trained.closed, trained.learned_from, trained.won > 30) == (400, 280, True)
    assert trained.brier is not None
    assert trained.base_brier is not None
    assert trained.brier < trained.base_brier
    assert trained.auc is not None
    assert trained.auc > 0.7
    assert set(trained.model) == {"names", "means", "scales", "weights", "intercept"}
    assert len(trained.calibration) == 8


def test_what_does_no_better_is_not_used(business: Business) -> None:
    past(business, NOW, {LeadSource.WEB_FORM: 0.3, LeadSource.IMPORT: 0.3}, seed=11)
    trained = services.train(business, NOW)
    assert trained.result == TrainingResult.NO_BETTER
    assert trained.model == {}
    assert "it is not used" in trained.reason
    assert predict(a_lead(business), NOW) is None


def test_a_prediction_tells_its_reasons(business: Business) -> None:
    past(business, NOW, TELLING)
    services.train(business, NOW)
    form, listed = a_lead(business), a_lead(business, LeadSource.IMPORT)
    told = predict_all(business, [form, listed], NOW + timedelta(minutes=10))
    assert told[form.pk].probability > 0.5 > 0.2 > told[listed.pk].probability
    first = told[form.pk].reasons[0]
    assert (first.text, first.speaks_for) == ("Source: web form", True)
    against = told[listed.pk].reasons[0]
    assert (against.text, against.speaks_for) == ("Source: import", False)
    assert predict(form, NOW + timedelta(minutes=10)) == told[form.pk]


def test_a_training_that_fails_ends_the_one_before(business: Business) -> None:
    past(business, NOW, TELLING)
    services.train(business, NOW)
    Lead.objects.of(business).update(stage=LeadStage.LOST)
    services.train(business, NOW + timedelta(days=1))
    assert predict(a_lead(business), NOW) is None


def test_leads_of_others_teach_nothing(business: Business, other_business: Business) -> None:
    past(other_business, NOW, TELLING)
    assert services.train(business, NOW).closed == 0


def test_leads_closed_later_than_now_teach_nothing(business: Business) -> None:
    past(business, NOW, TELLING)
    early = NOW - timedelta(days=60)
    trained = services.train(business, early)
    assert 0 < trained.closed < 400
    assert trained.split_at is None or trained.split_at < early


def test_old_trainings_are_forgotten(business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "KEPT_TRAININGS", 2)
    for day in range(4):
        services.train(business, NOW + timedelta(days=day))
    kept = ConversionModel.objects.filter(business=business)
    assert [each.trained_at for each in kept] == [NOW + timedelta(days=day) for day in (3, 2)]


def test_open_leads_are_told_their_chances(business: Business) -> None:
    past(business, NOW, TELLING)
    form, listed = a_lead(business), a_lead(business, LeadSource.IMPORT)
    services.train(business, NOW)
    predict_open(business, NOW)
    form.refresh_from_db()
    listed.refresh_from_db()
    assert form.conversion is not None
    assert listed.conversion is not None
    assert form.conversion > listed.conversion


def test_chances_are_taken_back_when_nothing_tells_them(business: Business) -> None:
    lead = a_lead(business)
    Lead.objects.filter(pk=lead.pk).update(conversion=0.4)
    services.train(business, NOW)
    predict_open(business, NOW)
    lead.refresh_from_db()
    assert lead.conversion is None


def test_leads_to_which_something_happened_are_told_anew(business: Business) -> None:
    past(business, NOW, TELLING)
    services.train(business, NOW)
    old, new = a_lead(business), a_lead(business)
    Lead.objects.filter(pk=old.pk).update(updated_at=NOW - timedelta(days=2))
    Lead.objects.filter(pk=new.pk).update(updated_at=NOW)
    assert predict_changed_since(business, NOW - timedelta(minutes=15), NOW) == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.conversion is None
    assert new.conversion is not None
    assert new.rank > old.rank
