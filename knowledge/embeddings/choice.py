"""Which model a business's passages are embedded with, and what of a passage is embedded."""

from collections.abc import Sequence

from django.conf import settings

from knowledge.embeddings.base import embedder
from knowledge.models import BusinessKnowledge, Passage, PassageEmbedding
from salesdesk.businesses.models import Business


def model_of(business: Business) -> str:
    """The name of the model whose vectors serve this business's searches."""
    chosen = BusinessKnowledge.objects.filter(business=business).values_list(
        "embedding_model", flat=True
    )
    return next((name for name in chosen if name), settings.EMBEDDING_MODEL)


def hold_model(business: Business) -> str:
    """The model, written down, so that another default of the installation changes nothing.

    Inside a transaction: no change of the model can be completed until that ends. Whoever stores
    passages compares this with the model that they were embedded with.
    """
    BusinessKnowledge.objects.get_or_create(business=business)
    knowledge = BusinessKnowledge.objects.select_for_update(no_key=True).get(business=business)
    if not knowledge.embedding_model:
        knowledge.embedding_model = settings.EMBEDDING_MODEL
        knowledge.save(update_fields=["embedding_model"])
    return knowledge.embedding_model


def text_of(heading: str, text: str) -> str:
    """What is embedded of a passage: its text under the path of its headings."""
    return f"{heading}\n{text}" if heading else text


def embed(passages: Sequence[Passage], model: str) -> list[PassageEmbedding]:
    """Embeddings of the passages, not saved; the passages may be unsaved, too.

    Raises :class:`~salesdesk.lib.errors.ProviderError`.
    """
    texts = [text_of(passage.heading, passage.text) for passage in passages]
    rows = embedder(model).embed_passages(texts)
    return [
        PassageEmbedding(
            passage=passage, business_id=passage.business_id, model=model, embedding=row
        )
        for passage, row in zip(passages, rows, strict=True)
    ]
