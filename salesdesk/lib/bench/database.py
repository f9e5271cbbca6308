"""A database of the benchmark's own on the configured server, so that no real data is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from salesdesk.lib.ids import public_id


@contextmanager
def own_database() -> Iterator[None]:
    """Empty and migrated, there while the context is."""
    wrapper = cast(DatabaseWrapper, connection)
    original = str(wrapper.settings_dict["NAME"])
    wrapper.settings_dict["TEST"]["NAME"] = f"{original}_bench_{public_id()}".lower()
    wrapper.close_pool()
    wrapper.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        wrapper.close()
        wrapper.close_pool()
        wrapper.creation.destroy_test_db(original, verbosity=0)
