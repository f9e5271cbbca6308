"""The words for leads and appointments."""

from django.db import models


class LeadSource(models.TextChoices):
    CALL_IN = "call_in", "They called"
    CALL_OUT = "call_out", "We called"
    TEXT = "text", "Text message"
    WEB_FORM = "web_form", "Web form"
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"
    IMPORT = "import", "Import"
    API = "api", "API"
    CRM = "crm", "CRM"
    MANUAL = "manual", "Entered by hand"


class LeadStage(models.TextChoices):
    NEW = "new", "New"
    CONTACTED = "contacted", "Contacted"
    QUALIFIED = "qualified", "Qualified"
    APPOINTMENT = "appointment", "Appointment"
    PROPOSAL = "proposal", "Proposal"
    WON = "won", "Won"
    LOST = "lost", "Lost"


class LeadEventKind(models.TextChoices):
    CREATED = "created", "Created"
    CHANGED = "changed", "Changed"
    NOTE = "note", "Note"
    CONVERSATION = "conversation", "Conversation"
    APPOINTMENT = "appointment", "Appointment"
    SUPPRESSED = "suppressed", "Do not call"
    CADENCE = "cadence", "Cadence"
    OUTCOME = "outcome", "Outcome"
    MESSAGE = "message", "Message"
    INQUIRY = "inquiry", "New inquiry"
    STAGE = "stage", "Stage"
    OPPORTUNITY = "opportunity", "Opportunity"
    MERGED = "merged", "Merged"
    CRM = "crm", "CRM"


class BulkAction(models.TextChoices):
    """What can be done to many leads at once."""

    OWNER = "owner", "Give to"
    RELEASE = "release", "Take from their owners"
    STAGE = "stage", "Move to stage"
    CADENCE = "cadence", "Begin a cadence"
    PAUSE = "pause", "Pause their cadence"
    DO_NOT_CALL = "do_not_call", "Never call again"


