"""What e-mails tell of people who want something."""

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from leads.arriving.mail.message import Mail
from salesdesk.assistant.reading import mail as reading
from salesdesk.assistant.reading.mail import InquiryInMail, checked, read_by_rules, read_lead

WORDS = "Hi, I'm Maria Lopez. Could you give me a quote for solar panels? My cell: 415-555-0199"
MARIA = Mail(sender="maria@example.org", sender_name="Maria L.", subject="Solar panels", text=WORDS)
FORM = Mail(
    sender="noreply@portal.com",
    sender_name="Portal",
    subject="New request",
    text="Full Name: Ann Lee\nPhone Number: (212) 555-0123\nEmail: ann@lee.org\n"
    "Message:\nA new roof",
)


def test_who_writes_in_person_is_read_from_words_and_sender() -> None:
    found = read_by_rules(MARIA)
    assert found.problem == ""
    assert found.values["phone"] == "+14155550199"
    assert found.values["email"] == "maria@example.org"
    assert found.values["name"] == "Maria Lopez"
    assert "quote for solar panels" in found.values["message"]


def test_what_a_form_sent_is_read_by_its_labels_not_by_who_carried_it() -> None:
    found = read_by_rules(FORM)
    assert dict(found.values) == {
        "name": "Ann Lee",
        "phone": "+12125550123",
        "email": "ann@lee.org",
        "message": "A new roof",
    }


@pytest.mark.parametrize(
    "mail",
    [
        Mail(),
        Mail(sender="noreply@portal.com", text="I would like a quote."),
        Mail(sender="a@b.org", subject="Minutes", text="The minutes of our talk are attached."),
    ],
)
def test_what_is_no_inquiry_or_from_nobody_is_a_problem(mail: Mail) -> None:
    assert read_by_rules(mail).problem


def test_a_model_is_believed_only_as_far_as_the_message_goes() -> None:
    told = InquiryInMail(
        is_inquiry=True,
        name="Maria Lopez",
        phone="(415) 555-0199",
        email="attacker@evil.example",
        company="Evil Ltd",
        wish="A quote",
    )
    found = checked(told, MARIA)
    assert dict(found.values) == {
        "name": "Maria Lopez",
        "phone": "(415) 555-0199",
        "email": "maria@example.org",
        "message": "A quote",
    }
    assert checked(InquiryInMail(is_inquiry=False), MARIA).problem


def test_a_number_that_a_model_made_up_is_left_out() -> None:
    told = InquiryInMail(is_inquiry=True, phone="(999) 555-1234")
    assert checked(told, MARIA).values["phone"] == "+14155550199"


def test_the_configured_model_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        shown.append(str(messages[-1]))
        tool = info.output_tools[0].name
        return ModelResponse(
            parts=[
                ToolCallPart(tool, {"is_inquiry": True, "name": "Maria Lopez", "wish": "Panels"})
            ]
        )

    monkeypatch.setattr(reading, "chain", lambda: FunctionModel(answer))
    found = read_lead(MARIA)
    assert (found.reader, found.values["message"]) == (reading.BY_MODEL, "Panels")
    assert "Could you give me a quote" in shown[0]


def test_rules_read_where_the_model_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        return ModelResponse(parts=[])

    monkeypatch.setattr(reading, "chain", lambda: FunctionModel(fail))
    assert read_lead(MARIA).reader == reading.BY_RULES
