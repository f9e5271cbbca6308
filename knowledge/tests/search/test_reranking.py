"""The reranker that asks a chat model, against a local server that speaks its API."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from knowledge.search.rerank import LocalReranker, Query, query_for
from knowledge.search.reranking import MOST_JUDGED, ModelReranker
from knowledge.search.retrieve import Candidate
from knowledge.search.vocabulary import Vocabulary, vocabulary_from
from knowledge.tests.search.test_rerank import TEXTS, candidate
from salesdesk.lib.errors import NotConfigured, ProviderError


class FakeApi(ThreadingHTTPServer):
    """Completes every chat with ``content``, or refuses with ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.content = ""
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: FakeApi

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(
            {"path": self.path, "key": self.headers["Authorization"], **body}
        )
        message = {"role": "assistant", "content": self.server.content}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
        }
        data = json.dumps(answer if self.server.status == 200 else {"error": {"message": "no"}})
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabulary_from(TEXTS)


@pytest.fixture
def query(vocabulary: Vocabulary) -> Query:
    return query_for("What do gutters cost?", vocabulary)


@pytest.fixture
def ordered(query: Query) -> list[Candidate]:
    """As the local reranker orders them, which is what the model is shown."""
    judged = LocalReranker().judge(query, [candidate(text) for text in TEXTS])
    return [one.candidate for one in judged]


def model_at(api: FakeApi) -> ModelReranker:
    return ModelReranker(api_key="sk-test", base_url=api.url, model="gpt-judge")


def test_the_model_is_asked_once_for_json_with_numbered_passages(
    api: FakeApi, query: Query, ordered: list[Candidate]
) -> None:
    api.content = '{"scores": [0, 0, 0, 0]}'
    model_at(api).judge(query, ordered)
    (asked,) = api.requests
    assert (asked["path"], asked["key"]) == ("/v1/chat/completions", "Bearer sk-test")
    assert asked["model"] == "gpt-judge"
    assert asked["response_format"] == {"type": "json_object"}
    system, user = asked["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert user["content"].startswith("Question: What do gutters cost?\n\n[1] ")
    for number, one in enumerate(ordered, 1):
        assert f"[{number}] {one.title}\n{one.text}" in user["content"]


def test_its_scores_decide_the_order(api: FakeApi, query: Query, ordered: list[Candidate]) -> None:
    api.content = '{"scores": [10, 20, 95, 0]}'
    judged = model_at(api).judge(query, ordered)
    assert [one.score for one in judged] == [0.95, 0.2, 0.1, 0.0]
    assert [one.candidate.id for one in judged] == [ordered[i].id for i in (2, 1, 0, 3)]


def test_only_the_best_are_shown_and_the_rest_keep_their_places(api: FakeApi, query: Query) -> None:
    many = [candidate(f"Gutters of kind {n} cost ${n}.") for n in range(MOST_JUDGED + 3)]
    api.content = json.dumps({"scores": list(range(MOST_JUDGED))})
    judged = model_at(api).judge(query, many)
    assert f"[{MOST_JUDGED}]" in api.requests[0]["messages"][1]["content"]
    assert f"[{MOST_JUDGED + 1}]" not in api.requests[0]["messages"][1]["content"]
    local = LocalReranker().judge(query, many)
    assert [one.candidate.id for one in judged[MOST_JUDGED:]] == [
        one.candidate.id for one in local[MOST_JUDGED:]
    ]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_is_an_error_that_may_pass(
    api: FakeApi, query: Query, ordered: list[Candidate], status: int
) -> None:
    api.status = status
    with pytest.raises(ProviderError, match="did not answer") as refused:
        model_at(api).judge(query, ordered)
    assert refused.value.retryable
    assert len(api.requests) == 1


def test_an_answer_of_another_shape_is_an_error(
    api: FakeApi, query: Query, ordered: list[Candidate]
) -> None:
    api.content = "The second one."
    with pytest.raises(ProviderError, match="not what was asked for"):
        model_at(api).judge(query, ordered)


def test_without_candidates_nobody_is_asked(api: FakeApi, query: Query) -> None:
    assert model_at(api).judge(query, []) == []
    assert api.requests == []


def test_it_needs_a_key() -> None:
    with pytest.raises(NotConfigured, match="OPENAI_API_KEY"):
        ModelReranker(api_key="", base_url="", model="gpt-judge")
