"""Which way vectors are searched, and a large business's own indexes."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.embeddings.choice import model_of
from knowledge.search import indexes
from knowledge.search.indexes import Path, path_for, tend_indexes
from knowledge.search.pipeline import search
from knowledge.search.retrieve import WordQuery, retrieve
from knowledge.tests.search.conftest import AddDocument
from knowledge.types import Filters
from salesdesk.businesses.models import Business


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "OWN_FROM", 3)
    monkeypatch.setattr(indexes, "OWN_UNTIL", 2)
    monkeypatch.setattr(indexes, "EXACT_UNTIL", 2)


@pytest.mark.django_db
def test_few_are_compared_one_by_one(business: Business, add_document: AddDocument) -> None:
    add_document(business, "Two", "Red panels.", "Blue panels.")
    assert path_for(business, model_of(business)) is Path.EXACT


@pytest.mark.django_db
def test_many_are_searched_in_the_shared_index(
    business: Business, add_document: AddDocument
) -> None:
    add_document(business, "Three", "Red panels.", "Blue panels.", "A green roof.")
    assert path_for(business, model_of(business)) is Path.SHARED
    assert search(business, "green roof", threshold=0.0)[0].text == "A green roof."


@pytest.mark.django_db(transaction=True)
def test_a_large_business_gets_indexes_and_loses_them_when_it_shrinks(
    make_business: Callable[..., Business], add_document: AddDocument
) -> None:
    business = make_business("Large")
    document = add_document(business, "Three", "Red panels.", "Blue panels.", "A green roof.")
    model = model_of(business)
    names = {indexes.vector_index(business.pk, model), indexes.word_index(business.pk)}
    assert set(tend_indexes()) == names
    assert tend_indexes() == []
    assert path_for(business, model) is Path.OWN
    assert search(business, "green roof", threshold=0.0)[0].text == "A green roof."
    document.delete()
    assert set(tend_indexes()) == names
    assert indexes.own_indexes() == set()


@pytest.mark.django_db
def test_each_model_has_an_index_of_cosine_distance() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'embedding_%%'"
            " AND indexdef LIKE '%%hnsw%%' ORDER BY indexname"
        )
        found = [definition for (definition,) in cursor.fetchall()]
    assert ["vector(384)" in found[0], "vector(1536)" in found[1]] == [True, True]
    assert all("vector_cosine_ops" in definition for definition in found)


@pytest.mark.django_db
@pytest.mark.parametrize("few", [True, False])
def test_only_a_large_business_reads_the_index_of_everybodys_words(
    business: Business, add_document: AddDocument, few: bool
) -> None:
    add_document(business, "Two", "Red panels.", "Blue panels.", *(() if few else ("A roof.",)))
    words = WordQuery(strict=("panels",), loose=(("panels", 1.0),))
    with CaptureQueriesContext(connection) as captured:
        retrieve(business, vector=None, model=model_of(business), words=words, filters=Filters())
    statement = captured[-1]["sql"].split(";")[-1]
    with connection.cursor() as cursor:
        # With so few rows the planner would take an index of the businesses in any case.
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'knowledge_passage'"
            " AND indexdef LIKE '%%(business_id%%'"
        )
        cursor.execute(f"DROP INDEX {', '.join(name for (name,) in cursor.fetchall())}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert ("passage_search_english" in plan) is not few
