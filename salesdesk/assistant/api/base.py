"""What the endpoints share."""

from typing import Any

from rest_framework.serializers import Serializer


def checked(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The request's values. Raises ``ValidationError``, which is answered 422."""
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
