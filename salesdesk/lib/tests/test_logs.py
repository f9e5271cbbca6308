"""Logs: one JSON object a line, with its request and call, without what is personal."""

import json
import logging
import sys
from typing import Any

import pytest
from django.http import JsonResponse
from django.test import Client, override_settings
from django.urls import path
from pydantic import BaseModel, ValidationError

from salesdesk.lib import logs

SECRET = "my number is +14155550123"


def written(message: str = "something happened", **extra: Any) -> dict[str, Any]:
    """The line that a record becomes, read back."""
    record = logging.getLogger("calls").makeRecord(
        "calls.services", logging.INFO, "x.py", 1, message, (), None, extra=extra or None
    )
    logs.ContextFilter().filter(record)
    line = logs.JsonFormatter().format(record)
    assert "\n" not in line
    data: dict[str, Any] = json.loads(line)
    return data


urlpatterns = [path("written/<str:token>", lambda request, token: JsonResponse(written()))]


def test_a_line_says_when_where_and_what() -> None:
    data = written()

    assert data.pop("time")
    assert data == {"level": "INFO", "logger": "calls.services", "message": "something happened"}


def test_fields_are_kept_and_personal_ones_dropped() -> None:
    data = written(status="failed", personal={"text": SECRET})

    assert data["status"] == "failed"
    assert "personal" not in data
    assert SECRET not in json.dumps(data)


def test_personal_fields_are_kept_where_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOG_PERSONAL", "on")

    assert written(personal={"text": SECRET})["personal"] == {"text": SECRET}


def test_the_request_itself_is_not_written(rf: Any) -> None:
    assert "request" not in written(request=rf.get(f"/?q={SECRET}"))


def test_lines_within_a_call_name_it() -> None:
    with logs.logging_call("4f0v2k9m1zq8w3tc"):
        assert written()["call_id"] == "4f0v2k9m1zq8w3tc"
    assert "call_id" not in written()


def test_an_error_is_one_line_with_its_trace() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.makeLogRecord({"msg": "it broke", "exc_info": sys.exc_info()})

    line = logs.JsonFormatter().format(record)

    assert "\n" not in line
    assert "ValueError: broken" in json.loads(line)["exc_info"]


REFUSED_ROW = f"""new row violates check constraint "utterance_times"
LINE 1: ...VALUES (1, '{SECRET}'
DETAIL:  Failing row contains (9, caller, {SECRET})."""


@pytest.mark.parametrize("formatter", [logs.JsonFormatter, logs.PlainFormatter])
@pytest.mark.parametrize("group", [False, True])
def test_an_error_of_the_database_does_not_show_the_row_that_it_refused(
    group: bool, formatter: type[logging.Formatter]
) -> None:
    error: Exception = ValueError(REFUSED_ROW)
    if group:
        error = ExceptionGroup("several", [error])
    record = logging.makeLogRecord({"msg": "x", "exc_info": (type(error), error, None)})

    line = formatter().format(record)

    assert "utterance_times" in line
    assert SECRET not in line


def test_every_answer_names_its_request() -> None:
    given = Client().get("/healthz", headers={"X-Request-ID": "proxy-id_12345"})
    made = Client().get("/healthz")
    bad = Client().get("/healthz", headers={"X-Request-ID": "x\nInjected: 1"})

    assert given.headers["X-Request-ID"] == "proxy-id_12345"
    for response in (made, bad):
        assert logs.ACCEPTED_REQUEST_ID.fullmatch(response.headers["X-Request-ID"])
        assert len(response.headers["X-Request-ID"]) == 32


def test_lines_within_a_request_name_it() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        response = Client().get("/written/secret")

    assert response.json()["request_id"] == response.headers["X-Request-ID"]


def test_a_request_is_logged_by_its_route_without_what_its_url_holds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with override_settings(ROOT_URLCONF=__name__), caplog.at_level(logging.INFO, logs.__name__):
        Client().get("/written/secret", {"search": SECRET})
        Client().get(f"/nowhere/{SECRET}")

    lines = [record.getMessage() for record in caplog.records if record.name == logs.__name__]
    assert lines == ["GET /written/<str:token> 200", "GET nowhere 404"]
    assert caplog.records[0].__dict__["status"] == 200


def test_a_value_that_was_refused_is_not_written() -> None:
    class Number(BaseModel):
        phone: int

    try:
        Number.model_validate({"phone": SECRET})
    except ValidationError:
        record = logging.makeLogRecord({"msg": "it broke", "exc_info": sys.exc_info()})

    line = logs.JsonFormatter().format(record)

    assert SECRET not in line
    assert "input_value: left out, input_type=str" in line
