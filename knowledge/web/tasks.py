"""Background work on documentation sites; runs in the queue ``bulk``."""

import logging

from celery import shared_task

from knowledge import services as documents
from knowledge.web import crawl, services

log = logging.getLogger(__name__)


@shared_task
def read_site(crawl_id: int) -> None:
    """Work on the crawl for one turn, and queue the next."""
    tools = crawl.Tools(store=documents.store_page, retire=documents.retire_page)
    rest = crawl.read_site(crawl_id, tools)
    if rest is not None:
        read_site.apply_async(args=(crawl_id,), countdown=rest)


@shared_task
def read_due_sites() -> None:
    """Start reading the sites whose time has come."""
    started = services.start_due_syncs()
    if started:
        log.info("%d documentation sites are read again", started)


@shared_task
def resume_lost_crawls() -> None:
    """Let another worker go on where one has died."""
    resumed = services.resume_lost_syncs()
    if resumed:
        log.warning("%d readings of documentation sites are taken up again", resumed)
