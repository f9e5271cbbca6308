"""People who may buy, what is known of them, and when somebody visits them."""

from leads.models.cadences import (
    LONGEST_WAIT_MINUTES,
    Cadence,
    CadenceStep,
    Enrollment,
    Touch,
    TouchQuerySet,
)
from leads.models.consent import (
    Consent,
    Suppression,
)
from leads.models.outcomes import (
    UNDO_WITHIN,
    Disposition,
    Outcome,
)
from leads.models.outside import (
    Integration,
)
from leads.models.people import (
    Lead,
    LeadEvent,
    LeadQuerySet,
)
from leads.models.priority import (
    PriorityWeights,
)
from leads.models.ready import (
    ReadyAction,
    ReadySession,
    Reservation,
    ReservationQuerySet,
)
from leads.models.speed import (
    ArrivalRules,
    LeadNotice,
    SpeedClock,
    SpeedClockQuerySet,
)
from leads.models.visits import (
    TAKES_TIME,
    Appointment,
    AppointmentQuerySet,
    Calendar,
)

__all__ = [
    "LONGEST_WAIT_MINUTES",
    "TAKES_TIME",
    "UNDO_WITHIN",
    "Appointment",
    "AppointmentQuerySet",
    "ArrivalRules",
    "Cadence",
    "CadenceStep",
    "Calendar",
    "Consent",
    "Disposition",
    "Enrollment",
    "Integration",
    "Lead",
    "LeadEvent",
    "LeadNotice",
    "LeadQuerySet",
    "Outcome",
    "PriorityWeights",
    "ReadyAction",
    "ReadySession",
    "Reservation",
    "ReservationQuerySet",
    "SpeedClock",
    "SpeedClockQuerySet",
    "Suppression",
    "Touch",
    "TouchQuerySet",
]
