"""A migrated database that test runs copy: migrations run when they change, not in every worker."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader

PROJECT = Path(__file__).resolve().parents[2]
PREFIX = "migrated_"
BEING_MADE = "migrating"


def migrated_template() -> str:
    """The name of a database with all migrations of today, made by whoever comes first."""
    name = PREFIX + _state()
    with cast(DatabaseWrapper, connection)._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        if name not in _databases(cursor):
            _make(cursor, name)
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [PREFIX])
    return name


def _state() -> str:
    """A digest of all migrations: others' by their names, ours by what stands in them."""
    digest = hashlib.sha256()
    for key in sorted(MigrationLoader(None).disk_migrations):
        digest.update(".".join(key).encode())
    for path in sorted(PROJECT.glob("*/migrations/*.py")) + sorted(
        PROJECT.glob("*/*/migrations/*.py")
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _databases(cursor: Any) -> set[str]:
    cursor.execute("SELECT datname FROM pg_database")
    return {name for (name,) in cursor.fetchall()}


def _make(cursor: Any, name: str) -> None:
    """Under another name until it is whole; those of other migrations are dropped."""
    old = [each for each in _databases(cursor) if each.startswith(PREFIX) or each == BEING_MADE]
    for each in old:
        cursor.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{BEING_MADE}"')
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{quote(BEING_MADE)}"))
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY},
        check=True,
    )
    cursor.execute(f'ALTER DATABASE "{BEING_MADE}" RENAME TO "{name}"')
