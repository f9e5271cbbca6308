"""The sandbox carrier's own API, seen from the product: over HTTP, as from another machine."""

import json
import urllib.request
from typing import Any
from urllib.error import HTTPError

from salesdesk.lib.errors import ProviderError

TIMEOUT_S = 30


class SandboxClient:
    """Every method may raise :class:`ProviderError` with a sentence for people."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")

    def scenarios(self) -> list[dict[str, Any]]:
        """``name``, ``about`` and ``lines`` of each."""
        return list(self._request("GET", "scenarios")["scenarios"])

    def knows_number(self, number: str) -> bool:
        numbers = self._request("GET", "numbers")["numbers"]
        return number in {each["number"] for each in numbers}

    def write(self, *, to: str, from_: str, text: str) -> dict[str, Any]:
        """Let somebody write a text message; it with its ``errors``, when the product has it."""
        return self._request("POST", "messages", {"to": to, "from": from_, "text": text})

    def messages_to(self, number: str) -> list[dict[str, Any]]:
        """What the product has written to a number, the newest first."""
        found = self._request("GET", "messages")["messages"]
        return [each for each in found if each["to"] == number]

    def give_number(self, number: str, *, public_url: str) -> None:
        """Let calls and messages to this number come to the product at ``public_url``."""
        webhooks = {
            "number": number,
            "voice_url": f"{public_url}/twilio/voice/",
            "status_callback": f"{public_url}/twilio/status/",
            "sms_url": f"{public_url}/twilio/text/",
        }
        self._request("PUT", "numbers", webhooks)

    def ring(self, *, to: str, from_: str, scenario: str) -> str:
        """Let a scripted caller ring; the call's SID. An empty ``from_`` is anybody."""
        answer = self._request("POST", "calls", {"to": to, "from": from_, "scenario": scenario})
        return str(answer["sid"])

    def put_behind(self, number: str, scenario: str) -> None:
        """Let whoever plays the scenario answer at a number."""
        self._request("POST", "callees", {"number": number, "scenario": scenario})

    def call(self, sid: str, *, after: int = 0) -> dict[str, Any]:
        """Status, summary and the timeline without its first ``after`` entries."""
        return self._request("GET", f"calls/{sid}?after={after}")

    def hang_up(self, sid: str) -> None:
        self._request("POST", f"calls/{sid}/hang-up", {})

    def _request(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 (the address is a setting)
            f"{self._base_url}/sandbox/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                return dict(json.load(answer))
        except HTTPError as refusal:
            raise ProviderError(f"The sandbox carrier refuses: {_reason(refusal)}") from refusal
        except (OSError, ValueError) as error:
            raise ProviderError(
                f"The sandbox carrier does not answer at {self._base_url}. Start it with bin/demo, "
                "or with: uvicorn calls.sandbox.app:application --port …"
            ) from error


def _reason(refusal: HTTPError) -> str:
    try:
        return str(json.load(refusal)["error"])
    except (ValueError, KeyError):
        return f"HTTP {refusal.code}"
