"""``/api/v1/leads…`` and ``/api/v1/appointments…``"""

from leads.api import (
    appointments,
    cadences,
    calendars,
    campaigns,
    leads,
    ledger,
    messages,
    people,
    priority,
    ready,
)
from salesdesk.lib.api import endpoint

LEAD = "leads/<slug:lead_id>"
APPOINTMENT = "appointments/<slug:appointment_id>"
OPPORTUNITY = "opportunities/<slug:opportunity_id>"
CALENDAR = "calendars/<slug:calendar_id>"

CAMPAIGN = "leads/campaigns/<slug:campaign_id>"
RESERVATION = "ready/reservations/<slug:reservation_id>"

urlpatterns = [
    *endpoint("leads/campaigns", campaigns.CampaignListView.as_view(), "api_campaigns"),
    *endpoint(CAMPAIGN, campaigns.CampaignView.as_view(), "api_campaign"),
    *endpoint(f"{CAMPAIGN}/preview", campaigns.CampaignPreviewView.as_view(), "api_preview"),
    *endpoint(f"{CAMPAIGN}/members", campaigns.CampaignMembersView.as_view(), "api_members"),
    *endpoint(f"{CAMPAIGN}/start", campaigns.StartCampaignView.as_view(), "api_start"),
    *endpoint(f"{CAMPAIGN}/pause", campaigns.PauseCampaignView.as_view(), "api_pause"),
    *endpoint(f"{CAMPAIGN}/resume", campaigns.ResumeCampaignView.as_view(), "api_resume"),
    *endpoint(f"{CAMPAIGN}/stop", campaigns.StopCampaignView.as_view(), "api_stop"),
    *endpoint("leads", leads.LeadListView.as_view(), "api_leads"),
    *endpoint("leads/ledger", ledger.LedgerView.as_view(), "api_ledger"),
    *endpoint("cadences", cadences.CadenceListView.as_view(), "api_cadences"),
    *endpoint("leads/speed", priority.SpeedView.as_view(), "api_speed"),
    *endpoint(f"{LEAD}/priority", priority.PriorityView.as_view(), "api_priority"),
    *endpoint(f"{LEAD}/take", priority.TakeView.as_view(), "api_take"),
    *endpoint(f"{LEAD}/snooze", priority.SnoozeView.as_view(), "api_snooze"),
    *endpoint(f"{LEAD}/cadence", cadences.LeadCadenceView.as_view(), "api_lead_cadence"),
    *endpoint(f"{LEAD}/cadence/pause", cadences.PauseView.as_view(), "api_pause_cadence"),
    *endpoint(f"{LEAD}/cadence/resume", cadences.ResumeView.as_view(), "api_resume_cadence"),
    *endpoint(f"{LEAD}/cadence/stop", cadences.StopView.as_view(), "api_stop_cadence"),
    *endpoint("leads/<slug:lead_id>", leads.LeadView.as_view(), "api_lead"),
    *endpoint("leads/<slug:lead_id>/history", leads.HistoryView.as_view(), "api_lead_history"),
    *endpoint("leads/<slug:lead_id>/contacts", people.ContactListView.as_view(), "api_contacts"),
    *endpoint(
        "leads/<slug:lead_id>/contacts/<slug:contact_id>",
        people.ContactView.as_view(),
        "api_contact",
    ),
    *endpoint("leads/<slug:lead_id>/consents", people.ConsentListView.as_view(), "api_consents"),
    *endpoint(f"{LEAD}/messages", messages.MessageListView.as_view(), "api_lead_messages"),
    *endpoint("leads/<slug:lead_id>/merge", people.MergeView.as_view(), "api_merge"),
    *endpoint("merges/<slug:merge_id>/undo", people.UndoMergeView.as_view(), "api_undo_merge"),
    *endpoint("accounts/<slug:account_id>", people.AccountView.as_view(), "api_account"),
    *endpoint(
        "accounts/<slug:account_id>/contacts",
        people.AccountContactListView.as_view(),
        "api_account_contacts",
    ),
    *endpoint("contacts/<slug:contact_id>", people.AnyContactView.as_view(), "api_any_contact"),
    *endpoint("accounts", people.AccountListView.as_view(), "api_accounts"),
    *endpoint("ready/session", ready.SessionView.as_view(), "api_ready"),
    *endpoint("ready/session/seen", ready.SeenView.as_view(), "api_ready_seen"),
    *endpoint("ready/session/pause", ready.PauseView.as_view(), "api_ready_pause"),
    *endpoint("ready/session/end", ready.EndView.as_view(), "api_ready_end"),
    *endpoint("ready/next", ready.NextView.as_view(), "api_ready_next"),
    *endpoint("ready/undo", ready.UndoView.as_view(), "api_ready_undo"),
    *endpoint(RESERVATION, ready.ReservationView.as_view(), "api_reservation"),
    *endpoint(f"{RESERVATION}/call", ready.CallView.as_view(), "api_ready_call"),
    *endpoint(f"{RESERVATION}/outcome", ready.OutcomeView.as_view(), "api_ready_outcome"),
    *endpoint(f"{RESERVATION}/release", ready.ReleaseView.as_view(), "api_ready_release"),
    *endpoint("outcomes/dispositions", ready.DispositionListView.as_view(), "api_dispositions"),
    *endpoint("opportunities", people.OpportunityListView.as_view(), "api_opportunities"),
    *endpoint(f"{OPPORTUNITY}/accept", people.AcceptView.as_view(), "api_accept_opportunity"),
    *endpoint(f"{OPPORTUNITY}/dismiss", people.DismissView.as_view(), "api_dismiss_opportunity"),
    *endpoint("appointments", appointments.AppointmentListView.as_view(), "api_appointments"),
    *endpoint("appointments/slots", appointments.SlotsView.as_view(), "api_slots"),
    *endpoint(APPOINTMENT, appointments.AppointmentView.as_view(), "api_appointment"),
    *endpoint(f"{APPOINTMENT}/move", appointments.MoveView.as_view(), "api_move"),
    *endpoint(f"{APPOINTMENT}/cancel", appointments.CancelView.as_view(), "api_cancel_appointment"),
    *endpoint(f"{APPOINTMENT}/confirm", appointments.ConfirmView.as_view(), "api_confirm"),
    *endpoint(f"{APPOINTMENT}/resize", appointments.ResizeView.as_view(), "api_resize"),
    *endpoint(f"{APPOINTMENT}/close", appointments.CloseView.as_view(), "api_close_appointment"),
    *endpoint(
        f"{APPOINTMENT}/messages", calendars.VisitMessagesView.as_view(), "api_visit_messages"
    ),
    *endpoint("calendars", calendars.CalendarListView.as_view(), "api_calendars"),
    *endpoint(f"{CALENDAR}/feeds", calendars.FeedListView.as_view(), "api_feeds"),
    *endpoint(f"{CALENDAR}/feeds/<slug:feed_id>", calendars.FeedView.as_view(), "api_feed"),
]
