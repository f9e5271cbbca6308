"""A site to read, on this machine."""

from collections.abc import Iterator

import pytest

from knowledge.tests.web.site import LocalSite, local_site


@pytest.fixture
def web() -> Iterator[LocalSite]:
    with local_site() as site:
        yield site
