"""The platform that the domain apps stand on."""

from salesdesk.celery import app as celery_app

__all__ = ["celery_app"]
