"""Embeddings of OpenAI's API (``POST /v1/embeddings``), or of a server that speaks it."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from knowledge.embeddings.base import Matrix, Vector, normalised
from salesdesk.lib.errors import NotConfigured, ProviderError

MOST_INPUTS = 2048
MOST_CHARACTERS = 600_000
"""Of one request: OpenAI takes 300 000 tokens; a token of dense text may be two characters."""
LONGEST_INPUT = 16_000
"""Characters: a text may have 8191 tokens."""
PASSAGE_TRIES = 5
QUERY_TRIES = 2
LONGEST_WAIT_SECONDS = 30.0


class OpenAIEmbedder:
    """Batches stay within the API's limits; refusals for the moment (429, 5xx) are tried again."""

    def __init__(
        self,
        name: str,
        *,
        api_key: str,
        model: str,
        dimensions: int,
        base_url: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not api_key:
            raise NotConfigured(f"{name} needs OPENAI_API_KEY.")
        from openai import OpenAI

        self.name = name
        self.dimensions = dimensions
        self._model = model
        self._sleep = sleep
        self._client = OpenAI(
            api_key=api_key, base_url=base_url or None, timeout=20.0, max_retries=0
        )

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        rows = [self._rows(batch, PASSAGE_TRIES) for batch in batches(texts)]
        return np.concatenate(rows) if rows else np.zeros((0, self.dimensions), np.float32)

    def embed_query(self, text: str) -> Vector:
        row: Vector = self._rows([_sendable(text)], QUERY_TRIES)[0]
        return row

    def _rows(self, texts: list[str], tries: int) -> Matrix:
        for trial in range(1, tries + 1):
            try:
                return self._request(texts)
            except ProviderError as error:
                if not error.retryable or trial == tries:
                    raise
                self._sleep(wait_seconds(trial, error))
        raise AssertionError("the last trial returns or raises")

    def _request(self, texts: list[str]) -> Matrix:
        from openai import APIConnectionError, APIStatusError

        try:
            answer = self._client.embeddings.create(
                model=self._model,
                input=texts,
                dimensions=self.dimensions,
                encoding_format="float",
            )
        except APIStatusError as error:
            raise refusal(error.status_code, error.response.headers) from error
        except APIConnectionError as error:
            raise ProviderError("OpenAI could not be reached.", retryable=True) from error
        return self._matrix(answer.data, len(texts))

    def _matrix(self, data: Sequence[Any], count: int) -> Matrix:
        rows = [one.embedding for one in sorted(data, key=lambda one: one.index)]
        if len(rows) != count or any(len(row) != self.dimensions for row in rows):
            raise ProviderError("OpenAI's embeddings are not of the size that was asked for.")
        return normalised(np.array(rows, dtype=np.float32))


class Refused(ProviderError):
    """The API's refusal, with how long it asks to wait (seconds), if it says."""

    def __init__(self, message: str, *, retryable: bool, wait: float | None) -> None:
        super().__init__(message, retryable=retryable)
        self.wait = wait


def refusal(status: int, headers: Any) -> Refused:
    """What a status of 400 and above means. Only “too many” and the server's faults may pass."""
    reasons = {
        401: "OpenAI does not accept the key in OPENAI_API_KEY.",
        403: "OpenAI does not allow this key to make embeddings.",
        404: "OpenAI does not have this embedding model.",
        429: "OpenAI takes no more embedding requests for now.",
    }
    message = reasons.get(status, f"OpenAI refused to make embeddings (status {status}).")
    told = str(headers.get("retry-after", ""))
    wait = float(told) if told.replace(".", "", 1).isdigit() else None
    return Refused(message, retryable=status == 429 or status >= 500, wait=wait)


def wait_seconds(trial: int, error: ProviderError) -> float:
    """What the API asks for, else 0.5, 1, 2 … seconds; never more than thirty."""
    asked = error.wait if isinstance(error, Refused) else None
    return min(LONGEST_WAIT_SECONDS, 0.5 * 2 ** (trial - 1) if asked is None else asked)


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, as many at a time as one request may have."""
    batch: list[str] = []
    size = 0
    for text in map(_sendable, texts):
        if batch and (len(batch) == MOST_INPUTS or size + len(text) > MOST_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _sendable(text: str) -> str:
    """Cut to what the model reads; the API refuses an empty text."""
    return text[:LONGEST_INPUT] or " "
