"""What the API says about conversations, and what it takes."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from salesdesk.accounts.serializers import BusinessNameSerializer, PersonSerializer
from salesdesk.assistant.analysis import EntityType, Intent
from salesdesk.assistant.enums import Channel, ToolStatus
from salesdesk.assistant.models import Feedback, Message, Thread
from salesdesk.assistant.writing.threads import LONGEST_COMMENT, LONGEST_MESSAGE
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164

BUSINESS_HELP = "Id of a business; may be left out by who belongs to one only."
CHANNELS = (Channel.API, Channel.REHEARSAL)

# ---------------------------------------------------------------- what was understood


class EntitySerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=[each.value for each in EntityType])
    value = serializers.CharField(
        help_text="E-mail in small letters, phone as E.164, money and numbers as digits, dates as "
        "ISO 8601 where they are certain; else the words."
    )
    text = serializers.CharField(help_text="The words of the message.")


class SentimentSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(help_text="From -1, very negative, to 1, very positive.")

    def get_fields(self) -> dict[str, Any]:
        """“label” is a name that fields have for themselves."""
        label = serializers.ChoiceField(choices=("negative", "neutral", "positive"))
        return {**super().get_fields(), "label": label}


class UnderstandingSerializer(serializers.Serializer[Any]):
    intent = serializers.ChoiceField(choices=[each.value for each in Intent])
    entities = EntitySerializer(many=True)
    sentiment = SentimentSerializer()
    confidence = serializers.FloatField(
        help_text="0 to 1, computed: the mean of how certain the intent is, the best score of the "
        "passages cited (for questions), and the share of tools that did their work."
    )
    needs_clarification = serializers.BooleanField(
        help_text="Whether the customer must say what they mean, or more of it."
    )
    reasoning = serializers.CharField(help_text="One sentence: why it was understood so.")


# ---------------------------------------------------------------- what was answered


@extend_schema_serializer(component_name="AnswerCitation")
class CitationSerializer(serializers.Serializer[Any]):
    passage = serializers.CharField(help_text="Id of the passage.")
    document = serializers.CharField(help_text="Id of its document.")
    title = serializers.CharField()
    heading = serializers.CharField(help_text="The path of headings, joined by “ › ”.")
    page = serializers.IntegerField(allow_null=True)
    url = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    sentence = serializers.CharField(help_text="As it stands there.")
    score = serializers.FloatField(allow_null=True, help_text="How well it answers, 0 to 1.")


class ToolCallSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    status = serializers.ChoiceField(
        choices=[*ToolStatus.values, ""], help_text="Empty while it runs."
    )
    latency_ms = serializers.IntegerField(allow_null=True)
    arguments = serializers.DictField()


class UsageSerializer(serializers.Serializer[Any]):
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost = serializers.FloatField(
        allow_null=True, help_text="In US dollars; empty where no price is known."
    )


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    user = PersonSerializer()

    class Meta:
        model = Feedback
        fields = ("is_good", "comment", "user", "updated_at")


class MessageSerializer(serializers.ModelSerializer[Message]):
    """One message: the customer's with what was understood, the agent's with what it rests on."""

    id = serializers.CharField(source="public_id")
    understanding = serializers.SerializerMethodField()
    citations = CitationSerializer(many=True)
    tool_calls = ToolCallSerializer(source="tools", many=True)
    feedback = FeedbackSerializer(many=True)

    class Meta:
        model = Message
        fields = (
            "id",
            "sequence",
            "author",
            "text",
            "status",
            "understanding",
            "citations",
            "tool_calls",
            "feedback",
            "created_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "sequence": {"help_text": "From 1, without gaps."},
            "status": {"help_text": "`writing` while the answer is being written."},
        }

    @extend_schema_field(UnderstandingSerializer(allow_null=True))
    def get_understanding(self, message: Message) -> dict[str, Any] | None:
        return message.understanding or None


class ConversationSerializer(serializers.ModelSerializer[Thread]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()
    lead = serializers.SerializerMethodField(help_text="Id of the lead, where it is known.")
    call = serializers.SerializerMethodField(
        help_text="Id of the call, on the phone; its words are `/calls/{id}/interactions`."
    )
    started_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Thread
        fields = (
            "id",
            "business",
            "channel",
            "call",
            "title",
            "lead",
            "customer_phone",
            "agent",
            "started_by",
            "created_at",
            "updated_at",
            "ended_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "title": {"help_text": "The first words of the first message."},
            "agent": {"help_text": "Which of the specialised agents goes on."},
        }

    def get_lead(self, thread: Thread) -> str | None:
        return thread.lead.public_id if thread.lead else None

    def get_call(self, thread: Thread) -> str | None:
        return thread.conversation if thread.channel == Channel.PHONE else None


class ConversationWithMessagesSerializer(ConversationSerializer):
    messages = serializers.SerializerMethodField(help_text="The newest hundred, in order.")

    class Meta(ConversationSerializer.Meta):
        fields = (*ConversationSerializer.Meta.fields, "messages")  # type: ignore[assignment]

    @extend_schema_field(MessageSerializer(many=True))
    def get_messages(self, thread: Thread) -> list[dict[str, Any]]:
        newest = thread.messages.order_by("-sequence").prefetch_related("feedback__user")[:100]
        return list(MessageSerializer(list(reversed(newest)), many=True).data)


class ProcessedSerializer(UnderstandingSerializer):
    """The answer to a message, and all that is known of how it came about."""

    conversation_id = serializers.CharField(help_text="Send it with the next message.")
    message_id = serializers.CharField(help_text="Id of the agent's message, for feedback.")
    reply = serializers.CharField(help_text="What to tell the customer.")
    status = serializers.ChoiceField(
        choices=("done", "failed", "stopped"),
        help_text="`failed`: the agent could not answer, and `reply` is an apology.",
    )
    has_ended = serializers.BooleanField(help_text="Whether the agent ended the conversation.")
    citations = CitationSerializer(many=True)
    tool_calls = ToolCallSerializer(many=True)
    model = serializers.CharField(help_text="Which model answered; `offline` are rules.")
    usage = UsageSerializer()
    took_ms = serializers.IntegerField()


# ---------------------------------------------------------------- what is taken


class PhoneField(serializers.CharField):
    """A phone number in any usual form; its value is E.164."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return to_e164(text) if text else ""
        except InvalidInput as error:
            raise serializers.ValidationError(error.message) from error


