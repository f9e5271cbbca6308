"""What is said of what was found."""

import pytest

from knowledge import quoting
from knowledge.quoting import Candidate, Quote, as_sentence, for_the_telephone, quotes_for
from knowledge.services import add_text
from knowledge.tests.conftest import finish
from salesdesk.businesses.models import Business

WARRANTY = "# Roof warranty\n\nThe roof has a warranty of 30 years."


def said(sentence: str, document: str = "a", **about: bool) -> Candidate:
    return Candidate(Quote(sentence, ()), document, **about)


def sentences(*candidates: Candidate, questions: int = 1) -> list[str]:
    return [quote.sentence for quote in for_the_telephone(candidates, questions=questions)]


def test_the_best_sentence_comes_first_and_others_of_its_document_follow() -> None:
    candidates = (said("One.", opens=True), said("Other.", "b"), said("Two."), said("Three."))
    assert sentences(*candidates) == ["One.", "Two.", "Three."]
    assert sentences() == []


def test_an_opening_of_the_same_document_comes_before_a_detail() -> None:
    assert sentences(
        said("A replaced panel starts no new period."),
        said("Batteries have ten years.", "b", opens=True),
        said("Panels have twenty five years.", opens=True),
    ) == ["Panels have twenty five years.", "A replaced panel starts no new period."]


def test_what_a_document_says_in_short_comes_before_its_chapters() -> None:
    assert sentences(
        said("The warranty starts at the inspection.", opens=True),
        said("Panels have twenty five years.", introduces=True),
    ) == ["Panels have twenty five years.", "The warranty starts at the inspection."]


def test_a_document_of_the_fitting_kind_comes_before_a_better_place() -> None:
    candidates = (said("It costs ten.", "b", fits=False), said("You can take a loan."))
    assert sentences(*candidates) == ["You can take a loan."]
    assert sentences(candidates[0]) == ["It costs ten."]


@pytest.mark.parametrize(
    "sentence",
    ["They are covered apart.", "It can be extended.", "When it has tripped, it is repaired."],
)
def test_what_points_back_is_not_said_after_something_else(sentence: str) -> None:
    assert sentences(said("Panels have ten years.", opens=True), said(sentence)) == [
        "Panels have ten years."
    ]


def test_of_a_table_only_the_first_row_is_said() -> None:
    rows = [said(f"Row {number}.", is_row=True) for number in range(3)]
    assert sentences(*rows) == ["Row 0."]
    assert sentences(said("Lead.", opens=True), *rows) == ["Lead."]


def test_each_part_of_a_compound_question_is_answered() -> None:
    candidates = (said("Fifteen thousand."), said("A loan.", "b"), said("It is.", "a"))
    assert sentences(*candidates, questions=2) == ["Fifteen thousand.", "A loan.", "It is."]


def test_an_answer_ends_before_it_is_too_long_to_be_listened_to() -> None:
    long = said(" ".join(["word"] * (quoting.MOST_WORDS - 2)) + ".", opens=True)
    assert len(sentences(long, said("Two more."), said("And three more."))) == 2
    assert len(sentences(said(" ".join(["word"] * 200)), said("More."))) == 1


@pytest.mark.parametrize(
    ("spoken", "sentence"),
    [
        ("labor is free", "Labor is free."),
        ("Is it free?", "Is it free?"),
        ("as follows:", "As follows."),
    ],
)
def test_a_sentence_begins_and_ends_like_one(spoken: str, sentence: str) -> None:
    assert as_sentence(spoken) == sentence


@pytest.mark.django_db
def test_quotes_are_spoken_words_with_their_citation(business: Business, words_model: str) -> None:
    document = finish(
        add_text(business, title="Roof warranty", text=WARRANTY, by=None, type="warranty")
    )
    quotes = quotes_for(business.pk, "How long is the roof warranty?")
    assert quotes[0].sentence == "The roof has a warranty of thirty years."
    [citation] = quotes[0].citations
    assert citation["document"] == document.public_id
    assert citation["title"] == "Roof warranty"
    assert citation["sentence"] == "The roof has a warranty of 30 years."
    assert citation["version"] == document.version


@pytest.mark.django_db
def test_what_the_documents_do_not_answer_is_not_quoted(
    business: Business, words_model: str
) -> None:
    finish(add_text(business, title="Roof warranty", text=WARRANTY, by=None))
    assert quotes_for(business.pk, "Who won the football game yesterday?") == ()
