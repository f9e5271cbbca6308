"""Every night each business's closed leads are learned from anew."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from leads.prediction import services
from leads.prediction.predicting import predict_changed_since, predict_open
from salesdesk.businesses.models import Business

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(minutes=15)
"""Longer than lies between two runs, so that no change is missed."""


@shared_task
def train_all() -> None:
    """A task for each active business, so that one of them does not hold up the others."""
    for key in Business.objects.active().values_list("pk", flat=True):
        train_business.delay(key)


@shared_task
def train_business(business_id: int) -> None:
    """Learn, and tell every open lead its chance. Done twice it does the same again."""
    business = Business.objects.filter(pk=business_id).first()
    if business is None:
        log.warning("a business whose leads were to be learned from is gone")
        return
    now = timezone.now()
    services.train(business, now)
    predict_open(business, now)


@shared_task
def predict_changed() -> None:
    """Tell leads that have changed of late their chance anew."""
    now = timezone.now()
    for business in Business.objects.active():
        predict_changed_since(business, now - LOOKED_BACK, now)
