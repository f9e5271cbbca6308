"""A worker process that reads a site of this machine, to be killed.

`python -m knowledge.tests.web.worker CRAWL PORT`; the database is that of `DATABASE_URL`.
"""

import os
import sys

import django


def main(crawl_id: int, port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdesk.settings")
    django.setup()
    from knowledge.services import retire_page
    from knowledge.tests.web.readers import Shelf
    from knowledge.tests.web.site import LOOPBACK
    from knowledge.web import crawl
    from knowledge.web.addresses import Guard
    from knowledge.web.fetch import Fetcher
    from knowledge.web.pace import Pace

    guard = Guard(
        resolve=lambda host, asked: [LOOPBACK],
        ports=frozenset({port}),
        also_allowed=frozenset({LOOPBACK}),
    )
    pace = Pace(seconds=0, prefix=f"test.{os.getpid()}")
    tools = crawl.Tools(Shelf().store, retire_page, Fetcher(guard), pace)
    crawl.read_site(crawl_id, tools)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
