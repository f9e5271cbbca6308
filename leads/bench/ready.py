"""200 reps who ask for the next lead at the same moment, beside the bare statement.

Each rep is a thread of one of four processes, whose pools of connections are those of the web
process. Ours besides asks the gate about the lead, writes the reservation and tells the rep's
page; the bare one runs the same ``SELECT … FOR UPDATE SKIP LOCKED`` and the shortest UPDATE that
takes the lead out of the queue.
"""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db import connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone

from leads.enums import LeadSource
from leads.gate import clock
from leads.models import Lead, ReadySession, Reservation
from leads.ready import services, sessions
from salesdesk.accounts.enums import Role
from salesdesk.accounts.services import add_user, give_role
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import add_number, create_business
from salesdesk.lib.bench.figures import ratio, spread

PROCESSES = 4
REPS, QUICK_REPS = 200, 40
LEADS, QUICK_LEADS = 100_000, 5_000
ROUNDS, QUICK_ROUNDS = 3, 1
ALONE = 20
NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""Friday at noon in New York, where all leads are: calls are allowed."""
FIRST_NUMBER = 12_122_000_000
BATCH = 5_000
LONGEST_S = 120

_BARE = """
SELECT id FROM leads_lead
WHERE business_id = %s AND wanted_at IS NOT NULL AND wanted_at <= now()
ORDER BY rank DESC, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"""

Answer = tuple[int, float]
"""The lead, and how many milliseconds it took from the common start."""


def run(quick: bool) -> dict[str, Any]:
    """Fills the database of the process, which must be one of its own.

    Raises ``AssertionError`` when a lead was given twice, or a rep got none.
    """
    reps, leads = (QUICK_REPS, QUICK_LEADS) if quick else (REPS, LEADS)
    with at_noon():
        business = _fill(leads)
        ready = _make_ready(business, reps)
        times: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(QUICK_ROUNDS if quick else ROUNDS):
            for name in times:
                times[name] += _measure(business, name, ready)
        alone = _alone(business, ready)
    return {
        "leads": leads,
        "reps_at_once": reps,
        "processes": PROCESSES,
        "given_twice": 0,
        "ours": spread(times["ours"]),
        "bare": spread(times["bare"]),
        "times_as_long_as_bare": ratio(times["ours"], times["bare"]),
        "one_rep_alone": spread(alone),
    }


@contextmanager
def at_noon() -> Iterator[None]:
    real, clock.now = clock.now, lambda: NOON
    try:
        yield
    finally:
        clock.now = real


# ---------------------------------------------------------------- stock


def _fill(count: int) -> Business:
    business = create_business("Bench of the queue", prompt="Hi.")
    add_number(business, "+14155550100")
    due = timezone.now() - timedelta(minutes=5)
    for first in range(0, count, BATCH):
        Lead.objects.bulk_create(
            Lead(
                business=business,
                source=LeadSource.API,
                first_name="Lead",
                phone=f"+{FIRST_NUMBER + number}",
                rank=float(number * 7919 % count),
                wanted_at=due,
            )
            for number in range(first, min(first + BATCH, count))
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE leads_lead")
    return business


def _make_ready(business: Business, count: int) -> list[int]:
    """Keys of the sessions of so many reps."""
    keys = []
    for number in range(count):
        user = add_user(f"rep{number}@bench.example.com")
        give_role(user, business_id=business.pk, role=Role.REP)
        keys.append(sessions.start(user, business).pk)
    return keys


# ---------------------------------------------------------------- asking


def _measure(business: Business, name: str, ready: list[int]) -> list[float]:
    """How long each waited; nobody's lead is another one's."""
    _empty_hands(business)
    _let_go()
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(PROCESSES + 1), context.Queue()
    shares = [ready[first::PROCESSES] for first in range(PROCESSES)]
    workers = [
        context.Process(target=_ask_all, args=(business.pk, name, share, start, results))
        for share in shares
    ]
    for worker in workers:
        worker.start()
    start.wait(LONGEST_S)
    answers = [answer for _ in workers for answer in results.get(timeout=LONGEST_S)]
    for worker in workers:
        worker.join()
    leads = [lead for lead, _ in answers]
    assert len(leads) == len(ready), f"{len(leads)} of {len(ready)} reps got a lead"
    assert len(set(leads)) == len(leads), "a lead was given twice"
    return [took for _, took in answers]


def _ask_all(business_id: int, name: str, share: list[int], start: Any, results: Any) -> None:
    """One process: its reps ask at once, each in a thread."""
    ask = _ours if name == "ours" else _bare
    answers: list[Answer] = []
    here = threading.Barrier(len(share) + 1)

    def wait_and_ask(key: int) -> None:
        here.wait(LONGEST_S)
        began = time.perf_counter()
        try:
            lead = ask(business_id, key)
        finally:
            connection.close()
        answers.append((lead, (time.perf_counter() - began) * 1000))

    threads = [threading.Thread(target=wait_and_ask, args=(key,)) for key in share]
    for thread in threads:
        thread.start()
    start.wait(LONGEST_S)
    here.wait(LONGEST_S)
    for thread in threads:
        thread.join(LONGEST_S)
    results.put(answers)
    _let_go()


def _ours(business_id: int, key: int) -> int:
    reservation = services.next_lead(ReadySession.objects.get(pk=key))
    assert reservation is not None, "a rep got no lead"
    return reservation.lead_id


def _bare(business_id: int, key: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BARE, [business_id])
        lead = int(cursor.fetchone()[0])
        cursor.execute("UPDATE leads_lead SET wanted_at = NULL WHERE id = %s", [lead])
    return lead


def _alone(business: Business, ready: list[int]) -> list[float]:
    _empty_hands(business)
    times = []
    for key in ready[:ALONE]:
        began = time.perf_counter()
        _ours(business.pk, key)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _empty_hands(business: Business) -> None:
    Reservation.objects.filter(business=business).delete()
    back = Lead.objects.filter(business=business, wanted_at=None)
    back.update(wanted_at=timezone.now() - timedelta(minutes=5))


def _let_go() -> None:
    """A pool of connections lives in threads, which no forked process inherits."""
    connection.close()
    cast(DatabaseWrapper, connection).close_pool()
