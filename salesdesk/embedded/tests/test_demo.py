import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from salesdesk import embedded
from salesdesk.embedded import demo
from salesdesk.embedded.redis import is_free
from salesdesk.embedded.tests.test_service import is_gone, wait_for


@contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield


@pytest.fixture
def first() -> int:
    """The first of five free neighbours, below the ports that systems hand out by themselves."""
    start = 10_000 + os.getpid() % 2_000 * 10
    return next(
        port
        for port in range(start, 32_000, 5)
        if all(is_free(port + offset) for offset in range(5))
    )


@pytest.fixture
def said() -> list[str]:
    return []


def test_free_ports_are_used_without_a_word(first: int, said: list[str]) -> None:
    assert demo.choose_ports(first, said.append) == demo.Ports(first, first + 1, first + 2)
    assert said == []


def test_a_taken_port_is_replaced_by_the_next_free_one_aloud(first: int, said: list[str]) -> None:
    with listening(first):
        ports = demo.choose_ports(first, said.append)
    assert ports == demo.Ports(first + 3, first + 1, first + 2)
    assert said == [f"Port {first} (pages) is taken; using {first + 3}."]


def test_two_taken_ports_do_not_get_the_same_replacement(first: int, said: list[str]) -> None:
    with listening(first), listening(first + 2):
        ports = demo.choose_ports(first, said.append)
    assert ports == demo.Ports(first + 3, first + 1, first + 4)
    assert len(said) == 2


def test_no_port_at_all_is_a_sentence(said: list[str]) -> None:
    last = demo.HIGHEST_PORT
    with listening(last), pytest.raises(demo.NoPort, match="choose another with --port"):
        demo.choose_ports(last, said.append)


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_behind(directory: Path, first: int) -> None:
    running = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(first)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=embedded.PROJECT_DIR,
        env={
            **os.environ,
            "SALESDESK_DATA_DIR": str(directory),
            "DATABASE_URL": "",
            "REDIS_URL": "",
        },
    )
    assert running.stdout
    assert any("salesdesk is ready" in line for line in running.stdout)
    started = {child.pid for child in psutil.Process(running.pid).children(recursive=True)}
    assert len(started) > len(demo.programs(demo.Ports(1, 2, 3), directory))
    running.send_signal(signal.SIGINT)
    assert "Stopped. The data stays" in running.communicate(timeout=60)[0]
    assert running.returncode == 0
    wait_for(lambda: all(map(is_gone, started)))
