"""Ready mode and outcomes, for programs: what a rep does on the page ``/ready/``."""

from collections.abc import Callable

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.base import IDEMPOTENCY_KEY, checked
from leads.models import Disposition, ReadySession, Reservation
from leads.outcomes.defaults import NO_OUTCOME, dispositions_of
from leads.permissions import get_leads_of
from leads.ready import queue, services, sessions
from leads.ready.brief import brief_of
from leads.ready.pages import get_queue_for
from leads.ready_serializers import (
    BriefSerializer,
    CallRequestSerializer,
    DispositionSerializer,
    OutcomeRequestSerializer,
    QueueQuestionSerializer,
    ReadySerializer,
    SeenSerializer,
    TelSerializer,
)
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import CallBy
from salesdesk.accounts.services import rep_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, NotFound
from salesdesk.lib.idempotency import once

BUSINESS = OpenApiParameter(
    "business", description="Id of a business; needed where no session is under way in another."
)
NOT_READY = "Start a session first."


class ReadyView(APIView):
    """What the views of Ready mode share: they answer with where the rep is now."""

    def state(self, request: Request, business: Business) -> Response:
        session = sessions.session_of(who(request), business)
        held = services.current(session) if session else None
        waits = session is not None and held is None
        told = {
            "business": business,
            "session": session,
            "reservation": held,
            "brief": brief_of(held) if held else None,
            "waiting": queue.waiting_in(session, timezone.now()) if session and waits else 0,
        }
        return Response(ReadySerializer(told).data)

    def done(self, request: Request, business: Business, act: Callable[[], object]) -> Response:
        """Act once for an idempotency key, and tell what came of it."""

        def acted() -> Response:
            act()
            return self.state(request, business)

        return once(request, acted)

    def session(self, request: Request, business: Business) -> ReadySession:
        session = sessions.session_of(who(request), business)
        if session is None:
            raise Conflict(NOT_READY)
        return session


def _queue(request: Request) -> Business:
    asked = checked(QueueQuestionSerializer, request.data)["business"]
    return get_queue_for(who(request), asked)


class SessionView(ReadyView):
    @extend_schema(
        operation_id="ready_state",
        summary="Where you are in Ready mode",
        parameters=[BUSINESS],
        responses=ReadySerializer,
    )
    def get(self, request: Request) -> Response:
        """The session, the lead that is kept for you with its brief, and how many wait."""
        asked = request.query_params.get("business", "")
        return self.state(request, get_queue_for(who(request), asked))

    @extend_schema(
        operation_id="ready_start",
        summary="Be ready",
        parameters=[IDEMPOTENCY_KEY],
        request=QueueQuestionSerializer,
        responses=ReadySerializer,
    )
    def post(self, request: Request) -> Response:
        """Begin a session, or go on after a pause; a lead that is due is kept for you at once.

        Say at least every minute that you are there (`seen`): a session of which nothing is
        heard for 90 seconds is paused.
        """
        business = _queue(request)
        return self.done(
            request,
            business,
            lambda: services.next_lead(sessions.start(who(request), business)),
        )


class SeenView(ReadyView):
    @extend_schema(
        operation_id="ready_seen",
        summary="Say that you are there",
        request=SeenSerializer,
        responses=ReadySerializer,
    )
    def post(self, request: Request) -> Response:
        """Who waits is given what is due by now; who was idle for ten minutes is paused."""
        values = checked(SeenSerializer, request.data)
        business = get_queue_for(who(request), values["business"])
        session = self.session(request, business)
        sessions.note_seen(session, idle_seconds=values["idle_seconds"])
        services.next_lead(session)
        return self.state(request, business)


class PauseView(ReadyView):
    @extend_schema(
        operation_id="ready_pause",
        summary="Pause",
        request=QueueQuestionSerializer,
        responses=ReadySerializer,
    )
    def post(self, request: Request) -> Response:
        """A lead that was only offered goes back; one that is being called is finished first."""
        business = _queue(request)
        return self.done(request, business, lambda: sessions.pause(self.session(request, business)))


class EndView(ReadyView):
    @extend_schema(
        operation_id="ready_end",
        summary="End the session",
        request=QueueQuestionSerializer,
        responses=ReadySerializer,
    )
    def post(self, request: Request) -> Response:
        """409 while a lead is being called or waits for its outcome."""
        business = _queue(request)
        return self.done(request, business, lambda: sessions.stop(self.session(request, business)))


