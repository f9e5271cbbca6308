"""What managers do to running calls, with HTMX and without."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from calls import services
from calls.enums import EndReason
from calls.models import Call
from calls.tests.carrier import ScriptedCarrier
from salesdesk.accounts.models import User
from salesdesk.lib.errors import ProviderError

ClientFor = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(manager: User, client_for: ClientFor) -> Client:
    return client_for(manager)


def toast_of(response: object) -> dict[str, str]:
    headers: dict[str, str] = getattr(response, "headers", {})
    toast: dict[str, str] = json.loads(headers["HX-Trigger"])["toast"]
    return toast


def test_ends_a_call(page: Client, call: Call, carrier: ScriptedCarrier) -> None:
    response = page.post(f"/calls/{call.public_id}/end/", headers=HTMX)

    assert carrier.hung_up == [call.sid]
    assert response.status_code == 204
    assert toast_of(response) == {"message": "The call is being ended.", "level": "success"}


def test_pauses_and_resumes_the_agent(page: Client, call: Call) -> None:
    page.post(f"/calls/{call.public_id}/pause/", headers=HTMX)
    call.refresh_from_db()
    assert call.agent_paused

    page.post(f"/calls/{call.public_id}/resume/", headers=HTMX)
    call.refresh_from_db()
    assert not call.agent_paused


@pytest.mark.parametrize("command", ["say", "instruct"])
def test_a_line_is_passed_on_and_the_form_comes_back_empty(
    command: str, page: Client, call: Call, manager: User
) -> None:
    response = page.post(
        f"/calls/{call.public_id}/{command}/", {"text": "  We close\n at six. "}, headers=HTMX
    )

    event = call.events.get(kind=f"supervisor.{command}")
    assert (event.detail, event.user) == ({"text": "We close at six."}, manager)
    assert response.content.decode().lstrip().startswith('<form id="line-form"')
    assert "We close" not in response.content.decode()
    assert toast_of(response)["level"] == "success"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("   ", "This field is required."), ("x" * 1001, "at most 1000 characters")],
)
def test_lines_that_cannot_be_said(text: str, sentence: str, page: Client, call: Call) -> None:
    response = page.post(f"/calls/{call.public_id}/say/", {"text": text}, headers=HTMX)

    assert response.status_code == 422
    assert sentence in toast_of(response)["message"]
    assert not call.events.filter(kind="supervisor.say").exists()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("end", "This call is over already."),
        ("say", "The agent is not talking on this call."),
        ("instruct", "The agent is not talking on this call."),
        ("pause", "The agent is not talking on this call."),
        ("resume", "The agent is not talking on this call."),
    ],
)
def test_refusals_are_toasts_with_htmx_and_pages_without(
    command: str, sentence: str, page: Client, ended_call: Call
) -> None:
    services.end_stream(ended_call.media_streams.get(), EndReason.CALLER_HUNG_UP)
    url = f"/calls/{ended_call.public_id}/{command}/"

    toast = page.post(url, {"text": "Hello"}, headers=HTMX)
    refused = page.post(url, {"text": "Hello"})

    assert (toast.status_code, refused.status_code) == (409, 409)
    assert toast_of(toast) == {"message": sentence, "level": "error"}
    assert toast.headers["HX-Reswap"] == "none"
    assert sentence in refused.content.decode()


def test_pausing_twice_is_refused(page: Client, call: Call) -> None:
    url = f"/calls/{call.public_id}/pause/"
    page.post(url, headers=HTMX)

    again = page.post(url, headers=HTMX)

    assert again.status_code == 409
    assert toast_of(again)["message"] == "The agent is paused already."


def test_a_carrier_that_fails_is_told(page: Client, call: Call, carrier: ScriptedCarrier) -> None:
    carrier.refusal = ProviderError("Twilio could not be reached.")

    response = page.post(f"/calls/{call.public_id}/end/", headers=HTMX)

    assert response.status_code == 502
    assert toast_of(response)["message"] == "Twilio could not be reached."


def test_without_script_the_page_of_the_call_says_so(page: Client, call: Call) -> None:
    response = page.post(f"/calls/{call.public_id}/pause/", follow=True)

    assert response.redirect_chain == [(f"/calls/{call.public_id}/", 302)]
    assert "The agent is paused. It goes on listening." in response.content.decode()
