import os
from pathlib import Path

import psycopg
import pytest

from salesdesk import embedded

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


def test_database_has_pgvector_and_english_search(directory: Path) -> None:
    with psycopg.connect(embedded.ensure_postgres(directory)) as connection:
        distance = connection.execute("SELECT '[1,2]'::vector <-> '[1,4]'::vector").fetchone()
        words = connection.execute("SELECT to_tsvector('the panels')::text, lower('ÄÖ')").fetchone()
    assert distance == (2.0,)
    assert words == ("'panel':2", "äö")


@pytest.mark.parametrize(("may_be_lost", "waits"), [("", "on"), ("off", "on"), ("on", "off")])
def test_only_data_that_may_be_lost_do_not_wait_for_the_disk(
    directory: Path, monkeypatch: pytest.MonkeyPatch, may_be_lost: str, waits: str
) -> None:
    monkeypatch.setenv("SALESDESK_DATA_MAY_BE_LOST", may_be_lost)
    with psycopg.connect(embedded.ensure_postgres(directory)) as connection:
        assert connection.execute("SHOW fsync").fetchone() == (waits,)


def test_long_path_gets_a_short_socket(directory: Path) -> None:
    deep = directory / ("d" * 60) / ("e" * 60)
    url = embedded.ensure_postgres(deep)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("salesdesk",)
        socket_dir = Path(connection.info.host)
    assert len(str(socket_dir)) < 100
    embedded.release_all(deep)
    socket_dir.rmdir()


def test_pid_file_naming_a_living_stranger_is_no_hindrance(directory: Path) -> None:
    embedded.ensure_postgres(directory)
    embedded.release_all(directory)
    pid_file = directory / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n/elsewhere\n1\n5432\n\n\n 1 1\nready\n")
    with psycopg.connect(embedded.ensure_postgres(directory)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    embedded.release_all(directory)


def test_data_of_another_version_is_a_sentence(directory: Path) -> None:
    data = directory / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(embedded.EmbeddedServiceError, match="was made by Postgres 9"):
        embedded.ensure_postgres(directory)
    embedded.release_all(directory)


@as_root
def test_root_reaches_through_closed_folders_and_runs_it_as_someone_else(directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    embedded.ensure_postgres(closed)
    owner = (closed / "postgres" / "data" / "postmaster.pid").stat().st_uid
    assert owner != 0
    embedded.release_all(closed)


def test_data_of_another_user_is_a_sentence(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "postgres" / "data").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: 123_456)
    with pytest.raises(embedded.EmbeddedServiceError, match="belongs to another user"):
        embedded.ensure_postgres(directory)
