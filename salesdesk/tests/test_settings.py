"""What the process needs before it starts, and what it is when nobody says anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PROJECT = Path(__file__).resolve().parents[2]
NO_SERVICES = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python with these settings only; what is empty also keeps a ``.env`` file from setting it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(  # our own interpreter
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={**kept, **NO_SERVICES, "DJANGO_SETTINGS_MODULE": "salesdesk.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def setting(name: str, **environment: str) -> str:
    code = f"from django.conf import settings; print(settings.{name})"
    result = run(code, **{"SECRET_KEY": "k" * 50, "DEBUG": "", **environment})
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_without_a_secret_key_it_refuses_to_start_and_says_what_to_do() -> None:
    result = run("from django.conf import settings; settings.DEBUG", SECRET_KEY="", DEBUG="off")

    assert result.returncode != 0
    last_line = result.stderr.strip().splitlines()[-1]
    assert "SECRET_KEY is not set." in last_line
    assert ".env.example" in last_line
    assert "bin/demo" in last_line


def test_a_command_without_a_secret_key_refuses_too() -> None:
    result = run(
        "import sys; sys.argv = ['manage.py', 'check']; import manage; manage.main()",
        SECRET_KEY="",
        DEBUG="off",
    )

    assert result.returncode != 0
    assert "SECRET_KEY is not set." in result.stderr


def test_debug_starts_without_a_secret_key() -> None:
    assert setting("DEBUG", SECRET_KEY="", DEBUG="on") == "True"


def test_debug_is_off_unless_asked_for() -> None:
    code = "from django.conf import settings; print(settings.DEBUG)"

    assert run(code, SECRET_KEY="k" * 50).stdout.strip() == "False"


@pytest.mark.parametrize(
    ("name", "environment", "value"),
    [
        ("VOICE_ENGINE", {}, "cascade"),
        ("VOICE_ENGINE", {"OPENAI_API_KEY": "sk-x"}, "realtime"),
        ("VOICE_ENGINE", {"OPENAI_API_KEY": "sk-x", "VOICE_ENGINE": "cascade"}, "cascade"),
        ("MEDIA_STREAM_URL", {"PUBLIC_URL": "https://x.example/"}, "wss://x.example"),
        ("SECURE_SSL_REDIRECT", {"PUBLIC_URL": "https://x.example"}, "True"),
        ("SECURE_SSL_REDIRECT", {"PUBLIC_URL": "http://localhost:8000"}, "False"),
        ("SESSION_COOKIE_SECURE", {"PUBLIC_URL": "https://x.example"}, "True"),
        ("CSRF_TRUSTED_ORIGINS", {"PUBLIC_URL": "https://x.example"}, "['https://x.example']"),
        ("REST_FRAMEWORK['NUM_PROXIES']", {}, "0"),
        ("ALLAUTH_TRUSTED_PROXY_COUNT", {"TRUSTED_PROXIES": "2"}, "2"),
    ],
)
def test_settings_follow_the_environment(
    name: str, environment: dict[str, str], value: str
) -> None:
    empty = {"OPENAI_API_KEY": "", "VOICE_ENGINE": "", "MEDIA_STREAM_URL": ""}

    assert setting(name, **{**empty, **environment}) == value


def test_every_setting_of_the_environment_is_explained() -> None:
    source = (PROJECT / "salesdesk" / "settings.py").read_text()
    explained = (PROJECT / ".env.example").read_text()
    names = {
        word.split('"')[1]
        for kind in ("str", "bool", "int", "list", "email_url")
        for word in source.split(f"env.{kind}(")[1:]
    }

    assert len(names) > 15
    assert sorted(name for name in names if f"{name}=" not in explained) == []


def test_the_example_can_be_copied_and_filled_in() -> None:
    """A comment behind a value would become a part of it."""
    lines = (PROJECT / ".env.example").read_text().splitlines()
    values = [line.partition("=")[2] for line in lines if re.match(r"(# )?[A-Z_]+=", line)]

    assert len(values) > 15
    assert [value for value in values if "#" in value or value != value.strip()] == []
    assert "\nSECRET_KEY=\n" in (PROJECT / ".env.example").read_text()


def test_sessions_and_pages_are_guarded() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.X_FRAME_OPTIONS == "DENY"
    assert settings.SECURE_CONTENT_TYPE_NOSNIFF
    assert "salesdesk.lib.csp.ContentSecurityPolicyMiddleware" in settings.MIDDLEWARE
