"""``/api/v1/leads…`` and ``/api/v1/appointments…``"""

from leads.api import appointments, leads, ledger
from salesdesk.lib.api import endpoint

APPOINTMENT = "appointments/<slug:appointment_id>"

urlpatterns = [
    *endpoint("leads", leads.LeadListView.as_view(), "api_leads"),
    *endpoint("leads/ledger", ledger.LedgerView.as_view(), "api_ledger"),
    *endpoint("leads/<slug:lead_id>", leads.LeadView.as_view(), "api_lead"),
    *endpoint("leads/<slug:lead_id>/history", leads.HistoryView.as_view(), "api_lead_history"),
    *endpoint("appointments", appointments.AppointmentListView.as_view(), "api_appointments"),
    *endpoint("appointments/slots", appointments.SlotsView.as_view(), "api_slots"),
    *endpoint(APPOINTMENT, appointments.AppointmentView.as_view(), "api_appointment"),
    *endpoint(f"{APPOINTMENT}/move", appointments.MoveView.as_view(), "api_move"),
    *endpoint(f"{APPOINTMENT}/cancel", appointments.CancelView.as_view(), "api_cancel_appointment"),
    *endpoint(f"{APPOINTMENT}/confirm", appointments.ConfirmView.as_view(), "api_confirm"),
]
