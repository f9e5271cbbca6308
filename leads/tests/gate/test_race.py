"""Who opts out in the very moment of dialling, with real connections and threads."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from conftest import FRIDAY_NOON
from leads.enums import DialKind, LeadSource, SuppressionSource
from leads.gate.services import DialRefused, permit, use
from leads.models import Attempt, DialDecision, DialRules, Lead, Suppression
from leads.services import create_lead, suppress
from leads.tests.conftest import MARIA
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict
from salesdesk.lib.threads import returning_connections

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("open_gate"),
]


def in_thread(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
    return pool.submit(returning_connections(work))


def opt_out(business: Business) -> None:
    suppress(business, phone=MARIA, source=SuppressionSource.CALLER)


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return int(cursor.fetchone()[0])


def until(condition: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(500):
        if condition():
            return
        done.wait(0.02)
    raise AssertionError("this did not come to be")


def test_a_decision_waits_for_a_suppression_that_is_being_written(business: Business) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            opt_out(business)
            decision = in_thread(pool, lambda: permit(business, phone=MARIA, kind=DialKind.REP))
            until(lambda: waiting_for_locks() == 1)
            assert not decision.done()
        assert not decision.result(10).allowed


def test_using_a_decision_waits_too_and_then_refuses(business: Business) -> None:
    decision = permit(business, phone=MARIA, kind=DialKind.REP)
    assert decision.allowed
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            opt_out(business)
            used = in_thread(pool, lambda: use(decision))
            until(lambda: waiting_for_locks() == 1)
        with pytest.raises(DialRefused):
            used.result(10)
    assert not Attempt.objects.exists()
    assert DialDecision.objects.filter(allowed=False).count() == 1


def test_a_suppression_waits_for_a_decision_that_was_begun(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So none is allowed on facts from before, and written down after."""
    reading, go_on = threading.Event(), threading.Event()

    def now() -> Any:
        reading.set()
        assert go_on.wait(10)
        return FRIDAY_NOON

    monkeypatch.setattr("leads.gate.clock.now", now)
    with ThreadPoolExecutor(2) as pool:
        decision = in_thread(pool, lambda: permit(business, phone=MARIA, kind=DialKind.REP))
        assert reading.wait(10)
        suppression = in_thread(pool, lambda: opt_out(business))
        until(lambda: waiting_for_locks() == 1)
        assert not Suppression.objects.exists()
        go_on.set()
        allowed = decision.result(10)
        suppression.result(10)
    assert allowed.allowed
    with pytest.raises(DialRefused):
        use(allowed)


def test_two_who_use_one_decision_dial_once(business: Business) -> None:
    decision = permit(business, phone=MARIA, kind=DialKind.REP)

    def attempt() -> bool:
        try:
            use(decision)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        results = [in_thread(pool, attempt) for _ in range(4)]
        assert sorted(each.result(20) for each in results) == [False, False, False, True]
    assert Attempt.objects.count() == 1


def test_attempts_at_a_number_are_counted_one_after_the_other(
    business: Business, open_gate: DialRules
) -> None:
    """Eight who ask at once for a number that may be called twice a day dial it twice."""
    DialRules.objects.filter(pk=open_gate.pk).update(per_day=2)

    def attempt() -> bool:
        try:
            use(permit(business, phone=MARIA, kind=DialKind.REP))
        except DialRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        results = [in_thread(pool, attempt) for _ in range(8)]
        assert sum(each.result(30) for each in results) == 2
    assert Attempt.objects.count() == 2


def test_whatever_the_order_nobody_is_dialled_after_the_suppression_was_written(
    business: Business,
) -> None:
    """Many decide and use while one opts out: each attempt began before it was committed."""
    create_lead(business, source=LeadSource.MANUAL, phone=MARIA)
    begin = threading.Barrier(5)

    def dial() -> None:
        begin.wait(10)
        for _ in range(6):
            try:
                use(permit(business, phone=MARIA, kind=DialKind.REP))
            except DialRefused:
                continue

    def stop() -> int:
        begin.wait(10)
        opt_out(business)
        return Attempt.objects.count()

    with ThreadPoolExecutor(5) as pool:
        dialling = [in_thread(pool, dial) for _ in range(4)]
        before = in_thread(pool, stop).result(30)
        for each in dialling:
            each.result(30)
    assert Attempt.objects.count() == before
    assert Lead.objects.get().phone == MARIA
    assert DialDecision.objects.filter(allowed=False).exists()
