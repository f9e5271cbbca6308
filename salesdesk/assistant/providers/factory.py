"""Models by name: ``openai:gpt-5-mini``, ``anthropic:claude-…``, ``compatible:any`` or ``offline``.

``compatible`` is whatever answers like OpenAI at ``LLM_BASE_URL``. The setting ``LLM_MODELS`` names
the models in the order in which they are tried; the offline agent comes last, named or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from anthropic import AsyncAnthropic
from django.conf import settings
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from salesdesk.assistant.providers.guarded import GuardedModel
from salesdesk.lib.errors import NotConfigured

OFFLINE = "offline"
PROVIDERS = ("openai", "anthropic", "compatible")


@dataclass(frozen=True, slots=True)
class ModelName:
    """``provider`` is empty for the offline agent."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" if self.provider else self.model


def parse(name: str) -> ModelName:
    """Raises :class:`NotConfigured` with a sentence that says what names look like."""
    name = name.strip()
    if name == OFFLINE:
        return ModelName("", OFFLINE)
    provider, _, model = name.partition(":")
    if provider not in PROVIDERS or not model:
        raise NotConfigured(
            f"“{name}” names no model. Use openai:NAME, anthropic:NAME, compatible:NAME or offline."
        )
    return ModelName(provider, model)


def configured_names() -> list[ModelName]:
    """The models that are tried, in their order, without the offline agent."""
    names = [parse(name) for name in settings.LLM_MODELS]
    return [name for name in names if name.provider]


def chain(names: Sequence[ModelName] | None = None) -> Model | None:
    """The configured models, each tried when those before fail; nothing where there are none."""
    models = [_model(name) for name in (configured_names() if names is None else names)]
    return FallbackModel(*models) if models else None


@cache
def _model(name: ModelName) -> Model:
    return GuardedModel(_unguarded(name), name.provider)


def _unguarded(name: ModelName) -> Model:
    if name.provider == "anthropic":
        client = AsyncAnthropic(
            api_key=_needed("ANTHROPIC_API_KEY"), base_url=settings.ANTHROPIC_BASE_URL or None
        )
        return AnthropicModel(name.model, provider=AnthropicProvider(anthropic_client=client))
    return OpenAIChatModel(name.model, provider=_openai(name.provider))


def _openai(provider: str) -> OpenAIProvider:
    if provider == "compatible":
        url = _needed("LLM_BASE_URL")
        return OpenAIProvider(base_url=url, api_key=settings.LLM_API_KEY or "none")
    return OpenAIProvider(
        base_url=settings.OPENAI_BASE_URL or None, api_key=_needed("OPENAI_API_KEY")
    )


def _needed(setting: str) -> str:
    value: str = getattr(settings, setting)
    if not value:
        raise NotConfigured(f"Set {setting}: a model in LLM_MODELS needs it.")
    return value
