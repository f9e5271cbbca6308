"""The tool `playbook`: what a model and the rules learn from it."""

import pytest
from django.utils import timezone
from pydantic import ValidationError

from salesdesk.assistant.enums import Author, Channel
from salesdesk.assistant.models import Message, Thread
from salesdesk.assistant.playbooks import services
from salesdesk.assistant.playbooks.demo import EXAMPLE
from salesdesk.assistant.tools import registry as tools
from salesdesk.assistant.tools.playbook import (
    NO_OBJECTION,
    NO_PLAYBOOK,
    PlaybookQuery,
    PlaybookTool,
)
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust


@pytest.fixture
def example(business: Business) -> None:
    services.create_playbook(business, EXAMPLE.name, like=EXAMPLE)


def ask(business: Business, topic: str, text: str = "") -> ToolResult:
    context = ToolContext(business.pk, "c1", timezone.now())
    return PlaybookTool().run(context, PlaybookQuery.model_validate({"topic": topic, "text": text}))


def write(business: Business, *said: tuple[Author, str], **state: object) -> None:
    thread = Thread.objects.create(
        business=business, channel=Channel.CHAT, conversation="c1", state={"notes": state}
    )
    Message.objects.bulk_create(
        Message(thread=thread, sequence=place, author=author, text=text)
        for place, (author, text) in enumerate(said)
    )


def test_agents_have_it() -> None:
    assert isinstance(tools.tools_for(Trust.CALLER)["playbook"], PlaybookTool)


@pytest.mark.usefixtures("example")
def test_an_objection_is_answered(business: Business) -> None:
    result = ask(business, "objection", "Honestly, I cannot afford that.")

    answer = EXAMPLE.objections[0].answer
    assert answer in result.output
    assert result.data == {"stage": "", "goal": "", "question": "", "line": "", "answer": answer}
    assert result.confidence == 0.9
    assert ask(business, "objection", "Expensive!").confidence == 0.7


@pytest.mark.usefixtures("example")
def test_an_unknown_objection_has_no_answer(business: Business) -> None:
    result = ask(business, "objection", "I do not like Tuesdays.")

    assert (result.output, result.data["answer"], result.confidence) == (NO_OBJECTION, "", None)


@pytest.mark.usefixtures("example")
def test_the_stage_follows_what_was_written(business: Business) -> None:
    write(
        business,
        (Author.AGENT, "How can I help you today?"),
        (Author.CUSTOMER, "I want solar panels."),
    )

    data = ask(business, "stage").data

    need = EXAMPLE.stages[1]
    assert data == {
        "stage": "Need",
        "goal": need.goal,
        "question": need.questions[0],
        "line": need.lines[0],
        "answer": "",
    }


@pytest.mark.usefixtures("example")
def test_what_the_customer_just_said_counts(business: Business) -> None:
    write(business, (Author.AGENT, "How can I help you today?"))

    assert ask(business, "next_line").data["stage"] == "Greeting"
    assert ask(business, "next_line", "Solar is too expensive.").data["stage"] == "Need"
    assert "price list" in ask(business, "next_line", "It is too expensive.").data["answer"]


@pytest.mark.usefixtures("example")
def test_the_stage_that_was_noted_counts(business: Business) -> None:
    write(business, stage="Appointment")

    assert ask(business, "stage").data["stage"] == "Appointment"


def test_another_business_conversation_is_not_looked_at(
    business: Business, other_business: Business
) -> None:
    services.create_playbook(business, EXAMPLE.name, like=EXAMPLE)
    services.create_playbook(other_business, EXAMPLE.name, like=EXAMPLE)
    write(other_business, stage="Appointment")

    assert ask(business, "stage").data["stage"] == "Greeting"


def test_without_a_playbook_it_says_so(business: Business) -> None:
    assert ask(business, "stage").output == NO_PLAYBOOK
    assert ask(business, "objection", "Too expensive.").output == NO_OBJECTION


@pytest.mark.parametrize("given", [{}, {"topic": "secrets"}, {"topic": "stage", "text": "x" * 501}])
def test_other_questions_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PlaybookQuery.model_validate(given)
