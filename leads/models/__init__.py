"""People who may buy, what is known of them, and when somebody visits them."""

from leads.models.accounts import (
    Account,
    AccountQuerySet,
    Contact,
)
from leads.models.arriving import (
    Arrival,
    ImportMapping,
    ImportProblem,
    InboxMessage,
    LeadImport,
    Mailbox,
    MailRule,
    WebForm,
    WebhookDelivery,
    WebhookEndpoint,
)
from leads.models.bulk import (
    BulkChange,
    BulkChangeQuerySet,
)
from leads.models.cadences import (
    LONGEST_WAIT_MINUTES,
    Cadence,
    CadenceStep,
    Enrollment,
    Touch,
    TouchQuerySet,
)
from leads.models.campaigns import (
    Campaign,
    CampaignAttempt,
    CampaignMember,
    CampaignQuerySet,
)
from leads.models.consent import (
    Consent,
    Suppression,
)
from leads.models.dialing import (
    ON_THE_LINE,
    Dial,
    DialQuerySet,
)
from leads.models.gate import (
    Attempt,
    DialDecision,
    DialDecisionQuerySet,
    DialRules,
    DoNotCallEntry,
    DoNotCallList,
)
from leads.models.merging import (
    UNDONE_WITHIN,
    Merge,
)
from leads.models.messaging import (
    LeadMessage,
    LeadMessageQuerySet,
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
    WORTH,
    Lead,
    LeadEvent,
    LeadQuerySet,
)
from leads.models.pipeline import (
    Opportunity,
    OpportunityQuerySet,
)
from leads.models.prediction import (
    ConversionModel,
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
    SpeedClock,
    SpeedClockQuerySet,
)
from leads.models.visit_news import (
    CalendarFeed,
    VisitMessage,
    VisitMessageQuerySet,
    VisitRules,
    VisitTemplate,
)
from leads.models.visits import (
    TAKES_TIME,
    Appointment,
    AppointmentQuerySet,
    Calendar,
)

__all__ = [
    "LONGEST_WAIT_MINUTES",
    "ON_THE_LINE",
    "TAKES_TIME",
    "UNDONE_WITHIN",
    "UNDO_WITHIN",
    "WORTH",
    "Account",
    "AccountQuerySet",
    "Appointment",
    "AppointmentQuerySet",
    "Arrival",
    "ArrivalRules",
    "Attempt",
    "BulkChange",
    "BulkChangeQuerySet",
    "Cadence",
    "CadenceStep",
    "Calendar",
    "CalendarFeed",
    "Campaign",
    "CampaignAttempt",
    "CampaignMember",
    "CampaignQuerySet",
    "Consent",
    "Contact",
    "ConversionModel",
    "Dial",
    "DialDecision",
    "DialDecisionQuerySet",
    "DialQuerySet",
    "DialRules",
    "Disposition",
    "DoNotCallEntry",
    "DoNotCallList",
    "Enrollment",
    "ImportMapping",
    "ImportProblem",
    "InboxMessage",
    "Integration",
    "Lead",
    "LeadEvent",
    "LeadImport",
    "LeadMessage",
    "LeadMessageQuerySet",
    "LeadQuerySet",
    "MailRule",
    "Mailbox",
    "Merge",
    "Opportunity",
    "OpportunityQuerySet",
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
    "VisitMessage",
    "VisitMessageQuerySet",
    "VisitRules",
    "VisitTemplate",
    "WebForm",
    "WebhookDelivery",
    "WebhookEndpoint",
]
