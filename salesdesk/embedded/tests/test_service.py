import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis as Client

from salesdesk import embedded
from salesdesk.embedded import service
from salesdesk.embedded.tests.conftest import Using

StartsUsers = Callable[..., Using]


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def server_pid(directory: Path, name: str) -> int:
    noted = directory / name / "server.json"
    wait_for(noted.exists)
    return int(json.loads(noted.read_text())["pid"])


def keeper_pid(directory: Path, name: str) -> int:
    return int(psutil.Process(server_pid(directory, name)).ppid())


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_server_runs_while_a_process_uses_it_and_stops_after(
    directory: Path, using: StartsUsers
) -> None:
    first, second = using("redis"), using("redis")
    assert first.urls() == second.urls()
    pid = server_pid(directory, "redis")
    first.end()
    assert not is_gone(pid)
    assert Client.from_url(second_url := embedded.ensure_redis(directory)).ping()
    second.end()
    assert Client.from_url(second_url).ping()
    assert embedded.release_all(directory)
    assert is_gone(pid)


def test_server_stops_after_its_last_user_was_killed(directory: Path, using: StartsUsers) -> None:
    killed = using("postgres", "redis")
    killed.urls()
    pids = [server_pid(directory, name) for name in ("postgres", "redis")]
    killed.kill()
    wait_for(lambda: all(map(is_gone, pids)))


def test_many_processes_at_once_share_one_server(directory: Path, using: StartsUsers) -> None:
    users = [using("postgres", "redis") for _ in range(5)]
    assert len({tuple(user.urls()) for user in users}) == 1
    log = (directory / "postgres" / "server.log").read_text()
    assert log.count("ready to accept connections") == 1


def test_killed_server_is_started_again_with_its_data(directory: Path) -> None:
    url = embedded.ensure_postgres(directory)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    killed = server_pid(directory, "postgres")
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: not service.is_kept(directory / "postgres"))
    with psycopg.connect(embedded.ensure_postgres(directory)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert embedded.release_all(directory)


def test_killed_keeper_leaves_no_server_that_disturbs_the_next(directory: Path) -> None:
    embedded.ensure_redis(directory)
    first = server_pid(directory, "redis")
    keeper = keeper_pid(directory, "redis")
    os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: not service.is_kept(directory / "redis"))
    assert Client.from_url(embedded.ensure_redis(directory)).ping()
    assert is_gone(first)
    assert embedded.release_all(directory)


def test_release_says_so_when_another_process_goes_on(directory: Path, using: StartsUsers) -> None:
    other = using("redis")
    other.urls()
    embedded.ensure_redis(directory)
    assert not embedded.release_all(directory)
    assert not is_gone(server_pid(directory, "redis"))


def test_folder_that_cannot_be_written_is_a_sentence(directory: Path) -> None:
    (directory / "redis").write_text("a file where the folder should be")
    with pytest.raises(embedded.EmbeddedServiceError, match="Set SALESDESK_DATA_DIR to a folder"):
        embedded.ensure_redis(directory)


def test_server_that_fails_to_start_shows_its_log(directory: Path) -> None:
    embedded.ensure_redis(directory)
    embedded.release_all(directory)
    (directory / "redis" / "appendonly.aof").write_text("not an append-only file\n" * 10)
    with pytest.raises(embedded.EmbeddedServiceError, match=r"(?s)Redis stopped at once.*Bad file"):
        embedded.ensure_redis(directory)
