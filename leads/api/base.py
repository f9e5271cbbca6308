"""What the endpoints share."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import Serializer

from salesdesk.lib.idempotency import HEADER, LONGEST_KEY

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    location=OpenApiParameter.HEADER,
    description="A request with the same key and body gets the same answer for 24 hours and acts "
    f"once; the same key with another body is refused (409). {LONGEST_KEY} characters at most.",
)


def checked(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The request's values. Raises ``ValidationError``, which is answered 422."""
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
