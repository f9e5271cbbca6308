"""The API's description of itself."""

import re
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

S2 = {
    ("post", "/api/v1/auth/login"),
    ("post", "/api/v1/auth/refresh"),
    ("post", "/api/v1/auth/forgot-password"),
    ("post", "/api/v1/auth/reset-password"),
    ("get", "/api/v1/auth/me"),
    ("get", "/api/v1/calls"),
    ("get", "/api/v1/calls/{call_id}"),
    ("get", "/api/v1/calls/{call_id}/interactions"),
    ("get", "/api/v1/calls/{call_id}/events"),
    ("get", "/api/v1/calls/{call_id}/transcript.txt"),
    ("get", "/api/v1/calls/{call_id}/transcript.pdf"),
    ("post", "/api/v1/calls/initiate"),
    ("post", "/api/v1/calls/{call_id}/intervene"),
    ("post", "/api/v1/calls/{call_id}/end"),
    ("get", "/api/v1/calls/{call_id}/notes"),
    ("post", "/api/v1/calls/{call_id}/notes"),
    ("get", "/api/v1/calls/{call_id}/notes/{note_id}"),
    ("put", "/api/v1/calls/{call_id}/notes/{note_id}"),
    ("delete", "/api/v1/calls/{call_id}/notes/{note_id}"),
    ("get", "/api/v1/config/business"),
    ("get", "/api/v1/config/business/{business_id}"),
    ("get", "/api/v1/knowledge"),
    ("post", "/api/v1/knowledge"),
    ("post", "/api/v1/knowledge/upload"),
    ("get", "/api/v1/knowledge/{document_id}"),
    ("put", "/api/v1/knowledge/{document_id}"),
    ("delete", "/api/v1/knowledge/{document_id}"),
    ("post", "/api/v1/knowledge/{document_id}/reprocess"),
    ("get", "/api/v1/knowledge/{document_id}/passages"),
    ("get", "/api/v1/knowledge/search"),
    ("post", "/api/v1/knowledge/search"),
    ("post", "/api/v1/process_message"),
    ("get", "/api/v1/conversations"),
    ("get", "/api/v1/conversations/{conversation_id}"),
    ("get", "/api/v1/conversations/{conversation_id}/messages"),
    ("post", "/api/v1/conversations/{conversation_id}/end"),
    ("put", "/api/v1/messages/{message_id}/feedback"),
    ("get", "/api/v1/documentation/sync"),
    ("post", "/api/v1/documentation/sync"),
    ("get", "/api/v1/documentation/sync/{vendor}/status"),
    ("post", "/api/v1/documentation/sync/{vendor}/cancel"),
    ("get", "/api/v1/notifications"),
    ("get", "/api/v1/notifications/unread-count"),
    ("patch", "/api/v1/notifications/{notification_id}/read"),
    ("patch", "/api/v1/notifications/read-all"),
    ("delete", "/api/v1/notifications/{notification_id}"),
    ("get", "/api/v1/metrics"),
    ("get", "/api/v1/metrics/historical"),
    ("get", "/api/v1/tool-invocations"),
}


@pytest.fixture
def schema(db: None) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(Client().get("/api/schema/").content)
    return document


def operations(schema: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_the_schema_is_valid_and_has_no_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "s.yml"))


def test_every_documented_address_is_there(schema: dict[str, Any]) -> None:
    assert set(operations(schema)) >= S2


def test_every_operation_says_what_it_does(schema: dict[str, Any]) -> None:
    for key, operation in operations(schema).items():
        assert operation.get("summary"), key
        assert operation.get("description"), key


def test_every_operation_says_how_it_refuses(schema: dict[str, Any]) -> None:
    for key, operation in operations(schema).items():
        is_open = {} in operation.get("security", [{}])
        refusals = {"429"} if is_open else {"401", "429"}
        assert refusals <= set(operation["responses"]), key
    error = schema["components"]["schemas"]["Error"]
    assert error["properties"]["error"]["required"] == ["code", "message"]


def test_only_sign_in_is_open_to_anybody(schema: dict[str, Any]) -> None:
    """Asked without signing in, every other address says 401 before it looks at anything."""
    for (method, path), operation in operations(schema).items():
        is_open = path.startswith("/api/v1/auth/") and not path.endswith("/me")
        assert ("security" not in operation or {} in operation["security"]) is is_open, path
        if not is_open:
            address = re.sub(r"\{\w+\}", "x", path)
            response = Client().generic(method.upper(), address)
            assert response.status_code == 401, path


def test_every_address_works_with_a_slash_too() -> None:
    def routes(patterns: list[Any], prefix: str = "/") -> list[str]:
        found: list[str] = []
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += routes(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                found.append(route)
        return found

    addresses = {route for route in routes(get_resolver().url_patterns) if "/api/v1/" in route}

    bare = {address for address in addresses if not address.endswith("/")}
    assert bare
    assert {f"{address}/" for address in bare} == addresses - bare


@pytest.mark.django_db
def test_the_docs_page_brings_its_own_scripts() -> None:
    response = Client().get("/api/docs/")

    assert response.status_code == 200
    assert b"swagger-ui-bundle.js" in response.content
    assert b"cdn." not in response.content
