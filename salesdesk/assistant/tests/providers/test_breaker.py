"""A provider that fails is left alone for a while, by every process."""

from collections.abc import AsyncIterator, Iterator

import pytest
import redis
from django.conf import LazySettings
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from salesdesk.assistant.providers import breaker as module
from salesdesk.assistant.providers.breaker import FAILURES, PREFIX, Breaker, Circuit
from salesdesk.assistant.providers.guarded import ATTEMPTS, Attempt, GuardedModel, ProviderDown
from salesdesk.lib.ids import public_id


@pytest.fixture
def store(settings: LazySettings) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture
def provider(store: redis.Redis) -> Iterator[str]:
    name = f"test-{public_id()}"
    yield name
    for key in store.scan_iter(f"{PREFIX}{name}:*"):
        store.delete(key)


async def fail(provider: str, times: int) -> None:
    for _ in range(times):
        await Breaker(provider).failed("HTTP 503")


async def test_a_provider_is_asked_until_it_has_failed_repeatedly(provider: str) -> None:
    await fail(provider, FAILURES - 1)
    assert await Breaker(provider).allows()
    assert Breaker(provider).health().failures == FAILURES - 1

    await fail(provider, 1)

    assert not await Breaker(provider).allows()
    health = Breaker(provider).health()
    assert (health.circuit, health.last_error) == (Circuit.OPEN, "HTTP 503")


async def test_success_forgets_the_failures_before(provider: str) -> None:
    await fail(provider, FAILURES - 1)
    await Breaker(provider).succeeded()
    await fail(provider, 1)

    assert await Breaker(provider).allows()


async def test_after_a_while_one_request_tries(provider: str, store: redis.Redis) -> None:
    await fail(provider, FAILURES)
    store.delete(f"{PREFIX}{provider}:open")  # as when its time is over

    assert Breaker(provider).health().circuit == Circuit.HALF_OPEN
    assert await Breaker(provider).allows()
    assert not await Breaker(provider).allows()


@pytest.mark.parametrize("recovers", [True, False])
async def test_the_trial_decides(provider: str, store: redis.Redis, recovers: bool) -> None:
    await fail(provider, FAILURES)
    store.delete(f"{PREFIX}{provider}:open")
    store.delete(f"{PREFIX}{provider}:failures")

    if recovers:
        await Breaker(provider).succeeded()
    else:
        await fail(provider, 1)

    assert await Breaker(provider).allows() is recovers


async def test_a_circuit_opens_for_a_limited_time(provider: str, store: redis.Redis) -> None:
    await fail(provider, FAILURES)

    assert 0 < store.ttl(f"{PREFIX}{provider}:open") <= module.OPEN_S


# ---------------------------------------------------------------- models behind it


def model(provider: str, *, error: Exception | None = None) -> GuardedModel:
    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if error:
            raise error
        return ModelResponse(parts=[TextPart("Hello.")])

    async def stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        if error:
            raise error
        yield "Hello."

    wrapped = FunctionModel(answer, stream_function=stream, model_name="small")
    return GuardedModel(wrapped, provider)


async def test_a_model_whose_provider_is_down_is_not_asked(provider: str) -> None:
    broken = ModelAPIError("small", "HTTP 503")
    for _ in range(FAILURES):
        with pytest.raises(ModelAPIError):
            await Agent(model(provider, error=broken)).run("Hi.")

    with pytest.raises(ProviderDown):
        await Agent(model(provider)).run("Hi.")


async def test_attempts_are_put_down(provider: str) -> None:
    attempts: list[Attempt] = []
    token = ATTEMPTS.set(attempts)
    try:
        await Agent(model(provider)).run("Hi.")
        with pytest.raises(ModelAPIError):
            await Agent(model(provider, error=ModelAPIError("small", "no"))).run("Hi.")
    finally:
        ATTEMPTS.reset(token)

    assert [(each.model, each.error) for each in attempts] == [
        ("small", ""),
        ("small", "ModelAPIError"),
    ]


async def test_a_fault_of_ours_is_not_the_provider_s(provider: str) -> None:
    with pytest.raises(ZeroDivisionError):
        await Agent(model(provider, error=ZeroDivisionError())).run("Hi.")

    assert Breaker(provider).health().failures == 0
