import pytest

from salesdesk.assistant.reading.figures import figures_in


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("twenty five years", {"25"}),
        ("a 25-year warranty", {"25"}),
        ("$18,000 or eighteen thousand dollars", {"18000"}),
        ("Tuesday, November 24th at three", {"tuesday", "november", "24", "3"}),
        ("the twenty-fourth", {"20", "4"}),
        ("at half past two", {"half", "2"}),
        ("the first one", set()),
        ("2026-11-24T15:00", {"2026", "11", "24", "15", "0"}),
        ("one of them", set()),
        ("", set()),
    ],
)
def test_figures_are_found_however_they_are_said(text: str, figures: set[str]) -> None:
    assert figures_in(text) == figures
