"""``/api/v1/config/business…``"""

from salesdesk.businesses import api
from salesdesk.lib.api import endpoint

urlpatterns = [
    *endpoint("business", api.BusinessListView.as_view(), "api_businesses"),
    *endpoint("business/<slug:business_id>", api.BusinessView.as_view(), "api_business"),
]
