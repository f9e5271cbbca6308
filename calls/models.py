"""Calls and all that is kept of them."""

import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from calls.enums import (
    UNDER_WAY,
    AnsweredBy,
    BridgeStatus,
    CallStatus,
    Direction,
    EndReason,
    LegRole,
    NoteCategory,
    Speaker,
)
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id
from salesdesk.lib.phone import for_people


class CallQuerySet(models.QuerySet["Call"]):
    def where(self, user: Visitor, ability: Ability) -> "CallQuerySet":
        """Calls of the businesses in which ``user`` has ``ability``."""
        return self.filter(within(user, ability))

    def under_way(self) -> "CallQuerySet":
        return self.filter(status__in=UNDER_WAY)

    def saying(self, text: str) -> "CallQuerySet":
        """Calls in whose transcript ``text`` (web search syntax) was said by anybody."""
        query = SearchQuery(text, search_type="websearch", config="english")
        hits = Utterance.objects.filter(search=query).values("call_id")
        return self.filter(pk__in=hits)

    def newest_first(self) -> "CallQuerySet":
        return self.order_by("-started_at", "-pk")


class Call(models.Model):
    """One conversation by phone, from the first ring to the end.

    ``business`` is empty only where nobody's number was dialled. ``transcript_version`` counts
    the changes of its utterances; see :class:`Utterance`.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="calls", null=True, blank=True
    )
    direction = models.CharField(max_length=10, choices=Direction)
    status = models.CharField(max_length=12, choices=CallStatus, default=CallStatus.INITIATED)
    from_number = models.CharField(max_length=40)
    to_number = models.CharField(max_length=40)
    sid = models.CharField("carrier's id", max_length=40, unique=True, null=True, blank=True)
    engine = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)
    error = models.TextField(blank=True)
    answered_by = models.CharField(max_length=10, choices=AnsweredBy, blank=True)
    agent_paused = models.BooleanField(default=False)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    transcript_version = models.PositiveIntegerField(default=0, editable=False)
    metadata = models.JSONField(default=dict, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-pk")
        indexes = (
            models.Index(fields=("business", "-started_at"), name="call_business_started"),
            models.Index(fields=("business", "status", "-started_at"), name="call_business_status"),
            models.Index(fields=("business", "-duration_seconds"), name="call_business_duration"),
            models.Index(
                fields=("business", "direction", "-started_at"), name="call_business_direction"
            ),
            models.Index(fields=("business", "from_number"), name="call_business_from"),
            models.Index(fields=("business", "to_number"), name="call_business_to"),
            models.Index(fields=("-started_at",), name="call_started"),
            models.Index(
                fields=("status", "started_at"),
                name="call_under_way",
                condition=Q(status__in=UNDER_WAY),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_direction_display()} call {self.public_id}"

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def is_inbound(self) -> bool:
        return self.direction == Direction.INBOUND

    @property
    def customer_number(self) -> str:
        """The number of the person who is not the business."""
        return self.from_number if self.is_inbound else self.to_number

    @property
    def customer_number_for_people(self) -> str:
        return for_people(self.customer_number)

    @property
    def business_number(self) -> str:
        return self.to_number if self.is_inbound else self.from_number

    @property
    def seconds(self) -> int:
        """How long it has lasted since it was answered, or lasted in all."""
        if self.duration_seconds is not None:
            return self.duration_seconds
        if self.answered_at is None:
            return 0
        end = self.ended_at or timezone.now()
        return max(0, int((end - self.answered_at).total_seconds()))


class Leg(models.Model):
    """One phone connection of a call: the customer's, later a rep's too."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    role = models.CharField(max_length=10, choices=LegRole, default=LegRole.CUSTOMER)
    sid = models.CharField("carrier's id", max_length=40, unique=True)
    number = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=CallStatus)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.get_role_display()} leg {self.sid}"


