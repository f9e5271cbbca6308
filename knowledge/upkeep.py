"""What people set up around the documents: how they are searched, and sites that are dropped."""

from knowledge import services
from knowledge.models import BusinessKnowledge, Site
from knowledge.web.services import UNDER_WAY
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

MOST_PASSAGES = 20


def tune_search(business: Business, *, top_k: int, threshold: float | None) -> BusinessKnowledge:
    """Say how many passages an answer may come from and how well they must fit (0 to 1).

    ``threshold`` ``None``: the default of the model. Raises ``InvalidInput``.
    """
    if not 1 <= top_k <= MOST_PASSAGES:
        raise InvalidInput(f"An answer takes 1 to {MOST_PASSAGES} passages.")
    if threshold is not None and not 0 <= threshold <= 1:
        raise InvalidInput("A threshold lies between 0 and 1.")
    tuned, _ = BusinessKnowledge.objects.update_or_create(
        business=business, defaults={"top_k": top_k, "threshold": threshold}
    )
    return tuned


def delete_site(site: Site) -> None:
    """Delete the site with all that was read from it. Raises ``Conflict`` while it is read."""
    if site.crawls.filter(status__in=UNDER_WAY).exists():
        raise Conflict(f"{site} is being read; stop that first.")
    for document in site.documents.order_by("pk"):
        services.delete_document(document)
    site.delete()
