import pytest

from calls.sandbox.numbers import country_of, to_e164, to_national


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("+14155550100", "+14155550100"),
        ("(415) 555-0100", "+14155550100"),
        ("+49 30 901820", "+4930901820"),
        ("+1555", None),
        ("hello", None),
        ("", None),
        ("+141555501001234567", None),
    ],
)
def test_numbers_are_brought_into_one_form(given: str, number: str | None) -> None:
    assert to_e164(given) == number


def test_a_number_has_a_country_and_a_way_to_write_it() -> None:
    assert (country_of("+14155550100"), country_of("+4930901820")) == ("US", "DE")
    assert country_of("+80012345678") == ""
    assert to_national("+14155550100") == "(415) 555-0100"
