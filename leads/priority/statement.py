"""The rank of :mod:`leads.priority.scoring` in Postgres' words; a test holds the two together."""

import json
from typing import Any

from leads.models import PriorityWeights
from leads.priority.scoring import EPOCH, MOST_ATTEMPTS, VALUE_UNIT

_RANK = """
    coalesce((%(sources)s::jsonb ->> lead.source)::float8, 0)
    + coalesce((%(stages)s::jsonb ->> lead.stage)::float8, 0)
    + coalesce((%(intents)s::jsonb ->> (lead.facts ->> 'intent'))::float8, 0)
    + %(value_points)s::float8
        * ln(1 + greatest(coalesce(lead.value, 0), 0)::float8 / %(unit)s::float8) / ln(2::float8)
    + %(attempt_points)s::float8 * least(%(most)s, (
        SELECT count(*) FROM leads_dial AS dial
        WHERE dial.lead_id = lead.id AND dial.placed_at IS NOT NULL))
    + %(conversion_points)s::float8 * coalesce(lead.conversion, 0)
    + %(age_points)s::float8 * extract(epoch FROM coalesce((
        SELECT max(clock.arrived_at) FROM leads_speedclock AS clock
        WHERE clock.lead_id = lead.id), lead.created_at) - %(epoch)s::timestamptz)::float8
        / (%(half_life_hours)s::float8 * 3600)"""

RANK_SOME = f"""
UPDATE leads_lead SET rank = ranked.rank
FROM (
    SELECT lead.id, {_RANK} AS rank FROM leads_lead AS lead WHERE lead.id = ANY(%(ids)s)
) AS ranked
WHERE leads_lead.id = ranked.id AND leads_lead.rank IS DISTINCT FROM ranked.rank"""  # noqa: S608
"""Takes :func:`parameters` and ``ids``; rows whose rank stays are not written."""


def parameters(weights: PriorityWeights) -> dict[str, Any]:
    return {
        "sources": json.dumps(weights.sources),
        "stages": json.dumps(weights.stages),
        "intents": json.dumps(weights.intents),
        "value_points": weights.value_points,
        "attempt_points": weights.attempt_points,
        "conversion_points": weights.conversion_points,
        "age_points": weights.age_points,
        "half_life_hours": weights.half_life_hours,
        "unit": VALUE_UNIT,
        "most": MOST_ATTEMPTS,
        "epoch": EPOCH,
    }
