"""Text messages: taken, sent and delivered at once, with Twilio's signed status callbacks; and
those that people write, for which the product is asked.

Sources: twilio.com/docs/messaging/api/message-resource,
twilio.com/docs/messaging/guides/webhook-request, and its test numbers:
twilio.com/docs/iam/test-credentials#test-sms-messages.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from xml.etree import ElementTree

from calls.sandbox.callbacks import CallbackTarget
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.sids import new_sid, utc_now
from calls.sandbox.webhooks import Webhooks

MOST_KEPT = 200
NO_REASON = 30008


class MessageStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    RECEIVED = "received"


@dataclass(slots=True, eq=False)
class Message:
    account_sid: str
    from_: str
    to: str
    body: str
    sid: str = field(default_factory=lambda: new_sid("SM"))
    status: MessageStatus = MessageStatus.QUEUED
    is_inbound: bool = False
    error_code: int | None = None
    created_at: datetime = field(default_factory=utc_now)
    updated_at: datetime = field(default_factory=utc_now)
    problems: list[CallError] = field(default_factory=list)

    def move_to(self, status: MessageStatus, error_code: int | None = None) -> None:
        self.status, self.error_code, self.updated_at = status, error_code, utc_now()

    def parameters(self) -> dict[str, str]:
        """Of a status callback."""
        told = {
            "MessageSid": self.sid,
            "SmsSid": self.sid,
            "AccountSid": self.account_sid,
            "From": self.from_,
            "To": self.to,
            "MessageStatus": self.status.value,
            "SmsStatus": self.status.value,
            "ApiVersion": "2010-04-01",
        }
        return told | ({"ErrorCode": str(self.error_code)} if self.error_code else {})


def inbound(account_sid: str, from_: str, to: str, body: str) -> Message:
    """What somebody writes to a number of the account."""
    return Message(account_sid, from_, to, body, status=MessageStatus.RECEIVED, is_inbound=True)


class Messages:
    """All messages of the account, the oldest first; ``received`` are those that people wrote.
    ``unreachable``: number → error code with which messages to it are not delivered."""

    def __init__(self) -> None:
        self.sent: dict[str, Message] = {}
        self.received: dict[str, Message] = {}
        self.unreachable: dict[str, int] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, message: Message, webhooks: Webhooks, target: CallbackTarget) -> None:
        """Keep it, and let it arrive."""
        _keep(self.sent, message)
        task = asyncio.create_task(self._carry(message, webhooks, target))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def receive(self, message: Message, webhooks: Webhooks, url: str) -> None:
        """Ask the product at ``url``; what it answers with ``<Message>`` is sent. What goes wrong
        is kept with the message."""
        _keep(self.received, message)
        told = message.parameters() | {
            "SmsMessageSid": message.sid,
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": "1",
        }
        told = {name: value for name, value in told.items() if name != "MessageStatus"}
        try:
            for text in read_answers(await _asked(webhooks, url, told)):
                answer = Message(message.account_sid, message.to, message.from_, text)
                self.send(answer, webhooks, CallbackTarget())
        except CallError as error:
            message.problems.append(error)

    def newest_first(self) -> list[Message]:
        """Both ways."""
        both = [*self.sent.values(), *self.received.values()]
        return sorted(both, key=lambda message: message.created_at, reverse=True)

    async def settled(self) -> None:
        """Wait until everything sent so far has arrived, or has not, and was told."""
        if self._under_way:
            await asyncio.wait(set(self._under_way))

    def stop(self) -> None:
        for task in self._under_way:
            task.cancel()

    async def _carry(self, message: Message, webhooks: Webhooks, target: CallbackTarget) -> None:
        message.move_to(MessageStatus.SENT)
        await _tell(message, webhooks, target)
        code = self.unreachable.get(message.to)
        message.move_to(MessageStatus.UNDELIVERED if code else MessageStatus.DELIVERED, code)
        await _tell(message, webhooks, target)


def _keep(kept: dict[str, Message], message: Message) -> None:
    kept[message.sid] = message
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]


async def _asked(webhooks: Webhooks, url: str, told: dict[str, str]) -> str:
    """The product's document; none is as good as an empty one."""
    reply = await webhooks.request(url, "POST", told)
    return reply.body.decode("utf-8", errors="replace") or "<Response/>"


def read_answers(document: str) -> list[str]:
    """The texts of ``<Message>``, as words or in ``<Body>``. Raises :class:`CallError`."""
    try:
        root = ElementTree.fromstring(document.strip())  # noqa: S314 (the product's own)
    except ElementTree.ParseError as error:
        raise CallError(Problem.DOCUMENT_PARSE, f"Document parse failure: {error}.") from None
    texts = ["".join(each.itertext()).strip() for each in root.iter("Message")]
    return [text for text in texts if text]


async def _tell(message: Message, webhooks: Webhooks, target: CallbackTarget) -> None:
    if not target.url:
        return
    try:
        await webhooks.request(target.url, target.method, message.parameters())
    except CallError as error:
        message.problems.append(error)
