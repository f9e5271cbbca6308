"""Google Calendar: tokens, free/busy and events."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from leads.tests.vendors.server import Answer, Seen, Vendor

REFRESH = "very-secret-refresh"
CREDENTIALS = {"client_id": "client", "client_secret": "very-secret-client"} | {
    "refresh_token": REFRESH
}
CREW = "crew@group.calendar.google.com"
EVENTS = re.compile(r"/calendar/v3/calendars/([^/]+)/events(?:/(\w+))?")
NOT_FOUND = {"error": {"code": 404, "message": "Not Found", "errors": [{"reason": "notFound"}]}}

Event = dict[str, Any]


@dataclass
class GoogleServer(Vendor):
    """``events`` of the one calendar :data:`CREW`, by id; deleted ones stay as ``cancelled``."""

    events: dict[str, Event] = field(default_factory=dict)
    assertions: list[str] = field(default_factory=list)

    @property
    def options(self) -> dict[str, Any]:
        tokens = {"token_url": f"{self.url}/token", "allow_http": True}
        return {"base_url": self.url, "timeout": 5.0, **tokens}

    def add(self, key: str, start: datetime, end: datetime) -> None:
        """Somebody's own event."""
        times = {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}
        self.events[key] = {"id": key, "status": "confirmed", **times}

    def there(self) -> list[Event]:
        return [event for event in self.events.values() if event["status"] == "confirmed"]

    def answer(self, request: Seen) -> Answer:
        if self.is_for_token(request):
            return self._token(request)
        if request.headers.get("authorization") != "Bearer access":
            return 401, {"error": {"code": 401, "message": "Invalid Credentials"}}
        if request.path == "/calendar/v3/freeBusy":
            return 200, {"calendars": {CREW: self._busy(request.json), **_others(request.json)}}
        if request.path == "/calendar/v3/users/me/calendarList":
            return 200, {"items": []}
        match = EVENTS.fullmatch(request.path)
        assert match, request.path
        return self._on_event(request, unquote(match[1]), match[2])

    def _token(self, request: Seen) -> Answer:
        given = request.form
        self.assertions.append(given.get("assertion", ""))
        if given.get("refresh_token", REFRESH) != REFRESH:
            return 400, {"error": "invalid_grant", "error_description": "very-secret detail"}
        return 200, {"access_token": "access", "expires_in": 3600, "token_type": "Bearer"}

    def _busy(self, question: Any) -> dict[str, Any]:
        bounds = [datetime.fromisoformat(question[name]) for name in ("timeMin", "timeMax")]
        spans = [
            {"start": e["start"]["dateTime"], "end": e["end"]["dateTime"]} for e in self.there()
        ]
        moment = datetime.fromisoformat
        near = (
            each
            for each in spans
            if moment(each["start"]) < bounds[1] and moment(each["end"]) > bounds[0]
        )
        return {"busy": sorted(near, key=lambda each: each["start"])}

    def _on_event(self, request: Seen, calendar: str, key: str | None) -> Answer:
        if calendar != CREW or (key is not None and key not in self.events):
            return 404, NOT_FOUND
        if key is None:
            return self._insert(request.json)
        if request.method == "DELETE":
            was = self.events[key]["status"]
            self.events[key]["status"] = "cancelled"
            return (204, None) if was == "confirmed" else (410, NOT_FOUND)
        self.events[key] |= request.json
        return 200, self.events[key]

    def _insert(self, event: Event) -> Answer:
        assert re.fullmatch(r"[a-v0-9]{5,1024}", event["id"]), event["id"]
        if event["id"] in self.events:
            return 409, {"error": {"code": 409, "errors": [{"reason": "duplicate"}]}}
        self.events[event["id"]] = event
        return 200, event


def _others(question: Any) -> dict[str, Any]:
    others = [each["id"] for each in question["items"] if each["id"] != CREW]
    return {key: {"errors": [{"reason": "notFound"}], "busy": []} for key in others}


def service_account_key(token_uri: str) -> str:
    """The JSON that Google gives for a service account; the key is made here."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "desk@project.iam.gserviceaccount.com",
            "private_key": private.decode(),
            "private_key_id": "1",
            "token_uri": token_uri,
        }
    )
