"""``/api/v1/calls…``"""

from calls.api import acting, capturing, exporting, notes, reading
from salesdesk.lib.api import endpoint

CALL = "calls/<slug:call_id>"

urlpatterns = [
    *endpoint("calls", reading.CallListView.as_view(), "api_calls"),
    *endpoint("calls/initiate", acting.InitiateView.as_view(), "api_initiate"),
    *endpoint(CALL, reading.CallView.as_view(), "api_call"),
    *endpoint(f"{CALL}/interactions", reading.InteractionListView.as_view(), "api_interactions"),
    *endpoint(f"{CALL}/events", reading.EventListView.as_view(), "api_events"),
    *endpoint(f"{CALL}/captured", capturing.CapturedView.as_view(), "api_captured"),
    *endpoint(f"{CALL}/transcript.txt", exporting.TranscriptTextView.as_view(), "api_txt"),
    *endpoint(f"{CALL}/transcript.pdf", exporting.TranscriptPdfView.as_view(), "api_pdf"),
    *endpoint(f"{CALL}/end", acting.EndView.as_view(), "api_end"),
    *endpoint(f"{CALL}/intervene", acting.InterveneView.as_view(), "api_intervene"),
    *endpoint(f"{CALL}/notes", notes.NoteListView.as_view(), "api_notes"),
    *endpoint(f"{CALL}/notes/<slug:note_id>", notes.NoteView.as_view(), "api_note"),
]
