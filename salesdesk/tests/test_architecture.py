"""Imports go down only. A broken rule is named with its file and line."""

from functools import cache
from pathlib import Path

import pytest

from salesdesk.tests.architecture import LAYERS, PURE, Import, imports_in, violations

PROJECT = Path(__file__).resolve().parents[2]


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(imports_in(PROJECT))


def test_the_house_keeps_its_rules() -> None:
    imports = all_imports()

    assert len(imports) > 500
    assert violations(imports) == []


def test_every_module_that_must_be_pure_is_there() -> None:
    seen = {each.module for each in all_imports()}

    assert set(PURE) <= seen


def test_every_app_has_its_place() -> None:
    apps = {path.parent.relative_to(PROJECT) for path in PROJECT.glob("*/apps.py")}
    apps |= {path.parent.relative_to(PROJECT) for path in PROJECT.glob("salesdesk/*/apps.py")}

    placed = {app for layer in LAYERS for app in layer}
    assert {".".join(app.parts) for app in apps} <= placed


# ---------------------------------------------------------------- the checker itself


@pytest.mark.parametrize(
    ("path", "source", "sentence"),
    [
        (
            "salesdesk/accounts/services.py",
            "import os\n\nfrom salesdesk.businesses.models import Business\n",
            "salesdesk/accounts/services.py:3: salesdesk.accounts imports "
            "salesdesk.businesses.models.Business, which is not below it",
        ),
        (
            "salesdesk/lib/env.py",
            "def f():\n    from salesdesk import embedded\n",
            "salesdesk/lib/env.py:2: salesdesk.lib imports salesdesk.embedded, "
            "which is not below it",
        ),
        (
            "leads/models.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import knowledge.models\n",
            "leads/models.py:3: leads imports knowledge.models, which is not below it",
        ),
        (
            "calls/tasks.py",
            "from salesdesk.celery import app\n",
            "calls/tasks.py:1: calls imports salesdesk.celery.app, which stands above all apps",
        ),
        (
            "salesdesk/embedded/service.py",
            "from salesdesk.embedded.management import first_call\n",
            "salesdesk/embedded/service.py:1: salesdesk.embedded imports "
            "salesdesk.embedded.management.first_call, which stands above all apps",
        ),
        (
            "calls/services.py",
            "from . import signals\nfrom .sandbox import carrier\n",
            "calls/services.py:2: calls.services imports calls.sandbox.carrier, "
            "which the product never needs",
        ),
        (
            "calls/__init__.py",
            "from .sandbox import carrier\n",
            "calls/__init__.py:1: calls imports calls.sandbox.carrier, "
            "which the product never needs",
        ),
        (
            "salesdesk/urls.py",
            "import calls.sandbox.app\n",
            "salesdesk/urls.py:1: salesdesk.urls imports calls.sandbox.app, "
            "which the product never needs",
        ),
        (
            "calls/live/session.py",
            "from time import monotonic\n",
            "calls/live/session.py:1: calls.live.session is pure and imports time.monotonic",
        ),
        (
            "calls/live/turns.py",
            "from calls.models import Call\n",
            "calls/live/turns.py:1: calls.live.turns is pure and imports calls.models.Call, "
            "which is not",
        ),
        (
            "calls/live/playback.py",
            "from . import bridge\n",
            "calls/live/playback.py:1: calls.live.playback is pure and imports "
            "calls.live.bridge, which is not",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_line(
    path: str, source: str, sentence: str, tmp_path: Path
) -> None:
    write(tmp_path, path, source)

    assert violations(imports_in(tmp_path)) == [sentence]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("analytics/metrics.py", "from calls.models import Call\nimport salesdesk.lib.money\n"),
        ("calls/webhooks.py", "from calls import services\nfrom .enums import CallStatus\n"),
        ("calls/sandbox/app.py", "from calls.sandbox.rest import x\nfrom calls import audio\n"),
        ("calls/bench/load.py", "from calls.sandbox import sounds\n"),
        ("calls/tests/test_services.py", "import calls.sandbox.carrier\nimport analytics\n"),
        ("calls/live/session.py", "from calls.live import turns\nfrom calls.audio import x\n"),
        ("calls/live/bridge.py", "import asyncio\nfrom calls import services\n"),
        ("salesdesk/urls.py", "from calls import webhooks\nfrom salesdesk import health\n"),
        ("salesdesk/embedded/demo.py", "from salesdesk.lib.errors import SalesdeskError\n"),
        ("salesdesk/embedded/management/commands/demo.py", "from calls.models import Call\n"),
        ("node_modules/x/y.py", "import this is no python\n"),
    ],
)
def test_what_keeps_the_rules_passes(path: str, source: str, tmp_path: Path) -> None:
    write(tmp_path, path, source)

    assert violations(imports_in(tmp_path)) == []


def test_a_package_that_only_sounds_like_an_app_is_none() -> None:
    each = Import("salesdesk.lib.phone", "callsign.models", "salesdesk/lib/phone.py:1")

    assert violations([each]) == []


def write(root: Path, path: str, source: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True)
    file.write_text(source)
