"""News about the reading of sites over the channel layer. Messages carry ids only.

============================  ========================  ==========================================
group                         who listens               messages (``type``)
============================  ========================  ==========================================
``knowledge.site.<id>``       the site's page           ``site.news``
``knowledge.sites.<key>``     a business's sites        ``site.news``
============================  ========================  ==========================================

``site.news`` has ``site`` and ``crawl`` (public ids) and ``business`` (key).
"""

from django.db import transaction

from knowledge.models import Crawl
from salesdesk.lib.news import send_news


def site_group(site_id: str) -> str:
    return f"knowledge.site.{site_id}"


def sites_group(business_id: int) -> str:
    return f"knowledge.sites.{business_id}"


def tell_progress(crawl: Crawl) -> None:
    """After commit: something about the crawl has changed."""
    message = {
        "type": "site.news",
        "site": crawl.site.public_id,
        "crawl": crawl.public_id,
        "business": crawl.site.business_id,
    }
    groups = (site_group(crawl.site.public_id), sites_group(crawl.site.business_id))
    transaction.on_commit(lambda: _send(groups, message), robust=True)


def _send(groups: tuple[str, ...], message: dict[str, object]) -> None:
    for group in groups:
        send_news(group, message)
