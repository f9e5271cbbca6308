"""The fields with which a business begins."""

import pytest

from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.capture.defaults import (
    add_default_fields,
    default_fields,
    load_demo_fields,
)
from salesdesk.assistant.capture.lead import LEAD_FIELDS
from salesdesk.assistant.models import CaptureField
from salesdesk.businesses.enums import Trade
from salesdesk.businesses.models import Business


@pytest.mark.django_db
@pytest.mark.parametrize("trade", Trade)
def test_the_fields_of_each_trade_can_be_used(business: Business, trade: Trade) -> None:
    business.trade = trade

    assert add_default_fields(business)

    assert capture.fields_of(business) == default_fields(trade)
    for field in CaptureField.objects.all():
        field.full_clean()
        assert field.lead_field in ("", *LEAD_FIELDS)
        assert field.question.endswith("?")


@pytest.mark.django_db
def test_what_a_business_has_chosen_stays(business: Business) -> None:
    assert add_default_fields(business)
    business.capture_fields.exclude(key="name").delete()

    assert not add_default_fields(business)
    load_demo_fields(business)

    assert [spec.key for spec in capture.fields_of(business)] == ["name"]
