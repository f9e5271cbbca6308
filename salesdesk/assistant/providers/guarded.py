"""A model that is not asked while its provider is down, and whose attempts are remembered."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from salesdesk.assistant.providers.breaker import Breaker

ATTEMPTS: "ContextVar[list[Attempt] | None]" = ContextVar("attempts", default=None)
"""Where the attempts of the turn under way are put down."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to a model: ``error`` is empty where it answered."""

    model: str
    took_ms: int
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class ProviderDown(ModelAPIError):
    """The provider's circuit is open: the next model is asked instead."""


class GuardedModel(WrapperModel):
    """``wrapped`` behind the circuit breaker of its provider."""

    def __init__(self, wrapped: Model, provider: str) -> None:
        super().__init__(wrapped)
        self._breaker = Breaker(provider)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        async with self._watched():
            return await super().request(messages, model_settings, model_request_parameters)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse, None]:
        async with (
            self._watched(),
            super().request_stream(
                messages, model_settings, model_request_parameters, run_context
            ) as stream,
        ):
            yield stream

    @asynccontextmanager
    async def _watched(self) -> AsyncGenerator[None, None]:
        began = time.monotonic()
        if not await self._breaker.allows():
            self._note(began, "not asked: the provider failed repeatedly")
            raise ProviderDown(self.model_name, "the provider failed repeatedly")
        try:
            yield
        except ModelAPIError as error:
            await self._breaker.failed(str(error))
            self._note(began, type(error).__name__)
            raise
        else:
            await self._breaker.succeeded()
            self._note(began)

    def _note(self, began: float, error: str = "") -> None:
        attempts = ATTEMPTS.get()
        if attempts is not None:
            took_ms = round((time.monotonic() - began) * 1000)
            attempts.append(Attempt(self.model_name, took_ms, error))