class BulkStatus(models.TextChoices):
    """``STOPPED`` came to no end, and says why."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


class SuppressionSource(models.TextChoices):
    CALLER = "caller", "Said in a conversation"
    STAFF = "staff", "Entered by staff"
    API = "api", "API"
    IMPORT = "import", "Import"
    TEXT = "text", "Opted out by text message"
    LINK = "link", "Unsubscribed by a link"


class AppointmentStatus(models.TextChoices):
    """``BOOKED`` and ``CONFIRMED`` take up their time."""

    BOOKED = "booked", "Booked"
    CONFIRMED = "confirmed", "Confirmed"
    DONE = "done", "Done"
    MISSED = "missed", "Missed"
    CANCELED = "canceled", "Canceled"


class CalendarProvider(models.TextChoices):
    INTERNAL = "internal", "salesdesk"
    GOOGLE = "google", "Google Calendar"
    SALESFORCE = "salesforce", "Salesforce events"


class CrmProvider(models.TextChoices):
    INTERNAL = "internal", "salesdesk"
    SALESFORCE = "salesforce", "Salesforce"


class Behaviour(models.TextChoices):
    """What an outcome does."""

    NEXT = "next", "Only noted; on to the next lead"
    CALLBACK = "callback", "Called again at a time"
    RETRY = "retry", "Tried again later"
    VOICEMAIL = "voicemail", "A message was left; tried again later"
    WON = "won", "Closed as won"
    LOST = "lost", "Closed as lost"
    WRONG_NUMBER = "wrong_number", "The number is never dialled again"
    OPT_OUT = "opt_out", "Never called nor written to again"


class SessionState(models.TextChoices):
    READY = "ready", "Ready"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


class ReservationState(models.TextChoices):
    """Those in :data:`HELD` keep the lead for one rep."""

    OFFERED = "offered", "Offered"
    CALLING = "calling", "Calling"
    WRAP_UP = "wrap_up", "Outcome to be set"
    DONE = "done", "Done"
    RELEASED = "released", "Given back"
    EXPIRED = "expired", "Expired"


HELD = (ReservationState.OFFERED, ReservationState.CALLING, ReservationState.WRAP_UP)


class TouchChannel(models.TextChoices):
    AI_CALL = "ai_call", "Call by the agent"
    REP_CALL = "rep_call", "Call by a rep"
    SMS = "sms", "Text message"
    EMAIL = "email", "E-mail"


class StepCondition(models.TextChoices):
    """What must have come of the touch before, so that a step is taken."""

    NOT_REACHED = "not_reached", "Not reached"
    NO_ANSWER = "no_answer", "No answer, or busy"
    VOICEMAIL = "voicemail", "Voicemail"
    REACHED = "reached", "Reached"
    ALWAYS = "always", "Whatever came of it"


class TouchStatus(models.TextChoices):
    """``CLAIMED``: a worker carries it out; ``WAITING``: its result is waited for."""

    PLANNED = "planned", "Planned"
    PAUSED = "paused", "Paused"
    CLAIMED = "claimed", "Being carried out"
    WAITING = "waiting", "Under way"
    DONE = "done", "Done"
    CANCELED = "canceled", "Canceled"


class TouchResult(models.TextChoices):
    SENT = "sent", "Sent"
    REACHED = "reached", "Reached"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Busy"
    VOICEMAIL = "voicemail", "Voicemail"
    BLOCKED = "blocked", "Not allowed"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Not known"


class EnrollmentStatus(models.TextChoices):
    ACTIVE = "active", "Under way"
    PAUSED = "paused", "Paused"
    FINISHED = "finished", "Went through"
    STOPPED = "stopped", "Stopped"


class StopReason(models.TextChoices):
    REACHED = "reached", "They were reached"
    REPLIED = "replied", "They replied"
    BOOKED = "booked", "They have an appointment"
    CALLBACK = "callback", "A call at another time was agreed"
    OPTED_OUT = "opted_out", "They must be left in peace"
    WRONG_NUMBER = "wrong_number", "The number is wrong"
    WON = "won", "Won"
    LOST = "lost", "Lost"
    STAFF = "staff", "Stopped by hand"
    REPLACED = "replaced", "Another cadence began"


class ContactHow(models.TextChoices):
    AI_CALL = "ai_call", "Call by the agent"
    REP_CALL = "rep_call", "Call by a rep"
    CALL_IN = "call_in", "They called"
    SMS = "sms", "Text message"
    EMAIL = "email", "E-mail"
    OTHER = "other", "Otherwise"


class ConsentKind(models.TextChoices):
    """To what somebody agreed, or no longer agrees."""

    AI_VOICE = "ai_voice", "Calls by an AI voice"
    CALL = "call", "Calls"
    SMS = "sms", "Text messages"
    EMAIL = "email", "E-mail"


class DialKind(models.TextChoices):
    """Who talks when the called party answers."""

    AI = "ai", "AI agent"
    REP = "rep", "Rep"


class ContactKind(models.TextChoices):
    """In which ways somebody is contacted; each asks the gate first."""

    AI = "ai", "AI call"
    REP = "rep", "Rep’s call"
    SMS = "sms", "Text message"
    EMAIL = "email", "E-mail"


class MessagePurpose(models.TextChoices):
    """``SERVICE``: what somebody waits for, like the reminder of their appointment."""

    MARKETING = "marketing", "Marketing"
    SERVICE = "service", "Service"


class GateReason(models.TextChoices):
    """Why somebody may not be contacted now; the label is the sentence for people."""

    NOT_A_NUMBER = "not_a_number", "This is no number that can be called."
    NO_ADDRESS = "no_address", "There is no e-mail address to write to."
    OWN_NUMBER = "own_number", "This is one of the business’s own numbers."
    BUSINESS_INACTIVE = "business_inactive", "The business is not active."
    DIALING_PAUSED = "dialing_paused", "All dialling of the business is paused."
    COUNTRY_NOT_ALLOWED = "country_not_allowed", "The business does not call this country."
    DO_NOT_CALL_NUMBER = "do_not_call_number", "This number must not be called."
    DO_NOT_CALL_PERSON = "do_not_call_person", "This person must not be contacted."
    DO_NOT_CALL_COMPANY = "do_not_call_company", "Nobody at this company must be contacted."
    DO_NOT_CALL_LIST = "do_not_call_list", "The number is on a do-not-call list."
    DO_NOT_WRITE = "do_not_write", "This address must not be written to."
    POSTAL_ADDRESS_MISSING = (
        "postal_address_missing",
        "Advertising by e-mail needs the business’s postal address; enter it under Dialling.",
    )
    NO_LIST = "no_list", "No national do-not-call list has been imported."
    LIST_TOO_OLD = "list_too_old", "A do-not-call list is too old; import it again."
    AI_CONSENT_MISSING = "ai_consent_missing", "There is no consent to calls by an AI voice."
    CONSENT_WITHDRAWN = "consent_withdrawn", "The consent to this was withdrawn."
    SMS_CONSENT_MISSING = "sms_consent_missing", "There is no consent to text messages."
    ZONE_UNKNOWN = "zone_unknown", "Nobody knows what time it is where the phone rings."
    TOO_EARLY = "too_early", "It is too early where the phone rings."
    TOO_LATE = "too_late", "It is too late where the phone rings."
    DAY_CLOSED = "day_closed", "No calls are placed on this day of the week."
    HOLIDAY = "holiday", "It is a holiday where the phone rings."
    TOO_MANY_TODAY = "too_many_today", "The number was called often enough in 24 hours."
    TOO_MANY_THIS_WEEK = "too_many_this_week", "The number was called often enough in 7 days."
    TOO_SOON_AGAIN = "too_soon_again", "The last call to this number was too short a time ago."
    NUMBER_BUSY = "number_busy", "A call with this number is under way."
    CALLER_TIRED = "caller_tired", "The calling number has placed too many calls in an hour."
    CALLER_UNKNOWN = "caller_unknown", "The business has no active number to call from."


class ListKind(models.TextChoices):
    NATIONAL = "national", "National registry"
    STATE = "state", "State registry"
    OWN = "own", "Own list"


class DialOrigin(models.TextChoices):
    """Who wanted the dial."""

    MANUAL = "manual", "By hand"
    CADENCE = "cadence", "Cadence"
    READY = "ready", "Ready queue"
    CAMPAIGN = "campaign", "Campaign"
    CALLBACK = "callback", "Callback"


class DialStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    BLOCKED = "blocked", "Refused by the gate"
    PLACED = "placed", "Ringing"
    ANSWERED = "answered", "Answered"
    ENDED = "ended", "Ended"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


class DialResult(models.TextChoices):
    ANSWERED = "answered", "Answered"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Busy"
    VOICEMAIL = "voicemail", "Voicemail"
    FAILED = "failed", "Failed"
    BLOCKED = "blocked", "Refused by the gate"
    NOT_TAKEN = "not_taken", "The rep did not take it"


class MachineAction(models.TextChoices):
    """What the agent does when an answering machine takes its call."""

    HANG_UP = "hang_up", "Hang up, and try again later"
    LEAVE_MESSAGE = "leave_message", "Leave the message below"


class OpportunityStatus(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    ACCEPTED = "accepted", "Accepted"
    DISMISSED = "dismissed", "Dismissed"


class OpportunityFinder(models.TextChoices):
    RULES = "rules", "Rules"
    MODEL = "model", "Language model"
    STAFF = "staff", "Entered by staff"


class ImportStatus(models.TextChoices):
    """What a file of leads is at."""

    UPLOADED = "uploaded", "Columns to be named"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked, to be started"
    RUNNING = "running", "Being imported"
    DONE = "done", "Imported"
    CANCELED = "canceled", "Stopped"
    FAILED = "failed", "Failed"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"


class DeliveryStatus(models.TextChoices):
    TAKEN = "taken", "New lead"
    KNOWN = "known", "New inquiry"
    AGAIN = "again", "Had been taken before"
    FAILED = "failed", "Could not be read"
    REFUSED = "refused", "Refused"


class MailSecurity(models.TextChoices):
    """How the connection with a mailbox is kept private."""

    TLS = "tls", "TLS (port 993)"
    STARTTLS = "starttls", "STARTTLS (port 143)"
    NONE = "none", "None (this machine only)"


class MailStatus(models.TextChoices):
    """What became of a message in a watched mailbox; a person settles what has failed."""

    STORED = "stored", "To be read"
    TAKEN = "taken", "Became a lead"
    FAILED = "failed", "Needs a person"
    IGNORED = "ignored", "Left aside"


class VisitNews(models.TextChoices):
    """What customers are told of their appointments."""

    BOOKED = "booked", "Confirmation"
    MOVED = "moved", "Moved"
    CANCELED = "canceled", "Canceled"
    REMINDER = "reminder", "Reminder"


class MessageChannel(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "Text message"


class MessageState(models.TextChoices):
    """``DROPPED``: no longer true when it was due. ``REFUSED``: it must not be written."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    REFUSED = "refused", "Refused"
    DROPPED = "dropped", "Not needed"


