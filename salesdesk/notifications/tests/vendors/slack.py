"""Slack: the methods of the Web API that are used, incoming webhooks, and signed presses."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from leads.tests.vendors.server import Answer, Seen, Vendor
from salesdesk.notifications.slack.accounts import Credentials

TOKEN = "xoxb-very-secret"
SIGNING_SECRET = "very-secret-signing"
CHANNEL = "C0LEADS"
TEAM = "T0OURS"


@dataclass
class SlackServer(Vendor):
    """``people``: e-mail address → Slack's id. ``posts``: what was posted, by its timestamp."""

    people: dict[str, str] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    hooked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    error: str = ""

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def hooks_url(self) -> str:
        return f"{self.url}/hooks/"

    def credentials(self, **changes: str) -> Credentials:
        return Credentials(**{"bot_token": TOKEN, "signing_secret": SIGNING_SECRET} | changes)

    def answer(self, request: Seen) -> Answer:
        if request.path.startswith("/hooks/"):
            self.hooked.append((request.path, request.json))
            return 200, b"ok"
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return 200, {"ok": False, "error": "invalid_auth"}
        if self.error:
            return 200, {"ok": False, "error": self.error}
        method = request.path.removeprefix("/api/")
        return 200, getattr(self, "_" + method.replace(".", "_"))(request)

    def _chat_postMessage(self, request: Seen) -> dict[str, Any]:
        timestamp = f"17{len(self.posts):08}.000100"
        self.posts[timestamp] = request.json
        return {"ok": True, "channel": request.json["channel"], "ts": timestamp}

    def _chat_update(self, request: Seen) -> dict[str, Any]:
        assert request.json["ts"] in self.posts
        self.posts[request.json["ts"]] = request.json
        return {"ok": True, "channel": request.json["channel"], "ts": request.json["ts"]}

    def _users_lookupByEmail(self, request: Seen) -> dict[str, Any]:
        found = self.people.get(request.form["email"])
        if found is None:
            return {"ok": False, "error": "users_not_found"}
        return {"ok": True, "user": {"id": found}}

    def _users_info(self, request: Seen) -> dict[str, Any]:
        key = request.form["user"]
        email = next((mail for mail, known in self.people.items() if known == key), "")
        team = "T0THEIRS" if key in self.strangers else TEAM
        user = {"id": key, "team_id": team, "deleted": False, "profile": {"email": email}}
        return {"ok": True, "user": user}

    def _auth_test(self, request: Seen) -> dict[str, Any]:
        return {"ok": True, "team_id": TEAM}

    def press(self, timestamp: str, action: str, slack_user: str) -> bytes:
        """The body of the request that a press of the message's button sends."""
        blocks = self.posts[timestamp]["blocks"]
        buttons = {b["action_id"]: b for b in blocks[-1]["elements"]}
        pressed = buttons[f"salesdesk.{action}"]
        payload = {
            "type": "block_actions",
            "user": {"id": slack_user, "team_id": TEAM},
            "response_url": f"{self.hooks_url}respond/1",
            "actions": [pressed],
        }
        return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, *, secret: str = SIGNING_SECRET, at: float | None = None) -> dict[str, str]:
    """Headers of Django's test client for a request that Slack has signed."""
    moment = str(int(time.time() if at is None else at))
    base = f"v0:{moment}:".encode() + body
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"HTTP_X_SLACK_REQUEST_TIMESTAMP": moment, "HTTP_X_SLACK_SIGNATURE": signature}


def words_of(message: dict[str, Any]) -> str:
    """All that a message shows."""
    return json.dumps(message, ensure_ascii=False)
