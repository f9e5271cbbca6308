"""How many due touches four workers claim in a second, beside the bare statement.

Each worker is a process with a connection of its own, as workers are. The bare one runs the same
``SELECT … FOR UPDATE SKIP LOCKED`` and the shortest UPDATE that takes the rows out of the queue;
ours besides counts claims and makes objects of the rows.
"""

import multiprocessing
import time
from collections.abc import Callable
from typing import Any, cast

from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models import GeneratedField

from leads.cadences.claiming import claim_due
from leads.cadences.usual import default_cadence
from leads.enums import LeadSource
from leads.models import Lead, Touch
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business

WORKERS = 4
BATCH = 100
DUE, QUICK_DUE = 20_000, 2_000
LATER = 4
"""For each due touch there are so many that are not due yet, and as many that are done."""
ROUNDS, QUICK_ROUNDS = 3, 1
LONGEST_S = 120
"""A round that takes longer is broken."""

_ENROLLMENTS = """
INSERT INTO leads_enrollment (public_id, business_id, lead_id, cadence_id, status, stop_reason,
    position, started_at)
SELECT 'bench' || id, business_id, id, %(cadence)s, 'active', '', -1, now()
FROM leads_lead WHERE business_id = %(business)s"""
_TOUCHES = """
INSERT INTO leads_touch (public_id, business_id, enrollment_id, lead_id, position, channel, due_at,
    next_at, status, claims, result, note)
SELECT 'bench' || lead_id, business_id, id, lead_id, 0, 'rep_call', made.at, made.at,
    made.status, 0, '', ''
FROM (
    SELECT id, business_id, lead_id,
        CASE WHEN row_number() OVER (ORDER BY id) %% %(each)s = 0
            THEN now() - random() * interval '1 h' ELSE now() + interval '1 day' END AS at,
        CASE WHEN row_number() OVER (ORDER BY id) %% %(each)s > %(later)s THEN 'done'
            ELSE 'planned' END AS status
    FROM leads_enrollment WHERE business_id = %(business)s
) AS made"""
_AGAIN = """
UPDATE leads_touch SET status = 'planned', claims = 0, next_at = due_at
WHERE business_id = %(business)s AND status = 'claimed'"""
_BARE = """
WITH due AS MATERIALIZED (
    SELECT id FROM leads_touch
    WHERE status IN ('planned', 'claimed') AND next_at <= now()
    ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE leads_touch SET status = 'claimed', next_at = now() + interval '5 min'
FROM due WHERE leads_touch.id = due.id RETURNING leads_touch.id"""

Claim = Callable[[], list[int]]


def run(quick: bool) -> dict[str, Any]:
    """Fills the database of the process, which must be one of its own; best of its rounds."""
    due = QUICK_DUE if quick else DUE
    business = _fill(due)
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(QUICK_ROUNDS if quick else ROUNDS):
        for name in rates:
            rates[name].append(_measure(business, name, due))
    best = {name: max(each) for name, each in rates.items()}
    return {
        "due_touches": due,
        "touches": Touch.objects.filter(business=business).count(),
        "workers": WORKERS,
        "batch": BATCH,
        "claimed_per_second": round(best["ours"]),
        "bare_per_second": round(best["bare"]),
        "share_of_bare": round(best["ours"] / best["bare"], 2),
        "claimed_twice": 0,
    }


def _fill(due: int) -> Business:
    business = create_business("Bench of cadences", prompt="Hi.")
    each = 2 * LATER + 1
    cadence = default_cadence(business).pk
    values = {"business": business.pk, "cadence": cadence, "each": each, "later": LATER}
    _make_leads(business, due * each)
    with connection.cursor() as cursor:
        for statement in (_ENROLLMENTS, _TOUCHES):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE leads_touch")
    return business


def _make_leads(business: Business, count: int) -> None:
    """Copies of one lead, made in Postgres."""
    like = Lead(business=business, source=LeadSource.API, first_name="Lead")
    fields = [each for each in Lead._meta.concrete_fields if each.column != "id"]
    own = [each for each in fields if not isinstance(each, GeneratedField)]
    values = [each.get_db_prep_save(each.pre_save(like, True), connection) for each in own]
    columns = ", ".join(connection.ops.quote_name(str(each.column)) for each in own)
    marks = ", ".join("'bench' || n" if each.column == "public_id" else "%s" for each in own)
    given = [value for each, value in zip(own, values, strict=True) if each.column != "public_id"]
    insert = f"INSERT INTO leads_lead ({columns}) SELECT {marks} FROM generate_series(1, %s) AS n"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(insert, [*given, count])


def _measure(business: Business, name: str, due: int) -> float:
    """Touches a second until none is left. Raises when one was claimed twice, or none."""
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, {"business": business.pk})
        cursor.execute("VACUUM ANALYZE leads_touch")
    _let_go()
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(WORKERS + 1), context.Queue()
    workers = [
        context.Process(target=_work, args=(name, start, results), daemon=True)
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    start.wait(LONGEST_S)
    began = time.perf_counter()
    claimed = [key for _ in workers for key in results.get(timeout=LONGEST_S)]
    took = time.perf_counter() - began
    for worker in workers:
        worker.join()
    assert len(claimed) == due, f"{len(claimed)} of {due} were claimed"
    assert len(set(claimed)) == due, "a touch was claimed twice"
    return due / took


def _work(name: str, start: Any, results: Any) -> None:
    claim = _ours if name == "ours" else _bare
    connection.ensure_connection()
    start.wait(LONGEST_S)
    claimed: list[int] = []
    while batch := claim():
        claimed += batch
    results.put(claimed)
    _let_go()


def _let_go() -> None:
    """A pool of connections lives in threads, which no forked process inherits."""
    connection.close()
    cast(DatabaseWrapper, connection).close_pool()


def _ours() -> list[int]:
    return [touch.pk for touch in claim_due(BATCH)]


def _bare() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [BATCH])
        return [row[0] for row in cursor.fetchall()]
