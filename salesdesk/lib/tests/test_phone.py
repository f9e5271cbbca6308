"""Phone numbers: however written, stored one way."""

import pytest

from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import for_people, to_e164


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("+14155550123", "US", "+14155550123"),
        ("(415) 555-0123", "US", "+14155550123"),
        ("1-415-555-0123", "US", "+14155550123"),
        (" 415.555.0123 ", "US", "+14155550123"),
        ("tel:+1-415-555-0123", "US", "+14155550123"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 20 7946 0018", "US", "+442079460018"),
    ],
)
def test_a_number_however_written(text: str, region: str, e164: str) -> None:
    assert to_e164(text, region=region) == e164


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This is not a phone number."),
        ("call me", "This is not a phone number."),
        ("12", "This phone number has too many or too few digits."),
        ("+1415555012345678", "This phone number has too many or too few digits."),
        ("+11115550123", "No such phone number can exist; check the area code."),
        ("9" * 10_000, "This is not a phone number."),
    ],
)
def test_what_is_no_number_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        to_e164(text)

    assert refusal.value.message == sentence


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+14155550123", "+1 415-555-0123"),
        ("+442079460018", "+44 20 7946 0018"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_numbers_are_shown_as_people_write_them(stored: str, shown: str) -> None:
    assert for_people(stored) == shown
