"""People who may buy, what is known of them, and when somebody visits them."""

from leads.models.consent import (
    Suppression,
)
from leads.models.outside import (
    Integration,
)
from leads.models.people import (
    Lead,
    LeadEvent,
    LeadQuerySet,
)
from leads.models.visits import (
    TAKES_TIME,
    Appointment,
    AppointmentQuerySet,
    Calendar,
)

__all__ = [
    "TAKES_TIME",
    "Appointment",
    "AppointmentQuerySet",
    "Calendar",
    "Integration",
    "Lead",
    "LeadEvent",
    "LeadQuerySet",
    "Suppression",
]
