"""Models by name, against local servers that speak the vendors' HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import LazySettings

from leads.tests.vendors.server import Answer, Seen, Vendor
from salesdesk.assistant.enums import RunStatus
from salesdesk.assistant.loop.agent import Sentence
from salesdesk.assistant.loop.desk_agent import DeskAgent
from salesdesk.assistant.models import AgentRun, Thread, ToolInvocation
from salesdesk.assistant.offline.steps import Reply
from salesdesk.assistant.providers import factory
from salesdesk.assistant.providers.factory import ModelName, configured_names, parse
from salesdesk.assistant.tests.loop.test_desk_agent import always, asks, memory_of, spoken, turn
from salesdesk.assistant.tests.providers.vendors import (
    anthropic_stream,
    openai_stream,
    openai_tool,
)
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured
from salesdesk.lib.ids import public_id


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("openai:gpt-5-mini", ModelName("openai", "gpt-5-mini")),
        (" anthropic:claude-x ", ModelName("anthropic", "claude-x")),
        ("compatible:org/model:7b", ModelName("compatible", "org/model:7b")),
        ("offline", ModelName("", "offline")),
    ],
)
def test_models_have_names(name: str, parsed: ModelName) -> None:
    assert parse(name) == parsed
    assert str(parsed) == name.strip()


@pytest.mark.parametrize("name", ["gpt-5", "openai:", "acme:fast", ""])
def test_what_names_no_model_is_refused_with_what_does(name: str) -> None:
    with pytest.raises(NotConfigured, match="openai:NAME"):
        parse(name)


def test_the_offline_agent_is_no_model_to_try(settings: LazySettings) -> None:
    settings.LLM_MODELS = ["openai:a", "offline"]
    assert configured_names() == [ModelName("openai", "a")]
    settings.LLM_MODELS = ["offline"]
    assert factory.chain() is None


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("openai:a", "OPENAI_API_KEY"),
        ("anthropic:a", "ANTHROPIC_API_KEY"),
        ("compatible:a", "LLM_BASE_URL"),
    ],
)
def test_a_missing_key_is_named(settings: LazySettings, name: str, setting: str) -> None:
    setattr(settings, setting, "")
    with pytest.raises(NotConfigured, match=setting):
        factory.chain([parse(name)])


# ---------------------------------------------------------------- against the vendors' HTTP


@dataclass
class Models(Vendor):
    """Answers with these, one for each request."""

    answers: list[Answer] = field(default_factory=list)

    def answer(self, request: Seen) -> Answer:
        return self.answers.pop(0)


@pytest.fixture
def vendor(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Models]:
    """All vendors at once; each test has providers of its own, so that no circuit is shared."""
    monkeypatch.setattr("salesdesk.assistant.providers.breaker.PREFIX", f"test:{public_id()}:")
    with Models() as server:
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "sk-1", f"{server.url}/v1"
        settings.ANTHROPIC_API_KEY, settings.ANTHROPIC_BASE_URL = "ak-1", server.url
        settings.LLM_BASE_URL, settings.LLM_API_KEY = f"{server.url}/other/v1", ""
        factory._model.cache_clear()
        yield server
    factory._model.cache_clear()


@pytest.fixture
def thread(business: Business) -> Thread:
    return Thread.objects.create(business=business, channel="phone", conversation="call1")


async def answer(thread: Thread, settings: LazySettings, *models: str) -> list[str]:
    settings.LLM_MODELS = list(models)
    settings.AGENT_SOFT_SECONDS = 60.0  # however slow the machine, nothing is said meanwhile
    by_rule = always(Reply((Sentence("By rule."),)))
    return spoken(await turn(DeskAgent(memory_of(thread), decide=by_rule), asks("Hello?")))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("model", "stream", "path", "tokens"),
    [
        (
            "openai:gpt-test",
            openai_stream({"content": "Good day. How"}, {"content": " are you?"}),
            "/v1/chat/completions",
            (11, 5),
        ),
        (
            "compatible:llama",
            openai_stream({"content": "Good day. How"}, {"content": " are you?"}),
            "/other/v1/chat/completions",
            (11, 5),
        ),
        (
            "anthropic:claude-test",
            anthropic_stream("Good day. How", " are you?"),
            "/v1/messages",
            (12, 7),
        ),
    ],
)
async def test_a_model_speaks_in_sentences_and_its_tokens_are_counted(
    vendor: Models,
    thread: Thread,
    settings: LazySettings,
    model: str,
    stream: bytes,
    path: str,
    tokens: tuple[int, int],
) -> None:
    vendor.answers = [(200, stream)]

    assert await answer(thread, settings, model) == ["Good day.", "How are you?"]
    (request,) = vendor.seen
    assert request.path == path
    assert "Sunny" in str(request.json), "the prompt names the business"
    run = await AgentRun.objects.aget()
    assert (run.status, (run.input_tokens, run.output_tokens)) == (RunStatus.OK, tokens)


@pytest.mark.django_db(transaction=True)
async def test_a_tool_is_run_for_the_model_and_its_answer_sent_back(
    vendor: Models, thread: Thread, settings: LazySettings
) -> None:
    ends = openai_tool("end_call", {"reason": "goodbye", "why": "they said goodbye"})
    vendor.answers = [
        (200, openai_stream(ends, reason="tool_calls")),
        (200, openai_stream({"content": "Goodbye."})),
    ]

    assert await answer(thread, settings, "openai:gpt-test") == ["Goodbye."]
    used = await ToolInvocation.objects.aget()
    assert (used.name, used.reason) == ("end_call", "they said goodbye")
    tool_message: dict[str, Any] = vendor.seen[1].json["messages"][-1]
    assert (tool_message["role"], tool_message["tool_call_id"]) == ("tool", "t1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [401, 404, 400])
async def test_when_one_vendor_refuses_the_next_is_asked(
    vendor: Models, thread: Thread, settings: LazySettings, status: int
) -> None:
    vendor.answers = [
        (status, {"error": {"message": "no", "type": "refused"}}),
        (200, anthropic_stream("From the other.")),
    ]

    said = await answer(thread, settings, "openai:gpt-test", "anthropic:claude-test")

    assert said == ["From the other."]
    run = await AgentRun.objects.aget()
    assert [bool(attempt["error"]) for attempt in run.attempts] == [True, False]
    assert run.model == "claude-test"


@pytest.mark.django_db(transaction=True)
async def test_when_every_vendor_refuses_rules_answer(
    vendor: Models, thread: Thread, settings: LazySettings
) -> None:
    vendor.answers = [(401, {"error": {"message": "no"}})] * 2

    said = await answer(thread, settings, "openai:gpt-test", "anthropic:claude-test")

    assert said == ["By rule."]
    run = await AgentRun.objects.aget()
    assert (run.status, run.model) == (RunStatus.FELL_BACK, "offline")


@pytest.mark.django_db(transaction=True)
async def test_an_overloaded_vendor_is_asked_again_after_a_moment(
    vendor: Models, thread: Thread, settings: LazySettings
) -> None:
    vendor.answers = [
        (503, {"error": {"message": "busy"}}),
        (200, openai_stream({"content": "There you are."})),
    ]

    assert await answer(thread, settings, "openai:gpt-test") == ["There you are."]
    assert len(vendor.seen) == 2
