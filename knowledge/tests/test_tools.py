"""The tool by which a model searches documents."""

import pytest
from django.utils import timezone
from pydantic import ValidationError

from knowledge.services import add_text
from knowledge.tests.conftest import finish
from knowledge.tools import NOTHING_FOUND, SPEAK_FROM, Question, SearchKnowledge
from salesdesk.assistant.tools.registry import tools_for
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, Trust

pytestmark = pytest.mark.django_db


def context(business: Business) -> ToolContext:
    return ToolContext(business.pk, "c1", timezone.now())


@pytest.fixture(autouse=True)
def roof(business: Business, words_model: str) -> None:
    text = "# Roof warranty\n\nThe roof has a warranty of 30 years."
    finish(add_text(business, title="Roof warranty", text=text, by=None, type="warranty"))


def test_callers_may_have_it_used_for_them() -> None:
    assert isinstance(tools_for(Trust.CALLER)["search_knowledge"], SearchKnowledge)


def test_passages_are_told_with_their_citations(business: Business) -> None:
    asked = Question(query="How long is the roof warranty?")
    result = SearchKnowledge().run(context(business), asked)
    assert result.output.startswith(SPEAK_FROM)
    assert "The roof has a warranty of 30 years." in result.output
    assert {citation["title"] for citation in result.citations} == {"Roof warranty"}


def test_it_says_when_the_documents_are_silent(business: Business) -> None:
    asked = Question(query="Who won the football game yesterday?")
    result = SearchKnowledge().run(context(business), asked)
    assert (result.output, result.citations) == (NOTHING_FOUND, ())


def test_another_businesss_documents_are_out_of_reach(other_business: Business) -> None:
    asked = Question(query="How long is the roof warranty?")
    assert SearchKnowledge().run(context(other_business), asked).output == NOTHING_FOUND


def test_a_question_has_words() -> None:
    with pytest.raises(ValidationError):
        Question(query="")
