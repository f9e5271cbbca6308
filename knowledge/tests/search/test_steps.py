"""The small pure steps: fusion, intents, expansion, what Postgres is asked, compression."""

import pytest

from knowledge.search.cite import spoken_and_cited
from knowledge.search.compress import as_context, compressed, sentences_of, tokens
from knowledge.search.expand import expanded_terms, synonyms_in
from knowledge.search.fuse import fused
from knowledge.search.intents import Intent, intents_of, suits
from knowledge.search.rerank import query_for
from knowledge.search.vocabulary import Vocabulary, vocabulary_from
from knowledge.search.wording import word_query
from knowledge.types import Found, Scores


def found(name: str, text: str, *, score: float = 0.9, kind: str = "text") -> Found:
    return Found(
        passage_id=name,
        document_id=f"d-{name}",
        title=f"Title {name}",
        text=text,
        kind=kind,
        heading=(f"Title {name}", "Part"),
        page=3,
        url="",
        version=2,
        version_label="",
        type="other",
        vendor="",
        tags=(),
        scores=Scores(rerank=score),
    )


# ---------------------------------------------------------------- fusion


def test_what_both_rankings_have_stands_before_what_one_has() -> None:
    scores = fused([["a", "b", "c"], ["b", "d"]])
    assert list(scores) == ["b", "a", "d", "c"]
    assert scores["b"] == pytest.approx(1 / 62 + 1 / 61)


def test_nothing_is_fused_from_nothing() -> None:
    assert fused([[], []]) == {}


# ---------------------------------------------------------------- intents


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("How much is a heat pump?", Intent.PRICE),
        ("Is that covered by the warranty?", Intent.WARRANTY),
        ("Can I get a loan?", Intent.FINANCING),
        ("I want to reschedule my visit", Intent.BOOKING),
        ("My AC quit, who can fix it?", Intent.SERVICE),
        ("I want to complain about your crew", Intent.COMPLAINT),
        ("How loud is it?", Intent.PRODUCT_INFO),
        ("Hello there", Intent.SMALLTALK),
        ("Purple elephants", Intent.OTHER),
    ],
)
def test_the_main_intent(question: str, intent: Intent) -> None:
    assert intents_of(question).main is intent


def test_an_intent_says_which_documents_suit() -> None:
    assert suits(intents_of("Is there a guarantee?"), "warranty")
    assert not suits(intents_of("Is there a guarantee?"), "financing")


# ---------------------------------------------------------------- expansion


def test_a_trades_word_brings_its_others() -> None:
    assert "warranti" in expanded_terms("the guarantee on it")
    assert "loan" in expanded_terms("can I finance this")


def test_a_phrase_stands_for_each_of_its_words() -> None:
    assert ("outag",) in synonyms_in("when they cut the power")["power"]


def test_nothing_is_expanded_to_itself() -> None:
    assert "warranti" not in expanded_terms("warranty")


# ---------------------------------------------------------------- full text


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabulary_from(
        ["The warranty lasts twenty five years.", "The loan and the price.", "The price of rain."]
    )


def test_rare_words_weigh_more_and_unknown_ones_are_left_out(vocabulary: Vocabulary) -> None:
    query = word_query("price of the loan for my zeppelin", vocabulary)
    weights = dict(query.loose)
    assert weights["loan"] > weights["price"] > 0
    assert "zeppelin" not in weights
    assert query.strict == ("price", "loan", "zeppelin")


def test_numbers_are_looked_for_in_digits_and_in_words(vocabulary: Vocabulary) -> None:
    assert {"25", "twenty five"} <= set(dict(word_query("25 years", vocabulary).loose))


def test_of_many_passages_frequent_words_are_left_out() -> None:
    many = vocabulary_from(["The price of a roof."] * 1_200 + ["The price of a zeppelin."])
    assert [word for word, _ in word_query("price of a zeppelin", many).loose] == ["zeppelin"]


# ---------------------------------------------------------------- compression and citations

LONG = "Panels are black. The inverter's warranty is twelve years. Call us at any time."


def test_relevant_sentences_are_kept_in_the_order_of_their_passage(vocabulary: Vocabulary) -> None:
    query = query_for("inverter warranty", vocabulary)
    sentences = sentences_of(query, [found("a", LONG), found("b", "Rain.", score=0.1)])
    assert sentences[0].text == "The inverter's warranty is twelve years."
    budget = 12 + tokens(sentences[0].text) + tokens("Panels are black.")
    kept = compressed(sentences, budget)
    assert [one.text for one in kept] == [
        "Panels are black.",
        "The inverter's warranty is twelve years.",
    ]
    assert as_context(kept) == (
        "[1] Title a, Part, page 3\nPanels are black. The inverter's warranty is twelve years."
    )


def test_one_sentence_is_kept_whatever_the_budget(vocabulary: Vocabulary) -> None:
    query = query_for("inverter warranty", vocabulary)
    kept = compressed(sentences_of(query, [found("a", LONG)]), 1)
    assert [one.text for one in kept] == ["The inverter's warranty is twelve years."]


def test_of_a_table_the_rows_that_matter_are_kept_under_their_head(vocabulary: Vocabulary) -> None:
    table = found("t", "Panels | Price\n12 | $15,200\n16 | $18,900", kind="table")
    query = query_for("price of sixteen panels", vocabulary)
    sentences = sentences_of(query, [table])
    assert sentences[0].text == "Panels | Price\n16 | $18,900"
    assert as_context(sentences[:1]).endswith("\nPanels | Price\n16 | $18,900")
    [(said, citation)] = spoken_and_cited(sentences[:1])
    assert said == "sixteen: price eighteen thousand nine hundred dollars."
    assert (citation.passage_id, citation.page, citation.version) == ("t", 3, 2)


def test_what_has_no_words_is_not_spoken(vocabulary: Vocabulary) -> None:
    query = query_for("price", vocabulary)
    assert spoken_and_cited(sentences_of(query, [found("a", "***")])) == []
