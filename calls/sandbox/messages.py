"""Text messages: taken, sent and delivered at once, with Twilio's signed status callbacks.

Source: twilio.com/docs/messaging/api/message-resource, and its test numbers:
twilio.com/docs/iam/test-credentials#test-sms-messages.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from calls.sandbox.callbacks import CallbackTarget
from calls.sandbox.notifications import CallError
from calls.sandbox.sids import new_sid, utc_now
from calls.sandbox.webhooks import Webhooks

MOST_KEPT = 200
NO_REASON = 30008


class MessageStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


@dataclass(slots=True, eq=False)
class Message:
    account_sid: str
    from_: str
    to: str
    body: str
    sid: str = field(default_factory=lambda: new_sid("SM"))
    status: MessageStatus = MessageStatus.QUEUED
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


class Messages:
    """All messages of the account, the oldest first. ``unreachable``: number → error code with
    which messages to it are not delivered."""

    def __init__(self) -> None:
        self.sent: dict[str, Message] = {}
        self.unreachable: dict[str, int] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, message: Message, webhooks: Webhooks, target: CallbackTarget) -> None:
        """Keep it, and let it arrive."""
        self.sent[message.sid] = message
        while len(self.sent) > MOST_KEPT:
            del self.sent[next(iter(self.sent))]
        task = asyncio.create_task(self._carry(message, webhooks, target))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

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


async def _tell(message: Message, webhooks: Webhooks, target: CallbackTarget) -> None:
    if not target.url:
        return
    try:
        await webhooks.request(target.url, target.method, message.parameters())
    except CallError as error:
        message.problems.append(error)
