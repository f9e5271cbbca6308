"""Which way a business's vectors are searched, and the indexes of its own that a large one gets.

Few vectors are compared one by one: exact, and quick enough. Many get an HNSW index (and a GIN
index of their words) that holds this business alone, so that its searches do not slow down with
what others store. Until that is built, or where it lacks, very many are searched in the index that
all businesses of a model share. Measured in docs/decisions.md.
"""

import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from django.db import connection
from django.db.models import Count

from knowledge.embeddings.base import embedder
from knowledge.embeddings.choice import model_of
from knowledge.models import PassageEmbedding
from salesdesk.businesses.models import Business

OWN_FROM = 2_000
OWN_UNTIL = 1_000
EXACT_UNTIL = 20_000
CHECK_SECONDS = 20.0
PREFIX = "knowledge_own_"


class Path(StrEnum):
    EXACT = "exact"
    OWN = "own"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class _Seen:
    path: Path
    at: float


_seen: dict[tuple[int, str], _Seen] = {}
_guard = threading.Lock()


def path_for(business: Business, model: str) -> Path:
    """The way that is quickest at the business's size; looked up every 20 seconds at most."""
    key = (business.pk, model)
    seen = _seen.get(key)
    if seen is None or time.monotonic() - seen.at > CHECK_SECONDS:
        seen = _Seen(_look(business, model), time.monotonic())
        with _guard:
            _seen[key] = seen
    return seen.path


def forget(business: Business) -> None:
    """Look anew at the next search; for whoever has just changed indexes in this process."""
    with _guard:
        for key in [key for key in _seen if key[0] == business.pk]:
            del _seen[key]


def _look(business: Business, model: str) -> Path:
    if vector_index(business.pk, model) in own_indexes():
        return Path.OWN
    few = PassageEmbedding.objects.filter(business=business, model=model)[EXACT_UNTIL:]
    return Path.SHARED if few.exists() else Path.EXACT


# ---------------------------------------------------------------- a business's own


def vector_index(business_id: int, model: str) -> str:
    """The index's name; it says the business and, shortened, the model."""
    return f"{PREFIX}{business_id}_{blake2b(model.encode(), digest_size=4).hexdigest()}"


def word_index(business_id: int) -> str:
    return f"{PREFIX}{business_id}_words"


def own_indexes() -> set[str]:
    """Names of all finished indexes that belong to one business."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
            " WHERE c.relname LIKE %s AND i.indisvalid",
            [f"{PREFIX}%"],
        )
        return {name for (name,) in cursor.fetchall()}


def tend_indexes() -> list[str]:
    """Build the indexes that large businesses lack and drop those that nobody needs; the names.

    Not inside a transaction: they are built while passages are stored. An index that was left
    unfinished is built anew. Between 1000 and 2000 passages whatever there is stays.
    """
    wanted, tolerated = _wanted_and_tolerated()
    existing, broken = own_indexes(), _unfinished()
    surplus = sorted((existing - tolerated) | broken)
    for name in surplus:
        _run(f"DROP INDEX CONCURRENTLY IF EXISTS {_quote(name)}")
    missing = [name for name in wanted if name not in existing]
    for name in missing:
        _run(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {_quote(name)} {wanted[name]}")
    with _guard:
        _seen.clear()
    return [*surplus, *missing]


def _wanted_and_tolerated() -> tuple[dict[str, str], set[str]]:
    """Definitions of what must be there by name, and names of what may be."""
    counts = (
        PassageEmbedding.objects.values("business_id", "model")
        .annotate(count=Count("pk"))
        .filter(count__gte=OWN_UNTIL)
    )
    wanted: dict[str, str] = {}
    tolerated: set[str] = set()
    businesses = Business.objects.in_bulk({row["business_id"] for row in counts})
    for row in counts:
        business, model = businesses[row["business_id"]], row["model"]
        tolerated |= {vector_index(business.pk, model), word_index(business.pk)}
        if row["count"] >= OWN_FROM and model == model_of(business):
            wanted |= definitions(business, model)
    return wanted, tolerated


def definitions(business: Business, model: str) -> dict[str, str]:
    """What stands behind the name in ``CREATE INDEX`` for each index of this business."""
    dimensions = embedder(model).dimensions
    column = "search_english" if business.is_english else "search_simple"
    return {
        vector_index(business.pk, model): "ON knowledge_passageembedding USING hnsw "
        f"((embedding::vector({dimensions})) vector_cosine_ops) "
        f"WHERE business_id = {business.pk} AND model = '{_literal(model)}'",
        word_index(business.pk): f"ON knowledge_passage USING gin ({column}) "
        f"WHERE business_id = {business.pk}",
    }


def _unfinished() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
            " WHERE c.relname LIKE %s AND NOT i.indisvalid",
            [f"{PREFIX}%"],
        )
        return {name for (name,) in cursor.fetchall()}


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _quote(name: str) -> str:
    return str(connection.ops.quote_name(name))


def _literal(text: str) -> str:
    return text.replace("'", "''")