class Bridge(models.Model):
    """A rep's phone and a lead's, which meet in a conference that is named by ``public_id``.

    The rep's phone is rung first, as ``rep_sid``; the lead's call is placed when it is answered,
    and a key was pressed where the business wants one.
    ``dial`` is what wanted it, and has one bridge at most.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    dial = models.OneToOneField("leads.Dial", on_delete=models.CASCADE, related_name="bridge")
    rep_number = models.CharField(max_length=20)
    rep_sid = models.CharField("carrier's id", max_length=40, unique=True, null=True, blank=True)
    call = models.OneToOneField(
        Call, on_delete=models.SET_NULL, related_name="bridge", null=True, blank=True
    )
    status = models.CharField(max_length=8, choices=BridgeStatus, default=BridgeStatus.RINGING)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"Bridge {self.public_id}"


class MediaStreamQuerySet(models.QuerySet["MediaStream"]):
    def live(self) -> "MediaStreamQuerySet":
        """Its audio flows, and the process that holds it listens to supervisors."""
        return self.filter(started_at__isnull=False, ended_at__isnull=True)


class MediaStream(models.Model):
    """A connection that carries a call's audio, opened once with a token that expires.

    The token itself is not stored, only its SHA-256.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="media_streams")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)
    sid = models.CharField("carrier's id", max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MediaStreamQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=("call", "-created_at"), name="mediastream_call"),)

    def __str__(self) -> str:
        return self.sid or "media stream not yet started"


class UtteranceQuerySet(models.QuerySet["Utterance"]):
    def in_order(self) -> "UtteranceQuerySet":
        return self.order_by("sequence")

    def changed_after(self, version: int) -> "UtteranceQuerySet":
        """What a reader who has seen the transcript up to ``version`` has not."""
        return self.filter(version__gt=version)

    def containing(self, text: str) -> "UtteranceQuerySet":
        return self.filter(search=SearchQuery(text, search_type="websearch", config="english"))


class Utterance(models.Model):
    """What one speaker said at one go; for the agent, what the caller heard of it.

    ``sequence`` orders the transcript. ``version`` is the call's ``transcript_version`` at the
    last change and ``created_version`` at the first: a page that has seen version N asks for
    ``version > N``, and knows from ``created_version`` what is new to it and what has changed.
    ``start_ms`` and ``end_ms`` count from the start of the call's audio.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="utterances")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    sequence = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    created_version = models.PositiveIntegerField()
    speaker = models.CharField(max_length=10, choices=Speaker)
    text = models.TextField()
    start_ms = models.PositiveIntegerField()
    end_ms = models.PositiveIntegerField()
    interrupted = models.BooleanField(default=False)
    confidence = models.FloatField(null=True, blank=True)
    audio_reference = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    search = models.GeneratedField(
        expression=SearchVector("text", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = UtteranceQuerySet.as_manager()

    class Meta:
        ordering = ("call", "sequence")
        constraints = (
            models.UniqueConstraint(fields=("call", "sequence"), name="utterance_sequence_unique"),
            models.CheckConstraint(condition=Q(end_ms__gte=F("start_ms")), name="utterance_times"),
        )
        indexes = (
            models.Index(fields=("call", "version"), name="utterance_call_version"),
            GinIndex(fields=("search",), name="utterance_search"),
        )

    def __str__(self) -> str:
        return f"{self.get_speaker_display()} #{self.sequence}"


class CallEvent(models.Model):
    """A line of the call's history: status changes, supervisor commands, errors.

    ``key`` makes an event that may be told twice (a callback) be stored once.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=60)
    detail = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=120, null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("call", "key"), name="callevent_key_unique"),
        )
        indexes = (models.Index(fields=("call", "created_at"), name="callevent_call_created"),)

    def __str__(self) -> str:
        return self.kind


class CallNoteQuerySet(models.QuerySet["CallNote"]):
    def mentioning(self, text: str) -> "CallNoteQuerySet":
        """Notes with ``text`` in their words, a tag or the author's name."""
        return self.filter(
            Q(text__icontains=text) | Q(tags__icontains=text) | Q(author__name__icontains=text)
        )


class CallNote(models.Model):
    """What somebody noted about a call: sanitised HTML, and its plain text for search."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="notes")
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="call_notes"
    )
    html = models.TextField()
    text = models.TextField(editable=False)
    category = models.CharField(max_length=20, choices=NoteCategory, default=NoteCategory.GENERAL)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CallNoteQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("call", "-created_at"), name="callnote_call_created"),)

    def __str__(self) -> str:
        return f"Note of {self.created_at:%Y-%m-%d}"

    @property
    def was_edited(self) -> bool:
        return self.updated_at - self.created_at > datetime.timedelta(seconds=1)
