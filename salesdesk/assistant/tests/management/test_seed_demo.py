"""manage.py seed_demo: all that the demo business begins with, once."""

import io
import json

import pytest
from django.core.management import call_command

from knowledge.models import Document
from knowledge.tests.conftest import words_model  # noqa: F401
from leads.models import Appointment, Calendar, Lead
from salesdesk.assistant.models import CaptureField, Playbook
from salesdesk.businesses.models import Business

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words_model")]
BROUGHT = (Document, CaptureField, Playbook, Calendar, Lead, Appointment)


def seed(**options: bool) -> str:
    said = io.StringIO()
    call_command("seed_demo", process=True, stdout=said, **options)
    return said.getvalue()


def counts(business: Business) -> list[int]:
    return [model._default_manager.filter(business=business).count() for model in BROUGHT]


def test_the_demo_brings_all_its_parts_once() -> None:
    demo = json.loads(seed(json=True))
    business = Business.objects.get(numbers__number=demo["number"])
    documents = Document.objects.filter(business=business)
    assert set(documents.values_list("status", flat=True)) == {"ready"}
    assert documents.count() >= 25
    calendars = Calendar.objects.filter(business=business)
    assert set(calendars.values_list("name", flat=True)) == {"Riley Chen", "Sam Okafor"}
    before = counts(business)
    assert all(before)
    assert seed().splitlines()[-1].startswith("0 documents are new or changed")
    assert counts(business) == before
