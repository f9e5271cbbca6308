"""What the live socket reads, each time as its user may see it at that moment."""

from typing import Any

from channels.db import database_sync_to_async

from calls import push
from calls.models import Call, Utterance
from calls.serializers import CallSerializer, UtteranceSerializer
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business


@database_sync_to_async  # type: ignore[untyped-decorator]
def call_data(user: Visitor, call_id: str) -> dict[str, Any] | None:
    """The call as the REST API tells it, if the user may see it."""
    visible = Call.objects.where(user, Ability.VIEW_CALLS).select_related("business", "placed_by")
    call = visible.filter(public_id=call_id).first()
    return dict(CallSerializer(call).data) if call else None


@database_sync_to_async  # type: ignore[untyped-decorator]
def utterances_after(user: Visitor, call_id: str, version: int) -> list[dict[str, Any]]:
    """What changed in the transcript after ``version``, in that order, if the user may see it."""
    utterances = Utterance.objects.filter(
        within(user, Ability.VIEW_CALLS, "call__business"), call__public_id=call_id
    )
    changed = utterances.changed_after(version).defer("search").order_by("version")
    return [dict(row) for row in UtteranceSerializer(changed, many=True).data]


@database_sync_to_async  # type: ignore[untyped-decorator]
def call_states(user: Visitor, call_ids: list[str]) -> dict[str, tuple[str, int]]:
    """Status and transcript version of those of the calls that the user may see."""
    visible = Call.objects.where(user, Ability.VIEW_CALLS).filter(public_id__in=call_ids)
    rows = visible.values_list("public_id", "status", "transcript_version")
    return {public_id: (status, version) for public_id, status, version in rows}


@database_sync_to_async  # type: ignore[untyped-decorator]
def user_groups(user: Visitor) -> set[str]:
    """The groups that tell of every call that the user may see."""
    businesses = Business.objects.where(user, Ability.VIEW_CALLS).values_list("pk", flat=True)
    groups = {push.business_group(key) for key in businesses}
    return groups | {push.business_group(None)} if user.is_superuser else groups
