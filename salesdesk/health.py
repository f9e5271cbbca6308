"""Whether this process lives, and whether it can serve."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

ANSWER_WITHIN_SECONDS = 5
_threads = ThreadPoolExecutor(6, thread_name_prefix="readiness")


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else, so that a slow database restarts nobody."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when Postgres and Redis answer and no migration is missing, else 503 and which."""
    checks = {
        "postgres": _state_of(_ask_postgres),
        "redis": _state_of(_ask_redis),
        "migrations": _state_of(_look_for_migrations),
    }
    ready = all(state == "ok" for state in checks.values())
    body = {"status": "ok" if ready else "unready", "checks": checks}
    return JsonResponse(body, status=200 if ready else 503)


def _state_of(check: Callable[[], str]) -> str:
    """In a thread, since a server that hangs answers no client's time-out."""
    try:
        return _threads.submit(_and_let_go, check).result(timeout=ANSWER_WITHIN_SECONDS)
    except (DatabaseError, RedisError, OSError, PoolTimeout, TimeoutError) as error:
        log.warning("readiness check failed", exc_info=error)
        return "unreachable"


def _and_let_go(check: Callable[[], str]) -> str:
    try:
        return check()
    finally:
        connection.close()


def _ask_postgres() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _ask_redis() -> str:
    cache.get("readyz")
    return "ok"


def _look_for_migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} missing" if missing else "ok"
