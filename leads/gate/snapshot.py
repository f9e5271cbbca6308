"""What the database knows of a contact, asked in one statement.

One statement sees one moment: no two facts can be of different times. And it is asked for each
lead that is offered and for each dial, so that building a dozen queries would cost more than all
else about them.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from leads.enums import ListKind
from leads.models.dialing import ON_THE_LINE

LONGEST_CALL = timedelta(hours=4)
"""A call that is said to go on for longer does not keep the number busy."""

_STATEMENT = """
SELECT
    business.is_active,
    business.postal_address <> '',
    to_jsonb(rules.*),
    EXISTS (
        SELECT FROM businesses_phonenumber AS own
        WHERE own.business_id = business.id AND own.number = %(number)s
    ),
    (
        SELECT jsonb_object_agg(latest.kind, latest.is_given) FROM (
            SELECT DISTINCT ON (kind) kind, is_given FROM leads_consent
            WHERE lead_id = %(lead)s ORDER BY kind, at DESC, id DESC
        ) AS latest
    ),
    coalesce(peace.number, false),
    coalesce(peace.email, false),
    coalesce(peace.person, false),
    coalesce(peace.company, false),
    ARRAY(
        SELECT list.name FROM leads_donotcallentry AS entry
        JOIN leads_donotcalllist AS list ON list.id = entry.list_id
        WHERE entry.phone = %(number)s AND list.business_id = business.id
        ORDER BY list.name
    ),
    lists.national > 0,
    lists.oldest,
    attempts.today,
    attempts.week,
    attempts.last,
    EXISTS (
        SELECT FROM leads_dial AS dial
        WHERE dial.business_id = business.id AND dial.phone = %(number)s
            AND dial.status = ANY(%(on_the_line)s) AND dial.placed_at > %(longest_call)s
    ),
    (
        SELECT count(*) FROM leads_attempt
        WHERE caller = %(caller)s AND %(caller)s <> '' AND at > %(hour)s
    )
FROM businesses_business AS business
LEFT JOIN leads_dialrules AS rules ON rules.business_id = business.id
CROSS JOIN LATERAL (
    SELECT
        bool_or(phone <> '' AND phone = %(number)s) AS number,
        bool_or(email <> '' AND email = %(email)s) AS email,
        bool_or(company <> '') AS company,
        bool_or(
            (phone <> '' AND phone <> %(number)s)
            OR (phone = '' AND email = '' AND company = '')
        ) AS person
    FROM leads_suppression
    WHERE business_id = business.id AND (
        phone = ANY(%(numbers)s) OR email = ANY(%(emails)s)
        OR company = ANY(%(companies)s) OR lead_id = %(lead)s
    )
) AS peace
CROSS JOIN LATERAL (
    SELECT min(as_of) AS oldest, count(*) FILTER (WHERE kind = %(national)s) AS national
    FROM leads_donotcalllist WHERE business_id = business.id AND kind <> %(own)s
) AS lists
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE at > %(day)s) AS today, count(*) AS week, max(at) AS last
    FROM leads_attempt
    WHERE business_id = business.id AND phone = %(number)s AND at > %(week)s
) AS attempts
WHERE business.id = %(business)s"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Keys, numbers in E.164, addresses in lower case; ``numbers`` are all of the person's."""

    business: int
    number: str
    numbers: list[str]
    email: str
    companies: list[str]
    lead: int | None
    caller: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """As :class:`leads.gate.facts.Facts` has them; ``rules`` are empty where none are stored."""

    is_active: bool
    has_postal_address: bool
    rules: dict[str, Any]
    is_own: bool
    consents: dict[str, bool]
    number_suppressed: bool
    email_suppressed: bool
    person_suppressed: bool
    company_suppressed: bool
    lists: list[str]
    has_list: bool
    oldest_list: date | None
    attempts_today: int
    attempts_this_week: int
    last_attempt: datetime | None
    is_on_the_line: bool
    caller_attempts: int


def take_snapshot(asked: Asked, now: datetime) -> Snapshot:
    """What counts at ``now``. Raises ``LookupError`` when the business is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, _parameters(asked, now))
        row = cursor.fetchone()
    if row is None:
        raise LookupError("The business does not exist any more.")
    is_active, has_address, rules, is_own, consents, *others = row
    return Snapshot(
        is_active,
        has_address,
        json.loads(rules or "{}"),
        is_own,
        json.loads(consents or "{}"),
        *others,
    )


def _parameters(asked: Asked, now: datetime) -> dict[str, Any]:
    return {
        "business": asked.business,
        "number": asked.number,
        "numbers": asked.numbers,
        "email": asked.email,
        "emails": [asked.email] if asked.email else [],
        "companies": asked.companies,
        "lead": asked.lead,
        "caller": asked.caller,
        "national": ListKind.NATIONAL,
        "own": ListKind.OWN,
        "on_the_line": [str(status) for status in ON_THE_LINE],
        "longest_call": now - LONGEST_CALL,
        "hour": now - timedelta(hours=1),
        "day": now - timedelta(days=1),
        "week": now - timedelta(days=7),
    }
