"""How long the pages about the agent take, with few and with many invocations.

The invocations are made in Postgres and added up by the product's own task. Two businesses in one
database, asked in turns, so that other work on the machine meets both.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from salesdesk.accounts.enums import Role
from salesdesk.accounts.services import add_user, give_role
from salesdesk.assistant.models import InvocationHour
from salesdesk.assistant.tasks import add_up_metrics
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business
from salesdesk.lib.bench.figures import ratio, spread

FEW = 10_000
DAYS = 30
ASKED_EACH = 40
WARM_UP = 3
PAGES: Mapping[str, str] = {
    "metrics_day": "/assistant/metrics/?period=day",
    "metrics_month": "/assistant/metrics/?period=month",
    "log": "/assistant/log/",
    "log_failed": "/assistant/log/?status=failed",
    "log_text": "/assistant/log/?text=paperclip",
    "api_metrics": "/api/v1/metrics",
    "api_month_by_tool": "/api/v1/metrics?window=30d",
}

_INVOCATIONS = """
INSERT INTO assistant_toolinvocation (business_id, conversation, channel, agent, name, arguments,
    output, status, confidence, latency_ms, error, reason, is_clarification, created_at)
SELECT %(business)s, 'bench' || (n / 6),
    (ARRAY['phone', 'phone', 'phone', 'chat', 'api'])[1 + (random() * 4.999)::int %% 5],
    (ARRAY['desk', 'lead', 'calendar'])[1 + (random() * 2.999)::int %% 3],
    (ARRAY['search_knowledge', 'search_knowledge', 'find_slots', 'book_appointment', 'playbook',
        'look_up_lead', 'update_lead', 'capture_fact', 'confirm_fact', 'customer_history',
        'write_note', 'escalate'])[1 + (random() * 11.999)::int %% 12],
    jsonb_build_object('question', 'How much is number ' || n || '?'), 'It is on the list.',
    (ARRAY['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'refused', 'failed'])
        [1 + (random() * 9.999)::int %% 10],
    CASE WHEN random() < 0.6 THEN random() END,
    (exp(4.5 + 1.1 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())))::int,
    '', 'The customer asked.', random() < 0.05,
    now() - (%(count)s - n) * (%(days)s * interval '1 day' / %(count)s)
FROM generate_series(1, %(count)s) AS n"""

_RUNS = """
INSERT INTO assistant_agentrun (business_id, channel, agent, model, status, attempts, error,
    first_text_ms, duration_ms, overhead_ms, input_tokens, output_tokens, cost, created_at)
SELECT %(business)s, 'phone', 'desk', 'made', 'ok', '[]', '', (200 + random() * 1500)::int, 2000, 5,
    900, 60, 0.001, now() - (%(count)s - n) * (%(days)s * interval '1 day' / %(count)s)
FROM generate_series(1, %(count)s) AS n"""


def measure_pages(invocations: int, say: Callable[[str], object]) -> dict[str, Any]:
    few, many = create_business("Few", prompt="Hi."), create_business("Many", prompt="Hi.")
    _make(few, min(FEW, invocations))
    say(f"{invocations} invocations are made …")
    _make(many, invocations)
    _settle()
    say("they are added up …")
    began = time.perf_counter()
    add_up_metrics()
    adding_up_s = time.perf_counter() - began
    _settle()
    began = time.perf_counter()
    add_up_metrics()
    again_s = time.perf_counter() - began
    say("the pages are asked …")
    return {
        "invocations": invocations,
        "few": min(FEW, invocations),
        "sums_by_hour": InvocationHour.objects.filter(business=many).count(),
        "adding_up_s": round(adding_up_s, 1),
        "adding_up_again_s": round(again_s, 2),
        "pages": _times(few, many),
    }


def _times(few: Business, many: Business) -> dict[str, Any]:
    clients = {business.pk: _manager(business) for business in (few, many)}
    found = {}
    for name, address in PAGES.items():
        times: dict[int, list[float]] = {few.pk: [], many.pk: []}
        for _ in range(WARM_UP + ASKED_EACH):
            for key, client in clients.items():
                times[key].append(_ask(client, address))
        small, large = times[few.pk][WARM_UP:], times[many.pk][WARM_UP:]
        found[name] = {**spread(large), "few": spread(small), "ratio": ratio(large, small)}
    return found


def _ask(client: Client, address: str) -> float:
    began = time.perf_counter()
    response = client.get(address, headers={"host": "localhost"})
    took_ms = (time.perf_counter() - began) * 1000
    assert response.status_code == 200, f"{address} answered {response.status_code}"
    return took_ms


def _manager(business: Business) -> Client:
    user = add_user(f"manager@{business.public_id}.example.com".lower(), name="Mary")
    give_role(user, business_id=business.pk, role=Role.MANAGER)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _make(business: Business, count: int) -> None:
    values = {"business": business.pk, "days": DAYS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_INVOCATIONS, {**values, "count": count})
        cursor.execute(_RUNS, {**values, "count": max(1, count // 3)})


def _settle() -> None:
    """As autovacuum would, some minutes later."""
    with connection.cursor() as cursor:
        for table in ("toolinvocation", "agentrun", "invocationhour", "runhour"):
            cursor.execute(f"VACUUM ANALYZE assistant_{table}")
