"""What a customer's message means: intent, entities, sentiment, and how sure that is."""

from salesdesk.assistant.analysis.analyst import analyse, understand
from salesdesk.assistant.analysis.outcome import Outcome, after
from salesdesk.assistant.analysis.types import Analysis, Entity, EntityType, Intent, Sentiment

__all__ = [
    "Analysis",
    "Entity",
    "EntityType",
    "Intent",
    "Outcome",
    "Sentiment",
    "after",
    "analyse",
    "understand",
]
