import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.assistant.loop.hearing import SentenceStream
from salesdesk.assistant.loop.sentences import split_sentences


def heard(*pieces: str) -> list[str]:
    stream = SentenceStream()
    return [each for piece in pieces for each in stream.feed(piece)] + list(stream.end())


@pytest.mark.parametrize(
    ("pieces", "sentences"),
    [
        (["We open at nine."], ["We open at nine."]),
        (["We open at ni", "ne. We cl", "ose at six."], ["We open at nine.", "We close at six."]),
        (["One.\nTwo.\n"], ["One.", "Two."]),
        (["Mr", ". Smith", " is here. ", "Hello."], ["Mr. Smith is here.", "Hello."]),
        (["", " "], []),
        (["It costs $1", ".50 a day"], ["It costs $1.50 a day"]),
    ],
)
def test_sentences_come_whole(pieces: list[str], sentences: list[str]) -> None:
    assert heard(*pieces) == sentences


def test_a_sentence_comes_as_soon_as_the_next_begins() -> None:
    stream = SentenceStream()

    assert list(stream.feed("Hello there. ")) == []
    assert list(stream.feed("How")) == ["Hello there."]


@given(st.lists(st.sampled_from(["Yes.", "No!", "Why?", "It is so", " ", "Well, ", "\n"])))
def test_however_it_is_cut_the_words_are_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)

    assert " ".join(heard(*pieces)).split() == " ".join(split_sentences(text)).split()
