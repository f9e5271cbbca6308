"""A customer's message in, the agent's answer out."""

import time
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from salesdesk.accounts.api import who
from salesdesk.accounts.models import User
from salesdesk.assistant.api.base import checked
from salesdesk.assistant.api.serializers import ProcessedSerializer, ProcessSerializer
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.models import AgentRun, Message, Thread
from salesdesk.assistant.permissions import get_thread_for, get_usable_business
from salesdesk.assistant.writing import answering, threads
from salesdesk.assistant.writing.customers import Customer, lead_of
from salesdesk.assistant.writing.text_agent import text_agent
from salesdesk.assistant.writing.threads import Turn
from salesdesk.lib.background import run
from salesdesk.lib.errors import NotFound
from salesdesk.lib.idempotency import HEADER, LONGEST_KEY, once

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    location=OpenApiParameter.HEADER,
    description="A request with the same key and body gets the same answer for 24 hours, and the "
    "message is processed once; the same key with another body is refused (409). "
    f"{LONGEST_KEY} characters at most.",
)
ANSWER_EXAMPLE = {
    "intent": "warranty",
    "entities": [{"type": "product", "value": "panels", "text": "panels"}],
    "sentiment": {"score": 0.0, "label": "neutral"},
    "confidence": 0.91,
    "needs_clarification": False,
    "reasoning": "Warranty: the customer asks about the warranty; 1 tool used, 1 passage cited.",
    "conversation_id": "7h2k9m1zq8w3tc4f",
    "message_id": "0v2k9m1zq8w3tc4f",
    "reply": "The panels have a warranty of 25 years.",
    "status": "done",
    "has_ended": False,
    "citations": [
        {
            "passage": "4f0v2k9m1zq8w3tc",
            "document": "9m1zq8w3tc4f0v2k",
            "title": "Warranty of solar panels",
            "heading": "Terms",
            "page": None,
            "url": "",
            "version": 1,
            "sentence": "The panels have a warranty of 25 years.",
            "score": 0.94,
        }
    ],
    "tool_calls": [
        {
            "name": "search_knowledge",
            "status": "ok",
            "latency_ms": 38,
            "arguments": {"query": "How long is the warranty on the panels?"},
        }
    ],
    "model": "offline",
    "usage": {"input_tokens": 0, "output_tokens": 0, "cost": None},
    "took_ms": 61,
}


class ProcessMessageView(APIView):
    @extend_schema(
        operation_id="process_message",
        summary="Process a customer's message",
        parameters=[IDEMPOTENCY_KEY],
        request=ProcessSerializer,
        responses=ProcessedSerializer,
        examples=[
            OpenApiExample(
                "A first message",
                value={
                    "message": "How long is the warranty on the panels?",
                    "customer": {"phone": "+14155550123", "name": "Maria Lopez"},
                },
                request_only=True,
            ),
            OpenApiExample(
                "The next message",
                value={"message": "Book a visit on Tuesday", "conversation_id": "7h2k9m1zq8w3tc4f"},
                request_only=True,
            ),
            OpenApiExample("An answer", value=ANSWER_EXAMPLE, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        """Analyses the message, lets the agent answer it with its tools, and stores both.

        The agent acts for the customer: it sees and changes what is theirs only. 409 while the
        conversation's last message is being answered, and once the conversation has ended.
        """
        return once(request, lambda: self._process(request))

    def _process(self, request: Request) -> Response:
        values = checked(ProcessSerializer, request.data)
        began = time.monotonic()
        thread = _thread_meant(who(request), values)
        agent = text_agent(thread, who(request))
        turn = threads.begin_turn(thread, values["message"])
        run(answering.answer_turn(turn, agent))
        took_ms = round((time.monotonic() - began) * 1000)
        return Response(ProcessedSerializer(Processed.of(turn, took_ms)).data)


def _thread_meant(user: User, values: dict[str, Any]) -> Thread:
    """The conversation to go on with, or a new one; with its lead, where the customer is named."""
    customer = Customer(**values.get("customer", {}))
    if values["conversation_id"]:
        thread = get_thread_for(user, values["conversation_id"], to_write=True)
        if values["business"] not in ("", thread.business.public_id):
            raise NotFound("That business has no such conversation.")
        if thread.lead is None:
            threads.attach_lead(thread, lead_of(thread.business, customer, thread, by=user))
        return thread
    business = get_usable_business(user, values["business"])
    channel = Channel(values["channel"])
    thread = threads.open_thread(
        business, channel=channel, customer_phone=customer.phone, started_by=user
    )
    threads.attach_lead(thread, lead_of(business, customer, thread, by=user))
    return thread


@dataclass(frozen=True, slots=True)
class Processed:
    """What is told of a turn that is over; see :class:`ProcessedSerializer`."""

    asked: Message
    answer: Message
    took_ms: int

    @classmethod
    def of(cls, turn: Turn, took_ms: int) -> dict[str, Any]:
        asked = Message.objects.get(pk=turn.asked.pk)
        answer = Message.objects.select_related("run", "thread").get(pk=turn.answer.pk)
        return cls(asked, answer, took_ms).as_data()

    def as_data(self) -> dict[str, Any]:
        thread, run = self.answer.thread, self.answer.run
        return {
            **self.asked.understanding,
            "conversation_id": thread.public_id,
            "message_id": self.answer.public_id,
            "reply": self.answer.text,
            "status": self.answer.status,
            "has_ended": thread.ended_at is not None,
            "citations": self.answer.citations,
            "tool_calls": self.answer.tools,
            "model": run.model if run else "offline",
            "usage": _usage(run),
            "took_ms": self.took_ms,
        }


def _usage(run: AgentRun | None) -> dict[str, Any]:
    if run is None:
        return {"input_tokens": 0, "output_tokens": 0, "cost": None}
    return {
        "input_tokens": run.input_tokens,
        "output_tokens": run.output_tokens,
        "cost": run.cost,
    }
