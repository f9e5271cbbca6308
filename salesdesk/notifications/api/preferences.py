"""How one is told."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from salesdesk.accounts.api import who
from salesdesk.accounts.models import User
from salesdesk.businesses.models import validate_time_zone
from salesdesk.lib.phone import to_e164
from salesdesk.notifications.enums import Channel, NotificationKind
from salesdesk.notifications.preferences import choose, preferences_of, reach_of, set_reach
from salesdesk.notifications.serializers import PreferencesSerializer

REACH = ("phone", "time_zone", "quiet_from", "quiet_until", "urgent_breaks_through")


class PreferencesView(APIView):
    @extend_schema(
        operation_id="notifications_preferences",
        summary="How you are told",
        responses=PreferencesSerializer,
    )
    def get(self, request: Request) -> Response:
        """Every kind with its channels, chosen or by default, your number and quiet hours."""
        return Response(_preferences(who(request)))

    @extend_schema(
        operation_id="notifications_change_preferences",
        summary="Change how you are told",
        request=PreferencesSerializer,
        responses=PreferencesSerializer,
    )
    def put(self, request: Request) -> Response:
        """What is left out stays as it is, each kind of notification too."""
        given = PreferencesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        channels = values.pop("channels", {})
        if values:
            set_reach(who(request), **_checked(values, who(request)))
        choose(who(request), _by_kind(channels))
        return Response(_preferences(who(request)))


def _by_kind(channels: dict[str, list[str]]) -> dict[NotificationKind, list[Channel]]:
    return {NotificationKind(kind): [Channel(c) for c in names] for kind, names in channels.items()}


def _checked(values: dict[str, Any], user: User) -> dict[str, Any]:
    """Raises ``ValidationError`` or ``InvalidInput``, both answered 422."""
    if values.get("phone"):
        values["phone"] = to_e164(values["phone"])
    if values.get("time_zone"):
        try:
            validate_time_zone(values["time_zone"])
        except Invalid as error:
            raise ValidationError({"time_zone": error.messages}) from error
    reach = reach_of(user)
    ends = [values.get(name, getattr(reach, name)) for name in ("quiet_from", "quiet_until")]
    if (ends[0] is None) != (ends[1] is None):
        raise ValidationError({"quiet_until": ["Quiet hours need both a beginning and an end."]})
    return values


def _preferences(user: User) -> dict[str, Any]:
    reach = reach_of(user)
    channels = {kind.value: sorted(chosen) for kind, chosen in preferences_of(user).items()}
    return {"channels": channels} | {name: getattr(reach, name) for name in REACH}
