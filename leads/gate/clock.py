"""What time it is for the gate. Tests set it to a moment at which calls are allowed."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()
