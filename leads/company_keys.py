"""How Postgres compares names of companies: as ``leads.gate.places.company_key`` does.

Both sides of a comparison go through the same function, so that what a database's locale takes for
a letter does not matter.
"""

from typing import Any

from django.db.models import Func, TextField

CREATE = r"""
CREATE FUNCTION leads_company_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(nullif(btrim(regexp_replace(words,
        '\y(incorporated|inc|llc|l l c|ltd|limited|corp|corporation|co)$', '')), ''), words)
    FROM (SELECT btrim(regexp_replace(lower(name), '[^\w&]+', ' ', 'g')) AS words) AS plain
$$"""
DROP = "DROP FUNCTION leads_company_key(text)"


class CompanyKey(Func):
    """``Acme Roofing, Inc.`` is ``acme roofing``."""

    function = "leads_company_key"
    output_field = TextField()

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
