"""What agents may do with a business's documents."""

from typing import Any, ClassVar

from pydantic import BaseModel, Field

from knowledge.quoting import quotes_from, sources_of
from knowledge.search.pipeline import Answer, answer
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

NOTHING_FOUND = (
    "The business's documents do not answer this. Say that you do not know it for certain, "
    "do not guess, and offer that a colleague calls back."
)
SPEAK_FROM = "Answer from these passages only, in one to three short spoken sentences:"


class Question(BaseModel):
    query: str = Field(
        min_length=2,
        max_length=500,
        description="What the caller wants to know, in their words, complete in itself.",
    )


class SearchKnowledge:
    """A :class:`~salesdesk.lib.tools.Tool`: searches the business's documents."""

    name: ClassVar = "search_knowledge"
    description: ClassVar = (
        "Search the business's own documents. Use it before you say anything about products, "
        "prices, warranties, financing, procedures, service area or terms: nothing of that may "
        "come from anywhere else."
    )
    input: ClassVar[type[BaseModel]] = Question
    timeout_s: ClassVar = 5.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = "query"
    changes: ClassVar = False

    def run(self, context: ToolContext, given: Question) -> ToolResult:
        found = answer(Business.objects.get(pk=context.business_id), given.query)
        if not found.is_answerable:
            return ToolResult(NOTHING_FOUND, data={"answerable": False, "sentences": []})
        return ToolResult(
            f"{SPEAK_FROM}\n\n{found.context}",
            sources_of(found),
            data={"answerable": True, "sentences": _sentences(found)},
            confidence=max((each.scores.rerank or 0.0 for each in found.found), default=None),
        )


def _sentences(found: Answer) -> list[dict[str, Any]]:
    """What can be said as it stands, each sentence with its citations."""
    return [
        {"text": quote.sentence, "citations": [dict(each) for each in quote.citations]}
        for quote in quotes_from(found)
    ]
