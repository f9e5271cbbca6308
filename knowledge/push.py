"""News about documents over the channel layer, to the pages that show them.

Messages carry ids and primitives; a browser's consumer reads what it shows from Postgres.

==================================  ===================================  ========================
group                               who listens                          messages (``type``)
==================================  ===================================  ========================
``knowledge.document.<public_id>``  the document's page                  ``document.news``
``knowledge.business.<key>``        the list of a business's documents   ``document.news``
==================================  ===================================  ========================

``document.news`` has ``document`` (public id), ``business`` (key) and ``event``: one of those of
:data:`knowledge.signals.document_changed`, or ``progress``.
"""

from salesdesk.lib.news import send_news


def document_group(document_id: str) -> str:
    return f"knowledge.document.{document_id}"


def business_group(business_id: int) -> str:
    return f"knowledge.business.{business_id}"


def document_news(event: str, *, document_id: str, business_id: int) -> None:
    message = {
        "type": "document.news",
        "event": event,
        "document": document_id,
        "business": business_id,
    }
    send_news(document_group(document_id), message)
    send_news(business_group(business_id), message)