class CustomerSerializer(serializers.Serializer[Any]):
    """Who wrote; the business's lead with this number or address, made if need be."""

    phone = PhoneField(max_length=40, default="", allow_blank=True)
    email = serializers.EmailField(default="", allow_blank=True)
    name = serializers.CharField(max_length=120, default="", allow_blank=True)


@extend_schema_serializer(component_name="CustomerMessage")
class ProcessSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(max_length=LONGEST_MESSAGE, help_text="What they wrote.")
    business = serializers.CharField(
        max_length=20, default="", allow_blank=True, help_text=BUSINESS_HELP
    )
    conversation_id = serializers.CharField(
        max_length=20,
        default="",
        allow_blank=True,
        help_text="Of an earlier answer, to go on with; without it a conversation begins.",
    )
    customer = CustomerSerializer(required=False)
    channel = serializers.ChoiceField(
        choices=[channel.value for channel in CHANNELS],
        default=Channel.API.value,
        help_text="`rehearsal` for messages that no customer wrote.",
    )


@extend_schema_serializer(component_name="AnswerFeedback")
class GiveFeedbackSerializer(serializers.Serializer[Any]):
    is_good = serializers.BooleanField(help_text="Thumbs up or down.")
    comment = serializers.CharField(max_length=LONGEST_COMMENT, default="", allow_blank=True)