class MessageDirection(models.TextChoices):
    IN = "in", "They wrote"
    OUT = "out", "We wrote"


class MessageMeaning(models.TextChoices):
    """What a text message that came in asks for."""

    REPLY = "reply", "Reply"
    STOP = "stop", "Opt-out"
    START = "start", "Opt-in again"
    HELP = "help", "Asked for help"
    NO_CALLS = "no_calls", "Texts, but no calls"
    NO_TEXTS = "no_texts", "Calls, but no texts"


class WrittenStatus(models.TextChoices):
    """How far a message to or from a lead has got."""

    RECEIVED = "received", "Received"
    WAITING = "waiting", "On its way"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Not sent"


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"


class MemberStatus(models.TextChoices):
    """What a lead of a campaign is at; ``DIALLING``: a dial is queued or under way."""

    WAITING = "waiting", "Waiting"
    DIALLING = "dialling", "Being called"
    REACHED = "reached", "Reached"
    GIVEN_UP = "given_up", "Not reached"
    BARRED = "barred", "Must not be called"
    LEFT_OUT = "left_out", "Left out"


class TrainingResult(models.TextChoices):
    KEPT = "kept", "In use"
    NO_BETTER = "no_better", "Not used"
    TOO_LITTLE = "too_little", "Too little data"
