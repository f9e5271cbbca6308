"""``/api/v1/knowledge…`` and ``/api/v1/documentation…``"""

from knowledge.api import documentation, documents, searching
from salesdesk.lib.api import endpoint

DOCUMENT = "knowledge/<slug:document_id>"
SYNC = "documentation/sync"

urlpatterns = [
    *endpoint("knowledge", documents.DocumentListView.as_view(), "api_documents"),
    *endpoint("knowledge/upload", documents.UploadView.as_view(), "api_upload"),
    *endpoint("knowledge/search", searching.SearchView.as_view(), "api_search"),
    *endpoint(DOCUMENT, documents.DocumentView.as_view(), "api_document"),
    *endpoint(f"{DOCUMENT}/reprocess", documents.ReprocessView.as_view(), "api_reprocess"),
    *endpoint(f"{DOCUMENT}/passages", documents.PassageListView.as_view(), "api_passages"),
    *endpoint(SYNC, documentation.SyncListView.as_view(), "api_syncs"),
    *endpoint(f"{SYNC}/<slug:vendor>/status", documentation.SyncStatusView.as_view(), "api_status"),
    *endpoint(f"{SYNC}/<slug:vendor>/cancel", documentation.SyncCancelView.as_view(), "api_cancel"),
]
