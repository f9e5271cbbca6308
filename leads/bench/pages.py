"""How long ``/leads/`` takes at a million leads, beside the bare SQL of its page.

The leads are made in Postgres. Page and statement are asked in turns, so that other work on the
machine meets both; the statement fetches the same columns of the same rows.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import GeneratedField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.enums import LeadSource, ListKind
from leads.models import DoNotCallList, Lead
from leads.services import create_lead
from salesdesk.accounts.enums import Role
from salesdesk.accounts.services import add_user, give_role
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business

LEADS, QUICK_LEADS, FEW = 1_000_000, 20_000, 1_000
ASKED, WARM_UP = 30, 3
PAGES: Mapping[str, str] = {
    "priority": "/leads/",
    "newest": "/leads/?sort=newest",
    "value": "/leads/?sort=value",
    "stage": "/leads/?stage=won",
    "search_name": "/leads/?search=maria+lopez",
    "search_number": "/leads/?search=415-000-0105",
    "do_not_call": "/leads/?do_not_call=yes",
    "may_be_called": "/leads/?do_not_call=no",
    "board": "/pipeline/",
}

_VARIED: Mapping[str, str] = {
    "public_id": "'b' || business_id || '-' || n",
    "first_name": "(ARRAY['Maria', 'John', 'Ann', 'Luis', 'Priya', 'Tom', 'Grace'])[1 + n % 7]",
    "last_name": "(ARRAY['Lopez', 'Diaz', 'Marsh', 'Kim', 'Nair'])[1 + n % 5]"
    " || CASE WHEN n % 3 = 0 THEN '' ELSE n::text END",
    "phone": "'+1415' || lpad(n::text, 7, '0')",
    "email": "'lead' || n || '@example.com'",
    "company": "CASE WHEN n % 5 = 0 THEN 'Company ' || n % 20000 || ', Inc.' ELSE '' END",
    "source": "(ARRAY['web_form', 'import', 'call_in', 'email'])[1 + n % 4]",
    "stage": "(ARRAY['new', 'new', 'new', 'new', 'new', 'contacted', 'qualified', 'proposal',"
    " 'lost', 'won'])[1 + n % 10]",
    "value": "CASE WHEN n % 4 = 0 THEN (n % 500) * 100 END",
    "rank": "random() * 100",
    "created_at": "now() - n * interval '1 minute'",
}
"""By column; what is not named is as it is in a lead that the product made."""
_SUPPRESSIONS = """
INSERT INTO leads_suppression (business_id, phone, email, company, reason, source, conversation,
    created_at)
SELECT %(business)s, '+1415' || lpad((n * 100)::text, 7, '0'), '', '', '', 'import', '', now()
FROM generate_series(1, %(count)s) AS n"""
_COMPANIES = """
INSERT INTO leads_suppression (business_id, phone, email, company, reason, source, conversation,
    created_at)
SELECT %(business)s, '', '', 'company ' || n, '', 'import', '', now()
FROM generate_series(1, 100) AS n"""
_LISTED = """
INSERT INTO leads_donotcallentry (list_id, phone)
SELECT %(list)s, '+1415' || lpad((n * 20)::text, 7, '0')
FROM generate_series(1, %(count)s) AS n"""
_BARE = """
SELECT id, public_id, first_name, last_name, company, phone, email, stage, source, value, owner_id,
    created_at, rank
FROM leads_lead WHERE business_id = %s ORDER BY rank DESC, id LIMIT 51"""


def run(quick: bool = False) -> dict[str, Any]:
    """Query counts with few and many leads, p50 and p95 in milliseconds, and the bare statement.

    Leaves its rows in the database, which is the benchmark's own.
    """
    count = QUICK_LEADS if quick else LEADS
    few, many = _made("Few leads", FEW), _made("Many leads", count)
    _settle()
    small, large = _client_of(few), _client_of(many)
    pages = {name: _measured(small, large, address) for name, address in PAGES.items()}
    bare = _times(lambda: _bare(many))
    for figures in pages.values():
        figures["of_bare_p50"] = round(figures["p50_ms"] / max(bare["p50_ms"], 0.01), 1)
    return {"leads": count, "bare_sql": bare, "pages": pages}


def _measured(small: Client, large: Client, address: str) -> dict[str, Any]:
    counts = [_queries(client, address) for client in (small, large)]
    return {**_times(lambda: _ask(large, address)), "queries": counts[1], "queries_few": counts[0]}


def _times(ask: Callable[[], object]) -> dict[str, Any]:
    times = []
    for _ in range(WARM_UP + ASKED):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    ranked = sorted(times[WARM_UP:])
    return {"p50_ms": round(ranked[ASKED // 2], 2), "p95_ms": round(ranked[-2], 2)}


def _ask(client: Client, address: str) -> None:
    response = client.get(address, headers={"host": "localhost"})
    assert response.status_code == 200, f"{address} answered {response.status_code}"


def _queries(client: Client, address: str) -> int:
    _ask(client, address)
    with CaptureQueriesContext(connection) as told:
        _ask(client, address)
    return len(told)


def _bare(business: Business) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [business.pk])
        cursor.fetchall()


def _made(name: str, count: int) -> Business:
    business = create_business(name, prompt="Hi.")
    user = add_user(f"manager@{business.public_id}.example.com".lower(), name="Mary")
    give_role(user, business_id=business.pk, role=Role.MANAGER)
    lead = create_lead(business, source=LeadSource.IMPORT, first_name="Maria", owner=user)
    with connection.cursor() as cursor:
        cursor.execute(_copies(), [count, lead.pk])
        values = {"business": business.pk, "count": max(1, count // 1000)}
        cursor.execute(_SUPPRESSIONS, values)
        cursor.execute(_COMPANIES, values)
        cursor.execute(_LISTED, {"list": _list_of(business).pk, "count": count // 20})
    return business


def _list_of(business: Business) -> DoNotCallList:
    return DoNotCallList.objects.create(
        business=business, name="National", kind=ListKind.NATIONAL, as_of=timezone.localdate()
    )


def _copies() -> str:
    """The statement that makes so many leads of one."""
    fields = [each for each in Lead._meta.concrete_fields if not each.primary_key]
    columns = [each.column for each in fields if not isinstance(each, GeneratedField)]
    values = [_VARIED.get(str(column), f'"{column}"').replace("%", "%%") for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f"INSERT INTO leads_lead ({names}) SELECT {', '.join(values)}"  # noqa: S608  # ours alone
        " FROM leads_lead, generate_series(1, %s) AS n WHERE id = %s"
    )


def _client_of(business: Business) -> Client:
    user = business.memberships.get().user
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _settle() -> None:
    """As autovacuum would, some minutes later."""
    with connection.cursor() as cursor:
        for model in (Lead._meta.db_table, "leads_suppression", "leads_donotcallentry"):
            cursor.execute(f"VACUUM ANALYZE {model}")
