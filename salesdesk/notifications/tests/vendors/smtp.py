"""A mail server, which really speaks SMTP."""

from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


class Post:
    """Takes mails; ``reply`` is said to a recipient instead of taking the mail for them."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.reply = ""

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.reply:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


class MailServer(Controller):
    def __init__(self) -> None:
        self.post = Post()
        super().__init__(self.post, hostname="127.0.0.1", port=0)

    def _trigger_server(self) -> None:
        """The library connects to the port that it was given; ours is chosen when it listens."""
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
