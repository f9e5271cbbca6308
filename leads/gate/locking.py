"""Who decides about a number while somebody says that it must not be called.

Decisions of a business hold its lock together; a suppression holds it alone. So a suppression
waits for the decisions that were begun before it, and each later decision sees it. Decisions
about the same number wait for one another, so that each counts the attempts before it.
"""

from django.db import connection

SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lock_for_decision(business_id: int, number: str) -> None:
    """Until the transaction ends. Raises nothing; waits, at most for a suppression to commit."""
    _lock(SHARED, f"gate:{business_id}")
    if number:
        _lock(ALONE, f"gate:{business_id}:{number}")


def lock_for_suppression(business_id: int) -> None:
    """Until the transaction ends, nothing is decided for this business."""
    _lock(ALONE, f"gate:{business_id}")


def _lock(statement: str, name: str) -> None:
    assert connection.in_atomic_block, "a lock is held until the transaction ends"
    with connection.cursor() as cursor:
        cursor.execute(statement, [name])
