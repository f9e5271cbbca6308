"""The ledger of the gate."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView

from leads.gate.filters import LedgerApiFilter
from leads.gate.serializers import DialDecisionSerializer
from leads.models import DialDecision, DialDecisionQuerySet
from salesdesk.accounts.enums import Ability


@extend_schema_view(get=extend_schema(operation_id="leads_ledger", summary="The dial ledger"))
class LedgerView(ListAPIView[DialDecision]):
    """What was decided before each contact, the newest first: allowed or refused, the reasons, and
    the facts by which it was decided. Lines are never changed. For managers, admins and auditors.
    """

    serializer_class = DialDecisionSerializer
    filterset_class = LedgerApiFilter
    queryset = DialDecision.objects.none()

    def get_queryset(self) -> DialDecisionQuerySet:
        lines = DialDecision.objects.where(self.request.user, Ability.VIEW_LEDGER)
        return lines.select_related("business", "lead").newest_first()
