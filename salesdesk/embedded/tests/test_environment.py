import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from environ import Env

from salesdesk import embedded
from salesdesk.embedded import environment

HOLDS_THE_DEMO = """
import signal, sys
from pathlib import Path
from salesdesk.embedded import environment

with environment.only_demo(Path(sys.argv[1])):
    print("holding", flush=True)
    signal.pause()
"""


@pytest.fixture(autouse=True)
def unconfigured(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """An environment of our own, which each test may change."""
    kept = {"PATH": os.environ["PATH"], "SALESDESK_DATA_DIR": str(directory)}
    monkeypatch.setattr(os, "environ", kept)
    monkeypatch.setattr(Env, "read_env", lambda path: None)


def test_demo_gets_a_key_and_sandbox_credentials_that_stay(directory: Path) -> None:
    environment.prepare(["demo"])
    first = dict(os.environ)
    assert len(first["SECRET_KEY"]) > 50
    assert first["TWILIO_ACCOUNT_SID"].startswith("AC")
    environment.prepare(["demo"])
    assert dict(os.environ) == first
    assert (directory / "demo.env").stat().st_mode & 0o077 == 0


def test_demo_never_gets_real_credentials() -> None:
    os.environ["TWILIO_AUTH_TOKEN"] = "a real one"
    environment.prepare(["demo"])
    assert os.environ["TWILIO_AUTH_TOKEN"] != "a real one"


def test_other_commands_get_what_the_demo_ran_with(directory: Path) -> None:
    environment.keep(directory, {"SECRET_KEY": "kept", "PUBLIC_URL": "http://localhost:8003"})
    os.environ["PUBLIC_URL"] = "http://given"
    environment.prepare(["simulate_call"])
    assert os.environ["SECRET_KEY"] == "kept"
    assert os.environ["PUBLIC_URL"] == "http://given"


@pytest.mark.parametrize("configured", ["SECRET_KEY", "DEBUG"])
def test_a_configured_machine_gets_nothing(directory: Path, configured: str) -> None:
    environment.keep(directory, {"PUBLIC_URL": "http://localhost:8003"})
    os.environ[configured] = "on"
    environment.prepare(["migrate"])
    assert "PUBLIC_URL" not in os.environ


def test_a_running_demo_counts_for_more_than_the_env_file(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.keep(directory, {"TWILIO_AUTH_TOKEN": "sandbox", "PUBLIC_URL": "http://demo"})
    from_file = {"SECRET_KEY": "x", "TWILIO_AUTH_TOKEN": "real", "PUBLIC_URL": "http://real"}
    monkeypatch.setattr(
        Env, "read_env", lambda path: os.environ.update({**from_file, **os.environ})
    )
    os.environ["PUBLIC_URL"] = "http://given"
    with environment.only_demo(directory):
        environment.prepare(["simulate_call"])
    assert os.environ["TWILIO_AUTH_TOKEN"] == "sandbox"
    assert os.environ["PUBLIC_URL"] == "http://given"


def test_a_second_demo_on_the_same_data_is_refused(directory: Path) -> None:
    environment.keep(directory, {"PUBLIC_URL": "http://localhost:8003"})
    with (
        environment.only_demo(directory),
        pytest.raises(
            embedded.EmbeddedServiceError, match=r"running already \(http://localhost:8003"
        ),
        environment.only_demo(directory),
    ):
        pass


def test_reset_stops_the_running_demo_and_removes_its_data(directory: Path) -> None:
    data = directory / "data"
    environment.keep(data, {"SECRET_KEY": "old"})
    running = subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_DEMO, str(data)],
        stdout=subprocess.PIPE,
        cwd=embedded.PROJECT_DIR,
    )
    assert running.stdout and running.stdout.readline() == b"holding\n"
    environment.reset(data)
    assert running.wait(10) == -signal.SIGTERM
    assert not data.exists()


def test_reset_waits_for_nobody_who_goes_on_using_the_data(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "STOP_SECONDS", 0.1)
    environment.keep(directory, {"SECRET_KEY": "old"})
    embedded.ensure_redis(directory)
    with pytest.raises(embedded.EmbeddedServiceError, match="still uses"):
        environment.reset(directory)
    assert (directory / "demo.env").exists()


def test_reset_leaves_a_folder_alone_that_is_no_demo(directory: Path) -> None:
    (directory / "thesis.txt").write_text("years of work")
    with pytest.raises(embedded.EmbeddedServiceError, match="left as it is"):
        environment.reset(directory)
    assert (directory / "thesis.txt").exists()
