"""What the endpoints share."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from calls.models import Call
from calls.permissions import get_call_for


def shown_call(view: APIView) -> Call:
    """The call in the view's URL, for who may look at it. Raises ``NotFound``."""
    return get_call_for(view.request.user, view.kwargs["call_id"])


def checked(kind: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The request's values. Raises ``ValidationError``, which is answered 422."""
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
