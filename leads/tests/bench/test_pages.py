import pytest

from leads.bench import pages


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_pages_cost_as_many_queries_with_many_leads_as_with_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "QUICK_LEADS", 300)
    monkeypatch.setattr(pages, "FEW", 150)
    monkeypatch.setattr(pages, "ASKED", 3)
    told = pages.run(quick=True)
    assert told["leads"] == 300
    assert told["bare_sql"]["p50_ms"] > 0
    assert set(told["pages"]) == set(pages.PAGES)
    for figures in told["pages"].values():
        assert figures["queries"] == figures["queries_few"]
