"""The cast that all tests play with, and the calls they play about.

``business`` has an admin, a manager, a rep and an auditor; ``outsider`` is a rep of
``other_business``; ``superuser`` is a member of neither. Everything is made by the services.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol, cast

import pytest
from django.conf import settings as project_settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from calls import services
from calls.carriers.base import get_carrier
from calls.enums import CallStatus, Speaker
from calls.live.events import RecordUtterance
from calls.live.events import Speaker as LiveSpeaker
from calls.models import Call, MediaStream
from calls.tests.carrier import ScriptedCarrier
from leads.models import DialRules
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user, give_role
from salesdesk.accounts.tokens import issue_tokens
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import add_number, create_business
from salesdesk.tests.order import spread
from salesdesk.tests.template import migrated_template

pytest_plugins = ["salesdesk.tests.browser"]

BUSINESS_NUMBER = "+14155550100"
OTHER_BUSINESS_NUMBER = "+13125550100"
CUSTOMER_NUMBER = "+14155550199"
POSTAL_ADDRESS = "1 Elm Road\nSpringfield, IL 62701"


def pytest_configure(config: pytest.Config) -> None:
    """Keep apart what runs share: Redis, and (see below) the Postgres server."""
    project_settings.WHITENOISE_AUTOREFRESH = True  # each client would look for all files first
    run = _run_name()
    layer = cast(dict[str, Any], project_settings.CHANNEL_LAYERS["default"])
    layer["CONFIG"]["prefix"] = run
    cast(dict[str, str], project_settings.CACHES["default"])["KEY_PREFIX"] = run


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:] = spread(items, config.rootpath)


def _run_name() -> str:
    return f"test_{os.getpid()}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_blocker: Any) -> None:
    """A database for each run and worker, so that two runs at once do not meet."""
    test = cast(dict[str, str], connection.settings_dict["TEST"])
    with django_db_blocker.unblock():
        test |= {"NAME": _run_name(), "TEMPLATE": migrated_template()}


@pytest.fixture(scope="session", autouse=True)
def no_connection_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads that served requests inside tests keep connections, and the database in use."""
    yield
    with django_db_blocker.unblock():
        connection.close()
        cast(DatabaseWrapper, connection).close_pool()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()
        cast(DatabaseWrapper, connection).close_pool()


@pytest.fixture(scope="session", autouse=True)
def ledger_empties_between_tests(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with real transactions are cleaned up by TRUNCATE, which the ledger refuses."""
    if not str(connection.settings_dict["NAME"]).startswith("test_"):
        return  # no test of this run needs a database, so none was made
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("leads_dialdecision", "leads_attempt"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_emptied")


@pytest.fixture(autouse=True)
def own_cache(settings: Settings) -> None:
    """Rate limits and kept answers of one test do not count in another."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": f"{_run_name()}_{os.urandom(4).hex()}"}
    settings.CACHES = {"default": default}


# ---------------------------------------------------------------- businesses and people


@pytest.fixture
def make_business(db: None) -> Callable[..., Business]:
    """``make_business(name, number="+1…", **fields)``; without a number it has none."""

    def make(name: str, *, number: str = "", **fields: Any) -> Business:
        usual = {
            "prompt": "You sell solar panels.",
            "time_zone": "America/New_York",
            "postal_address": POSTAL_ADDRESS,
        }
        business = create_business(name, **usual | fields)
        if number:
            add_number(business, number)
        return business

    return make


@pytest.fixture
def business(make_business: Callable[..., Business]) -> Business:
    return make_business("Bright Solar", number=BUSINESS_NUMBER)


@pytest.fixture
def other_business(make_business: Callable[..., Business]) -> Business:
    return make_business("Cool Air", number=OTHER_BUSINESS_NUMBER)


def _member(name: str, business: Business, role: Role) -> User:
    user = add_user(f"{name.lower()}@{business.pk}.example.com", name=name)
    give_role(user, business_id=business.pk, role=role)
    return user


@pytest.fixture
def admin_user(business: Business) -> User:
    """The business's admin; no superuser."""
    return _member("Ada", business, Role.ADMIN)


@pytest.fixture
def manager(business: Business) -> User:
    return _member("Mary", business, Role.MANAGER)


@pytest.fixture
def rep(business: Business) -> User:
    return _member("Ray", business, Role.REP)


@pytest.fixture
def auditor(business: Business) -> User:
    return _member("Audrey", business, Role.AUDITOR)


@pytest.fixture
def outsider(other_business: Business) -> User:
    """A rep of another business."""
    return _member("Otto", other_business, Role.REP)


