"""The SQL that adds up rows. Latencies and confidences become vectors of counts by bucket, which
pgvector adds: each row stands for the vector that has a 1 in its bucket.

Parameters common to all are those of :func:`constants`.
"""

from typing import Any

from salesdesk.assistant.metrics.definitions import (
    CONFIDENCE_BUCKETS,
    LATENCY_BUCKETS,
    LATENCY_EDGES_MS,
)


def constants() -> dict[str, Any]:
    return {
        "edges": list(LATENCY_EDGES_MS),
        "latency_last": LATENCY_BUCKETS - 1,
        "confidence_last": CONFIDENCE_BUCKETS - 1,
    }


UNITS = """
latency_unit AS MATERIALIZED (
    SELECT bucket, (array_fill(0::real, ARRAY[bucket]) || 1::real
        || array_fill(0::real, ARRAY[%(latency_last)s - bucket]))::vector AS unit
    FROM generate_series(0, %(latency_last)s) AS bucket
), confidence_unit AS MATERIALIZED (
    SELECT bucket, (array_fill(0::real, ARRAY[bucket]) || 1::real
        || array_fill(0::real, ARRAY[%(confidence_last)s - bucket]))::vector AS unit
    FROM generate_series(0, %(confidence_last)s) AS bucket
), none AS MATERIALIZED (
    SELECT array_fill(0::real, ARRAY[%(latency_last)s + 1])::vector AS latencies,
        array_fill(0::real, ARRAY[%(confidence_last)s + 1])::vector AS confidences
)"""

TOOL_COLUMNS = (
    "business_id, hour, name, channel, status, count, clarifications, latency_sum_ms, latencies,"
    " confidence_count, confidence_sum, confidences"
)
TOOL_SUMS = """
SELECT raw.business_id, date_trunc('hour', raw.created_at, 'UTC') AS hour, raw.name, raw.channel,
    raw.status, count(*) AS count,
    count(*) FILTER (WHERE raw.is_clarification) AS clarifications,
    sum(raw.latency_ms)::bigint AS latency_sum_ms,
    sum(latency_unit.unit) AS latencies,
    count(raw.confidence) AS confidence_count,
    coalesce(sum(raw.confidence), 0) AS confidence_sum,
    coalesce(sum(confidence_unit.unit), (SELECT confidences FROM none)) AS confidences
FROM assistant_toolinvocation AS raw
JOIN latency_unit
    ON latency_unit.bucket = width_bucket(raw.latency_ms::float8, %(edges)s::float8[])
LEFT JOIN confidence_unit
    ON raw.confidence IS NOT NULL AND confidence_unit.bucket = least(
        floor(raw.confidence * (%(confidence_last)s + 1)), %(confidence_last)s)::int"""

RUN_COLUMNS = (
    "business_id, hour, model, channel, status, count, input_tokens, output_tokens, cost, priced,"
    " first_texts"
)
RUN_SUMS = """
SELECT raw.business_id, date_trunc('hour', raw.created_at, 'UTC') AS hour, raw.model, raw.channel,
    raw.status, count(*) AS count,
    sum(raw.input_tokens)::bigint AS input_tokens,
    sum(raw.output_tokens)::bigint AS output_tokens,
    coalesce(sum(raw.cost), 0) AS cost,
    count(raw.cost) AS priced,
    coalesce(sum(latency_unit.unit), (SELECT latencies FROM none)) AS first_texts
FROM assistant_agentrun AS raw
LEFT JOIN latency_unit
    ON latency_unit.bucket = width_bucket(raw.first_text_ms::float8, %(edges)s::float8[])"""

GROUPED = "\nGROUP BY 1, 2, 3, 4, 5"
