"""Notifications as programs see them."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from salesdesk.notifications.enums import Channel, NotificationKind
from salesdesk.notifications.models import Notification


class ActionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a name of Field's too


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    id = serializers.CharField(source="public_id")
    business = serializers.CharField(source="notice.business.public_id")
    type = serializers.ChoiceField(source="notice.kind", choices=NotificationKind.choices)
    title = serializers.CharField(source="notice.title")
    message = serializers.CharField(source="notice.body")
    action_url = serializers.CharField(source="notice.url")
    urgency = serializers.CharField(source="notice.urgency")
    actions = ActionSerializer(source="notice.actions", many=True)
    is_read = serializers.SerializerMethodField()
    answer = serializers.CharField(source="notice.answer")
    answered_by = serializers.SerializerMethodField()
    answered_at = serializers.DateTimeField(source="notice.answered_at")
    subject_type = serializers.CharField(source="notice.subject_type")
    subject_id = serializers.CharField(source="notice.subject_id")
    created_at = serializers.DateTimeField(source="told_at")

    class Meta:
        model = Notification
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "business",
            "type",
            "title",
            "message",
            "action_url",
            "urgency",
            "is_read",
            "read_at",
            "snoozed_until",
            "actions",
            "answer",
            "answered_by",
            "answered_at",
            "subject_type",
            "subject_id",
            "created_at",
        )
        read_only_fields = fields

    def get_is_read(self, notification: Notification) -> bool:
        return notification.read_at is not None

    @extend_schema_field(OpenApiTypes.STR)
    def get_answered_by(self, notification: Notification) -> str:
        return str(notification.notice.answered_by or "")


class UnreadSerializer(serializers.Serializer[Any]):
    unread_count = serializers.IntegerField()


class ReadAllSerializer(serializers.Serializer[Any]):
    marked = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer[Any]):
    action = serializers.CharField(max_length=40)


class PreferencesSerializer(serializers.Serializer[Any]):
    """``channels``: kind of notification → where you are told besides the app."""

    channels = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices)),
        required=False,
    )
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    time_zone = serializers.CharField(max_length=64, allow_blank=True, required=False)
    quiet_from = serializers.TimeField(allow_null=True, required=False)
    quiet_until = serializers.TimeField(allow_null=True, required=False)
    urgent_breaks_through = serializers.BooleanField(required=False)

    def validate_channels(self, given: dict[str, list[str]]) -> dict[str, list[str]]:
        unknown = sorted(set(given) - set(NotificationKind.values))
        if unknown:
            kinds = ", ".join(NotificationKind.values)
            raise serializers.ValidationError(f"“{unknown[0][:40]}” is no kind: {kinds}.")
        return given
