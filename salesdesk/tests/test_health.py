"""Whether the process lives, and whether it can serve."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.test import Client
from pytest_django import Settings

from salesdesk import health

NOBODY_LISTENS = "127.0.0.1:1"


def state_of(response: Any) -> dict[str, str]:
    checks: dict[str, str] = response.json()["checks"]
    return checks


@pytest.mark.django_db
def test_a_process_with_all_it_needs_is_ready() -> None:
    response = Client().get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"postgres": "ok", "redis": "ok", "migrations": "ok"},
    }


@pytest.mark.django_db(transaction=True)
def test_a_missing_migration_is_not_ready() -> None:
    [newest] = MigrationLoader(connection).graph.leaf_nodes("calls")
    MigrationRecorder(connection).record_unapplied(*newest)
    try:
        response = Client().get("/readyz")
    finally:
        MigrationRecorder(connection).record_applied(*newest)

    assert (response.status_code, response.json()["status"]) == (503, "unready")
    checks = state_of(response)
    assert checks["migrations"].endswith(" missing")
    assert checks["postgres"] == checks["redis"] == "ok"


@pytest.mark.django_db
def test_without_redis_it_is_not_ready(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://{NOBODY_LISTENS}/0",
        }
    }

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert state_of(response) == {"postgres": "ok", "redis": "unreachable", "migrations": "ok"}


def test_without_postgres_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: BaseDatabaseWrapper) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)

    response = Client().get("/readyz")

    assert response.status_code == 503
    checks = state_of(response)
    assert checks["postgres"] == checks["migrations"] == "unreachable"
    assert checks["redis"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_postgres_that_hangs_is_unreachable_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ANSWER_WITHIN_SECONDS", 0.3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        response = Client().get("/readyz")

    assert (response.status_code, state_of(response)["migrations"]) == (503, "unreachable")


def test_a_process_lives_without_a_database(settings: Settings) -> None:
    """No ``django_db`` mark: a query would fail this test."""
    response = Client().get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_probes_are_not_sent_to_https(path: str, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert Client().get(path).status_code == 200
    assert Client().get("/robots.txt").status_code == 301
