"""Transcripts as files."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from calls.models import Call
from salesdesk.accounts.models import User

ApiFor = Callable[[User | None], APIClient]


def url(call: Call, suffix: str) -> str:
    return f"/api/v1/calls/{call.public_id}/transcript.{suffix}"


@pytest.mark.parametrize("accept", ["*/*", "text/plain", "application/json"])
def test_a_transcript_as_text(
    accept: str, ended_call: Call, auditor: User, api_for: ApiFor
) -> None:
    response = api_for(auditor).get(url(ended_call, "txt"), headers={"Accept": accept})

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f'filename="call-{ended_call.public_id}.txt"' in response.headers["Content-Disposition"]
    lines = response.content.decode().splitlines()
    assert lines[-2:] == [
        "[0:00] Agent: Bright Solar, how can I help?",
        "[0:02] Customer: I want a quote.",
    ]


def test_a_transcript_as_pdf(ended_call: Call, rep: User, api_for: ApiFor) -> None:
    headers = {"Accept": "application/pdf"}
    response = api_for(rep).get(url(ended_call, "pdf"), headers=headers)

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert response.content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("suffix", ["txt", "pdf"])
@pytest.mark.parametrize(("somebody", "status"), [("outsider", 404), (None, 401)])
def test_nobody_else_gets_the_file(
    somebody: str | None,
    status: int,
    suffix: str,
    request: pytest.FixtureRequest,
    ended_call: Call,
    api_for: ApiFor,
) -> None:
    api = api_for(request.getfixturevalue(somebody) if somebody else None)

    response = api.get(url(ended_call, suffix), headers={"Accept": "application/pdf"})

    assert response.status_code == status
    assert list(response.json()) == ["error"]