@pytest.fixture
def superuser(db: None) -> User:
    return add_user("root@example.com", name="Sue", superuser=True)


@pytest.fixture
def client_for() -> Callable[[User | None], Client]:
    """``client_for(user)``: a browser in which ``user`` is signed in; ``None``: nobody."""

    def sign_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend=project_settings.AUTHENTICATION_BACKENDS[0])
        return client

    return sign_in


@pytest.fixture
def api_for() -> Callable[[User | None], APIClient]:
    """``api_for(user)``: a program that has signed in as ``user``; ``None``: nobody."""

    def sign_in(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            access, _ = issue_tokens(user)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
        return client

    return sign_in


# ---------------------------------------------------------------- calls


class MakeCall(Protocol):
    def __call__(
        self,
        business: Business | None = None,
        *,
        status: CallStatus = CallStatus.IN_PROGRESS,
        from_number: str = CUSTOMER_NUMBER,
        said: Iterable[tuple[str, str]] = (),
        **changes: Any,
    ) -> Call: ...


@pytest.fixture
def make_call(db: None, request: pytest.FixtureRequest) -> MakeCall:
    """An inbound call, brought to ``status`` as the carrier's callbacks would.

    From ``in_progress`` on it has a live media stream. ``said``: pairs of speaker and text.
    ``changes`` are columns set afterwards, for what only time could bring about.
    """
    serial = itertools.count(1)

    def make(
        business: Business | None = None,
        *,
        status: CallStatus = CallStatus.IN_PROGRESS,
        from_number: str = CUSTOMER_NUMBER,
        said: Iterable[tuple[str, str]] = (),
        **changes: Any,
    ) -> Call:
        owner = business or request.getfixturevalue("business")
        number = owner.numbers.values_list("number", flat=True)[0]
        sid = f"CA{os.urandom(12).hex()}{next(serial):08x}"
        call = services.receive_call(sid=sid, from_number=from_number, to_number=number)
        if status not in (CallStatus.INITIATED, CallStatus.RINGING):
            open_stream(call)
        say(call, said)
        services.advance_call(call, status)
        if changes:
            Call.objects.filter(pk=call.pk).update(**changes)
        call.refresh_from_db()
        return call

    return make


def open_stream(call: Call) -> MediaStream:
    """Claim and start the call's media stream, as the media process does."""
    stream = services.claim_stream(services.issue_media_token(call))
    services.start_stream(stream, sid=f"MZ{call.pk:032x}", call_sid=call.sid or "")
    return stream


def say(call: Call, said: Iterable[tuple[str, str]], *, first: int = 0) -> None:
    """Record utterances of two seconds each, from sequence ``first`` on."""
    for sequence, (speaker, text) in enumerate(said, start=first):
        start = sequence * 2000
        services.record_utterance(
            call,
            RecordUtterance(
                sequence=sequence,
                speaker=LiveSpeaker(Speaker(speaker)),
                text=text,
                start_ms=start,
                end_ms=start + 1800,
            ),
        )


@pytest.fixture
def call(make_call: MakeCall) -> Call:
    """An inbound call of ``business`` in progress, with a live media stream and nothing said."""
    return make_call()


@pytest.fixture
def ended_call(make_call: MakeCall) -> Call:
    return make_call(
        status=CallStatus.COMPLETED,
        said=[("agent", "Bright Solar, how can I help?"), ("caller", "I want a quote.")],
    )


@pytest.fixture
def carrier(settings: Settings) -> Iterator[ScriptedCarrier]:
    """Stands in for Twilio."""
    settings.CARRIER = {"BACKEND": "calls.tests.carrier.ScriptedCarrier"}
    get_carrier.cache_clear()
    scripted = get_carrier()
    assert isinstance(scripted, ScriptedCarrier)
    yield scripted
    get_carrier.cache_clear()


# ---------------------------------------------------------------- the gate

FRIDAY_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""In New York; nine in the morning in California, where the numbers of these tests are."""


@pytest.fixture
def daytime(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment at which people may be called, whenever the tests run."""
    monkeypatch.setattr("leads.gate.clock.now", lambda: FRIDAY_NOON)


@pytest.fixture
def open_gate(business: Business, daytime: None) -> DialRules:
    """``business`` may call by day, without consent and as often as it likes."""
    return DialRules.objects.create(
        business=business,
        ai_needs_consent=False,
        sms_needs_consent=False,
        per_day=0,
        per_week=0,
        rest_minutes=0,
        caller_per_hour=0,
    )
