"""Postgres (with pgvector) and Redis from wheels, for machines that bring none of their own.

`database_url()` and `redis_url()` are what the settings use when `DATABASE_URL` and `REDIS_URL`
are unset. The servers live as long as one process of this machine uses them; see `service`.
"""

import os
from pathlib import Path

from salesdesk.embedded.postgres import Postgres
from salesdesk.embedded.redis import Redis
from salesdesk.embedded.service import EmbeddedServiceError, ensure, release

__all__ = [
    "EmbeddedServiceError",
    "data_dir",
    "database_url",
    "ensure_postgres",
    "ensure_redis",
    "models_dir",
    "redis_url",
    "release_all",
]

PROJECT_DIR = Path(__file__).resolve().parents[2]


def data_dir() -> Path:
    """Where data of this machine stands: `SALESDESK_DATA_DIR`, else `.data` in the project."""
    return (
        Path(os.environ.get("SALESDESK_DATA_DIR") or PROJECT_DIR / ".data").expanduser().resolve()
    )


def models_dir() -> Path:
    """Where models made from the wheels' are kept: `SALESDESK_MODELS_DIR`, else `.models` in the
    project."""
    return (
        Path(os.environ.get("SALESDESK_MODELS_DIR") or PROJECT_DIR / ".models")
        .expanduser()
        .resolve()
    )


def database_url() -> str:
    """The embedded Postgres's URL; starts it when it does not run."""
    return ensure_postgres(data_dir())


def redis_url() -> str:
    """The embedded Redis's URL; starts it when it does not run."""
    return ensure_redis(data_dir())


def ensure_postgres(directory: Path) -> str:
    """See that Postgres runs on `directory`/postgres with our database and pgvector; its URL.

    Raises EmbeddedServiceError, whose message is a sentence.
    """
    return ensure(Postgres(directory / "postgres"))


def ensure_redis(directory: Path) -> str:
    """See that Redis runs on `directory`/redis; its URL. Raises EmbeddedServiceError."""
    return ensure(Redis(directory / "redis"))


def release_all(directory: Path) -> bool:
    """Say that this process needs the servers of `directory` no more; wait till they have stopped.

    False when another process still uses one: then they stop when that one ends.
    """
    released = [release(directory / name) for name in ("redis", "postgres")]
    return all(released)
