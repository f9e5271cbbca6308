"""An IMAP server on this machine (RFC 3501): one user, one folder, what reading needs.

It speaks to any client; mail is dropped in with :meth:`ImapServer.drop`.
"""

import asyncio
import re
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

USER, PASSWORD = "desk@example.com", 'pass "word"'
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Stored:
    uid: int
    raw: bytes
    received_at: datetime


class ImapServer:
    """``with ImapServer() as server``; at the fetch with the number ``dies_at`` it hangs up.

    With ``context`` it speaks TLS: from the first byte, or with ``starts_tls`` when it is asked to.
    """

    def __init__(self, context: ssl.SSLContext | None = None, *, starts_tls: bool = False) -> None:
        self.uid_validity = 1
        self.messages: list[Stored] = []
        self.commands: list[str] = []
        self.fetches = 0
        self.dies_at = 0
        self.port = 0
        self._context, self._starts_tls = context, starts_tls
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def drop(self, raw: bytes | str, *, received_at: datetime | None = None) -> int:
        """Put a message into the folder; its UID."""
        data = raw.encode() if isinstance(raw, str) else raw
        uid = self.messages[-1].uid + 1 if self.messages else 1
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self.messages.append(Stored(uid, data, received_at or datetime.now(UTC)))
        return uid

    def number_anew(self) -> None:
        """As after a restore: the same messages, with other UIDs."""
        self.uid_validity += 1
        self.messages = [
            Stored(uid, each.raw, each.received_at) for uid, each in enumerate(self.messages, 101)
        ]

    # ------------------------------------------------------------ the server

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(
                self._serve,
                "127.0.0.1",
                0,
                limit=2**20,
                ssl=None if self._starts_tls else self._context,
            )
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            tag, _, rest = line.partition(" ")
            if rest.upper() == "STARTTLS" and self._starts_tls and self._context:
                writer.write(f"{tag} OK begin\r\n".encode())
                await writer.start_tls(self._context)
                continue
            if not self._answer(writer, tag, rest):
                break
            await writer.drain()
        writer.close()

    def _answer(self, writer: asyncio.StreamWriter, tag: str, rest: str) -> bool:
        """Whether the connection goes on."""
        command, _, arguments = rest.partition(" ")
        verb = command.upper()
        if verb == "UID":
            verb, _, arguments = arguments.partition(" ")
            verb = verb.upper()
        answer: Any = getattr(self, f"_{verb.lower()}", None)
        if answer is None:
            writer.write(f"{tag} BAD unknown\r\n".encode())
            return True
        told = answer(arguments)
        if told is None:
            return False
        body, ending = told
        writer.write(body + f"{tag} {ending}\r\n".encode())
        return verb != "LOGOUT"

    def _capability(self, _: str) -> tuple[bytes, str]:
        more = " STARTTLS" if self._starts_tls else ""
        return f"* CAPABILITY IMAP4rev1{more}\r\n".encode(), "OK done"

    def _login(self, arguments: str) -> tuple[bytes, str]:
        words = [(quoted or plain) for quoted, plain in _QUOTED.findall(arguments)]
        given = [word.replace('\\"', '"').replace("\\\\", "\\") for word in words]
        return b"", "OK hello" if given == [USER, PASSWORD] else "NO [AUTHENTICATIONFAILED] no"

    def _examine(self, arguments: str) -> tuple[bytes, str]:
        if "INBOX" not in arguments.upper():
            return b"", "NO there is no such folder"
        following = self.messages[-1].uid + 1 if self.messages else 1
        told = (
            f"* {len(self.messages)} EXISTS\r\n* 0 RECENT\r\n"
            f"* OK [UIDVALIDITY {self.uid_validity}] valid\r\n* OK [UIDNEXT {following}] next\r\n"
        )
        return told.encode(), "OK [READ-ONLY] done"

    def _search(self, arguments: str) -> tuple[bytes, str]:
        """``UID n:*``: with ``n`` beyond the last message, that one is told (RFC 3501, 6.4.8)."""
        first = int(arguments.replace('"', "").split("UID", 1)[1].strip().partition(":")[0])
        uids = [each.uid for each in self.messages]
        found = [uid for uid in uids if uid >= first] or uids[-1:]
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode(), "OK done"

    def _fetch(self, arguments: str) -> tuple[bytes, str] | None:
        self.fetches += 1
        if self.fetches == self.dies_at:
            return None
        wanted, longest = int(arguments.split(" ")[0]), re.search(r"<0\.(\d+)>", arguments)
        for number, each in enumerate(self.messages, 1):
            if each.uid == wanted:
                raw = each.raw[: int(longest[1])] if longest else each.raw
                at = each.received_at.strftime("%d-%b-%Y %H:%M:%S +0000")
                head = (
                    f'* {number} FETCH (UID {each.uid} INTERNALDATE "{at}" '
                    f"RFC822.SIZE {len(each.raw)} BODY[]<0> {{{len(raw)}}}\r\n"
                )
                return head.encode() + raw + b")\r\n", "OK done"
        return b"", "OK done"

    def _noop(self, _: str) -> tuple[bytes, str]:
        return b"", "OK done"

    def _logout(self, _: str) -> tuple[bytes, str]:
        return b"* BYE\r\n", "OK done"
