"""The adapter for OpenAI's embeddings, against a local server that speaks its API."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from knowledge.embeddings import openai
from knowledge.embeddings.openai import OpenAIEmbedder, batches
from salesdesk.lib.errors import NotConfigured, ProviderError

NAME = "openai/text-embedding-3-small"
DIMENSIONS = 8


class FakeApi(ThreadingHTTPServer):
    """Answers each text with a vector that points where its length says.

    ``refusals`` are statuses (and headers) given before anything is answered.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.refusals: list[tuple[int, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: FakeApi

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({**body, "key": self.headers["Authorization"]})
        if self.server.refusals:
            status, headers = self.server.refusals.pop(0)
            self._answer(status, {"error": {"message": "no"}}, headers)
            return
        rows = [
            {"object": "embedding", "index": index, "embedding": _vector(text)}
            for index, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "data": rows[::-1], "model": body["model"], "usage": usage}
        self._answer(200, answer, {})

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _vector(text: str) -> list[float]:
    vector = [0.0] * DIMENSIONS
    vector[len(text) % DIMENSIONS] = 3.0
    return vector


@pytest.fixture
def api() -> Iterator[FakeApi]:
    server = FakeApi()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def model(api: FakeApi, waits: list[float]) -> OpenAIEmbedder:
    return OpenAIEmbedder(
        NAME,
        api_key="key",
        model="text-embedding-3-small",
        dimensions=DIMENSIONS,
        base_url=api.url,
        sleep=waits.append,
    )


def test_rows_are_of_length_one_and_in_order(api: FakeApi, model: OpenAIEmbedder) -> None:
    rows = model.embed_passages(["a", "bb", ""])
    assert rows.shape == (3, DIMENSIONS)
    assert rows.argmax(axis=1).tolist() == [1, 2, 1]
    assert np.linalg.norm(rows, axis=1).tolist() == [1.0, 1.0, 1.0]
    assert api.requests[0]["model"] == "text-embedding-3-small"
    assert api.requests[0]["key"] == "Bearer key"


def test_many_texts_are_sent_in_batches(
    api: FakeApi, model: OpenAIEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "MOST_INPUTS", 2)
    assert model.embed_passages(["a"] * 5).shape == (5, DIMENSIONS)
    assert [len(request["input"]) for request in api.requests] == [2, 2, 1]


def test_batches_keep_within_what_a_request_may_weigh() -> None:
    sizes = [len(batch) for batch in batches(["x" * 16_000] * 80)]
    assert sizes == [37, 37, 6]
    assert [len(text) for batch in batches(["x" * 50_000]) for text in batch] == [16_000]


def test_a_refusal_for_the_moment_is_tried_again_after_what_the_api_asks(
    api: FakeApi, model: OpenAIEmbedder, waits: list[float]
) -> None:
    api.refusals = [(429, {"retry-after": "7"}), (500, {}), (503, {"retry-after": "600"})]
    assert model.embed_passages(["a"]).shape == (1, DIMENSIONS)
    assert waits == [7.0, 1.0, 30.0]


def test_a_refusal_that_stays_is_an_error_that_may_pass(
    api: FakeApi, model: OpenAIEmbedder
) -> None:
    api.refusals = [(429, {})] * 10
    with pytest.raises(ProviderError, match="no more embedding requests for now") as caught:
        model.embed_passages(["a"])
    assert caught.value.retryable
    assert len(api.requests) == openai.PASSAGE_TRIES


def test_a_caller_waits_for_one_more_try_only(api: FakeApi, model: OpenAIEmbedder) -> None:
    api.refusals = [(500, {})] * 10
    with pytest.raises(ProviderError):
        model.embed_query("a")
    assert len(api.requests) == openai.QUERY_TRIES


@pytest.mark.parametrize(("status", "reason"), [(401, "does not accept the key"), (400, "400")])
def test_a_refusal_for_good_is_not_tried_again(
    api: FakeApi, model: OpenAIEmbedder, status: int, reason: str
) -> None:
    api.refusals = [(status, {})]
    with pytest.raises(ProviderError, match=reason) as caught:
        model.embed_query("a")
    assert not caught.value.retryable
    assert len(api.requests) == 1


def test_vectors_of_another_size_are_refused(api: FakeApi) -> None:
    model = OpenAIEmbedder(NAME, api_key="key", model="m", dimensions=9, base_url=api.url)
    with pytest.raises(ProviderError, match="not of the size"):
        model.embed_query("a")


def test_a_server_that_is_not_there_may_come_back(waits: list[float]) -> None:
    model = OpenAIEmbedder(
        NAME,
        api_key="key",
        model="m",
        dimensions=8,
        base_url="http://127.0.0.1:9/v1",
        sleep=waits.append,
    )
    with pytest.raises(ProviderError, match="could not be reached") as caught:
        model.embed_query("a")
    assert caught.value.retryable
    assert waits == [0.5]


def test_it_asks_for_its_key() -> None:
    with pytest.raises(NotConfigured, match="needs OPENAI_API_KEY"):
        OpenAIEmbedder(NAME, api_key="", model="m", dimensions=8)