class NextView(ReadyView):
    @extend_schema(
        operation_id="ready_next",
        summary="The next lead",
        parameters=[IDEMPOTENCY_KEY],
        request=QueueQuestionSerializer,
        responses=ReadySerializer,
    )
    def post(self, request: Request) -> Response:
        """The lead that is kept for you, or now becomes so; `reservation` is null while none is
        due. 409 without a session."""
        business = _queue(request)
        return self.done(
            request, business, lambda: services.next_lead(self.session(request, business))
        )


class UndoView(ReadyView):
    @extend_schema(
        operation_id="ready_undo",
        summary="Undo the last outcome",
        request=QueueQuestionSerializer,
        responses=ReadySerializer,
    )
    def post(self, request: Request) -> Response:
        """Within a minute: the lead waits for another outcome. 409 when it is too late."""
        business = _queue(request)
        return self.done(request, business, lambda: services.undo(self.session(request, business)))


# ---------------------------------------------------------------- the lead at hand


class AtHandView(ReadyView):
    def at_hand(self, request: Request, reservation_id: str) -> Reservation:
        """The one that is kept for the user. Raises ``NotFound``, ``Conflict`` when it is over."""
        known = Reservation.objects.filter(user=who(request), public_id=reservation_id)
        held = known.select_related("lead__business", "session", "user", "business").first()
        if held is None:
            raise NotFound("There is no such reservation of yours.")
        get_queue_for(who(request), held.business.public_id)
        if not held.is_held:
            raise Conflict("This lead is not yours any more.")
        return held


class ReservationView(AtHandView):
    @extend_schema(
        operation_id="ready_reservation", summary="The brief of a lead", responses=BriefSerializer
    )
    def get(self, request: Request, reservation_id: str) -> Response:
        """Why now, what their clock shows, what is known and what happened."""
        return Response(BriefSerializer(brief_of(self.at_hand(request, reservation_id))).data)


class CallView(AtHandView):
    @extend_schema(
        operation_id="ready_call",
        summary="Call the lead",
        parameters=[IDEMPOTENCY_KEY],
        request=CallRequestSerializer,
        responses={200: ReadySerializer, 201: TelSerializer},
    )
    def post(self, request: Request, reservation_id: str) -> Response:
        """Your phone rings, then theirs (200). With `by=tel` your own phone dials: the number
        comes back (201), empty where the gate refuses."""
        by = checked(CallRequestSerializer, request.data)["by"]
        held = self.at_hand(request, reservation_id)
        if (by or rep_of(who(request), held.business_id).call_by) != CallBy.TEL:
            return self.done(request, held.business, lambda: services.call(held))
        return once(
            request, lambda: Response({"tel": services.call_by_own_phone(held)}, status=201)
        )


class OutcomeView(AtHandView):
    @extend_schema(
        operation_id="ready_outcome",
        summary="Say how it came out",
        parameters=[IDEMPOTENCY_KEY],
        request=OutcomeRequestSerializer,
        responses=ReadySerializer,
    )
    def post(self, request: Request, reservation_id: str) -> Response:
        """What the disposition says follows; the next lead is kept for you. 409 where it was not
        called, or is done already."""
        values = checked(OutcomeRequestSerializer, request.data)
        held = self.at_hand(request, reservation_id)
        chosen = _chosen(held, values.pop("disposition"))

        def act() -> None:
            services.finish(held, chosen, **values)
            services.next_lead(held.session)

        return self.done(request, held.business, act)


class ReleaseView(AtHandView):
    @extend_schema(
        operation_id="ready_release",
        summary="Give the lead back",
        request=None,
        responses=ReadySerializer,
    )
    def post(self, request: Request, reservation_id: str) -> Response:
        """You are not offered it again for half an hour. 409 once it is being called."""
        held = self.at_hand(request, reservation_id)

        def act() -> None:
            services.skip(held)
            services.next_lead(held.session)

        return self.done(request, held.business, act)


def _chosen(held: Reservation, key: str) -> Disposition:
    words = dispositions_of(held.business)
    found = next((each for each in words if each.key == key and each.is_active), None)
    if found is None:
        raise NotFound("There is no such outcome.")
    return found


class DispositionListView(APIView):
    @extend_schema(
        operation_id="outcomes_dispositions",
        summary="The outcomes to choose from",
        parameters=[BUSINESS],
        responses=DispositionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """In the order of the buttons, with what each does and needs."""
        business = get_leads_of(request.user, request.query_params.get("business", ""))
        words = (each for each in dispositions_of(business) if each.is_active)
        shown = [each for each in words if each.key != NO_OUTCOME]
        return Response(DispositionSerializer(shown, many=True).data)
