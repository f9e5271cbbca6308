from datetime import timedelta

import pytest
from django.utils import timezone

from leads.enums import LeadSource
from leads.models import ConversionModel, Lead
from leads.prediction import tasks
from leads.tests.prediction.made import past
from salesdesk.businesses.models import Business


def test_a_training_tells_open_leads_their_chances(business: Business) -> None:
    now = timezone.now()
    past(business, now, {LeadSource.WEB_FORM: 0.65, LeadSource.IMPORT: 0.05})
    arrived = now - timedelta(hours=1)
    lead = Lead.objects.create(business=business, source=LeadSource.WEB_FORM, created_at=arrived)
    tasks.train_business(business.pk)
    lead.refresh_from_db()
    assert lead.conversion is not None
    assert lead.conversion > 0.4


def test_each_active_business_has_a_task_of_its_own(
    business: Business, other_business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[int] = []
    monkeypatch.setattr(tasks.train_business, "delay", queued.append)
    Business.objects.filter(pk=other_business.pk).update(is_active=False)
    tasks.train_all()
    assert queued == [business.pk]


def test_a_business_that_is_gone_is_left_alone(db: None) -> None:
    tasks.train_business(12345)
    assert not ConversionModel.objects.exists()
