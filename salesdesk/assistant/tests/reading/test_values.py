"""What is said, and what it means: tables, one row a sentence."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.result import Setting
from salesdesk.assistant.reading.values import LONGEST_TEXT, read_value

FRIDAY = date(2026, 11, 20)
SETTING = Setting(FRIDAY, customer_phone="+14155550199")
CHOICES = (
    "solar (solar panels, battery)",
    "heating and cooling (heat pump, furnace, air conditioning, AC)",
    "roof (roofing, shingles)",
)
OWNER = FieldSpec(
    "owner", "Owns the home", FieldType.YES_NO, "Do you own the home, and who decides with you?"
)
AGE = FieldSpec("age", "Age of the house", FieldType.NUMBER, smallest=0, largest=200)
NAME = FieldSpec("name", "Name", lead_field="name")


def field(type_: FieldType) -> FieldSpec:
    return FieldSpec(key="it", label="It", type=type_, choices=CHOICES)


def meaning(spec: FieldSpec, said: str) -> Any:
    reading = read_value(spec, said, SETTING)
    assert bool(reading.problem) == (reading.value is None), reading
    assert bool(reading.problem) != bool(reading.spoken), reading
    return reading.value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("twenty", 20),
        ("about twenty", 20),
        ("twenty years old", 20),
        ("The house is about twenty years old and the roof has never been replaced.", 20),
        ("It's 35.", 35),
        ("thirty-five years", 35),
        ("I think fifteen to twenty years", 20),
        ("15-20 years", 20),
        ("ten or twelve", 12),
        ("It is forty, and the roof is ten", 40),
        ("a hundred and ten years", 110),
        ("We have ten thousand dollars and the roof is 25", 25),
        ("It has 3 floors and is forty years old", 40),
        ("a house in Oakland from 1990, about twenty thousand", 36),
        ("one hundred years", 100),
        ("two and a half years", 2.5),
        ("two point five", 2.5),
        ("2.5", 2.5),
        ("two point -5", 2),
        ("a couple of years", 2),
        ("a dozen years", 12),
        ("half a dozen", 6),
        ("one", 1),
        ("just one year", 1),
        ("zero", 0),
        ("It was built in 1998.", 28),
        ("built in nineteen ninety-eight", 28),
        ("the roof is from two thousand five", 21),
        ("twenty twenty", 6),
        ("I have no idea", None),
        ("three hundred", None),
        ("-5", None),
    ],
)
def test_numbers(said: str, value: float | None) -> None:
    assert meaning(AGE, said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Our budget is around eighteen thousand dollars.", 18000),
        ("18k", 18000),
        ("18 K", 18000),
        ("$1,500", 1500),
        ("$ 1,500.50", 1500.5),
        ("18,000", 18000),
        ("18000 dollars", 18000),
        ("eighteen grand", 18000),
        ("eighteen hundred dollars", 1800),
        ("fifteen to twenty thousand", 20000),
        ("between fifteen and twenty thousand dollars", 20000),
        ("$15,000-$20,000", 20000),
        ("up to twenty-five thousand", 25000),
        ("not more than 12 thousand", 12000),
        ("one point five million", 1_500_000),
        ("1.5 million", 1_500_000),
        ("half a million dollars", 500_000),
        ("a hundred thousand", 100_000),
        ("two hundred bucks a month", 200),
        ("We have 3 bedrooms and want to spend eighteen thousand", 18000),
        ("for the 2 of us about 300 dollars", 300),
        ("I would rather not say", None),
    ],
)
def test_money(said: str, value: float | None) -> None:
    assert meaning(field(FieldType.MONEY), said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("yes", True),
        ("Yes, we do.", True),
        ("sure, it's ours", True),
        ("I own the house together with my husband.", True),
        ("We are the owners", True),
        ("true", True),
        ("I do", True),
        ("it's mine", True),
        ("no", False),
        ("No, I rent.", False),
        ("I'm renting", False),
        ("my landlord owns it", False),
        ("I don't own it", False),
        ("not yet", False),
        ("We don't", False),
        ("false", False),
        ("We don’t rent, we own it", True),
        ("What do you mean?", None),
        ("blue", None),
    ],
)
def test_yes_or_no(said: str, value: bool | None) -> None:
    assert meaning(OWNER, said) is value


def test_another_question_takes_its_own_words_for_yes() -> None:
    spec = FieldSpec("battery", "Battery", FieldType.YES_NO, "Are you interested in a battery?")

    assert meaning(spec, "A battery would be nice") is True
    assert meaning(spec, "I never thought of a battery") is False
    assert meaning(spec, "The roof is old") is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("We would like to start in March.", "2027-03-01"),
        ("next March", "2027-03-01"),
        ("March 2028", "2028-03-01"),
        ("March twenty twenty-eight", "2028-03-01"),
        ("in November", "2026-11-20"),
        ("next November", "2027-11-01"),
        ("in December", "2026-12-01"),
        ("early January", "2027-01-01"),
        ("mid January", "2027-01-15"),
        ("the end of January", "2027-01-31"),
        ("March 15th", "2027-03-15"),
        ("March fifteenth", "2027-03-15"),
        ("the fifteenth of March", "2027-03-15"),
        ("the twenty-first of December", "2026-12-21"),
        ("March the 3rd, 2028", "2028-03-03"),
        ("March twentieth twenty twenty-seven", "2027-03-20"),
        ("December 1", "2026-12-01"),
        ("Sept. 5", "2027-09-05"),
        ("November 20th", "2026-11-20"),
        ("November 19th", "2027-11-19"),
        ("2027-03-15", "2027-03-15"),
        ("2027-03", "2027-03-01"),
        ("3/15/2027", "2027-03-15"),
        ("3/15", "2027-03-15"),
        ("today", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("the day after tomorrow", "2026-11-22"),
        ("Tuesday", "2026-11-24"),
        ("next Tuesday", "2026-11-24"),
        ("on Friday", "2026-11-27"),
        ("a week from Tuesday", "2026-12-01"),
        ("in two weeks", "2026-12-04"),
        ("in about 10 days", "2026-11-30"),
        ("a couple of weeks from now", "2026-12-04"),
        ("in three months", "2027-02-01"),
        ("in a month", "2026-12-01"),
        ("in a year or so", "2027-11-01"),
        ("next week", "2026-11-23"),
        ("this weekend", "2026-11-21"),
        ("next month", "2026-12-01"),
        ("the end of next month", "2026-12-31"),
        ("end of the month", "2026-11-30"),
        ("next year", "2027-01-01"),
        ("at the end of the year", "2026-12-01"),
        ("after the new year", "2027-01-01"),
        ("in the spring", "2027-03-01"),
        ("this winter", "2026-12-01"),
        ("summer of 2028", "2028-06-01"),
        ("in May", "2027-05-01"),
        ("May 5th", "2027-05-05"),
        ("in 2028", "2028-01-01"),
        ("the 25th", "2026-11-25"),
        ("on the third", "2026-12-03"),
        ("As soon as possible.", "as soon as possible"),
        ("right away", "as soon as possible"),
        ("February 30th", None),
        ("13/13/2027", None),
        ("we may want to wait", None),
        ("I am not in a hurry", None),
        ("not right now", None),
    ],
)
def test_dates(said: str, value: str | None) -> None:
    assert meaning(field(FieldType.DATE), said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("maria dot lopez at gmail dot com", "maria.lopez@gmail.com"),
        ("Maria.Lopez@Gmail.com", "maria.lopez@gmail.com"),
        ("It's maria.lopez@gmail.com, thanks.", "maria.lopez@gmail.com"),
        ("my email address is maria dot lopez at gmail dot com", "maria.lopez@gmail.com"),
        ("You can reach me at maria dot lopez at gmail dot com, please", "maria.lopez@gmail.com"),
        ("m a r i a dot lopez at gmail dot com", "maria.lopez@gmail.com"),
        ("M-A-R-I-A at yahoo dot com", "maria@yahoo.com"),
        ("Sure, it's j smith forty two at yahoo dot com", "jsmith42@yahoo.com"),
        ("maria underscore lopez at gmail dot com", "maria_lopez@gmail.com"),
        ("maria dash lopez at bright dash roof dot com", "maria-lopez@bright-roof.com"),
        ("info at bright roof dot co dot uk", "info@brightroof.co.uk"),
        ("info at bright roof dot com and my number is 415", "info@brightroof.com"),
        ("maria lopez at g mail dot c o m", "marialopez@gmail.com"),
        ("maria at sign gmail dot com", "maria@gmail.com"),
        ("b as in boy o b at aol dot com", "bob@aol.com"),
        ("maria at gmail", None),
        ("gmail dot com", None),
        ("I do not have one", None),
        ("maria dot dot lopez at gmail dot com", None),
    ],
)
def test_email(said: str, value: str | None) -> None:
    assert meaning(field(FieldType.EMAIL), said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("415-555-0123", "+14155550123"),
        ("(415) 555 0123", "+14155550123"),
        ("+1 415 555 0123", "+14155550123"),
        ("four one five five five five zero one two three", "+14155550123"),
        ("four one five, five five five, oh one two three", "+14155550123"),
        ("My number is four fifteen, five five five, oh one twenty-three.", "+14155550123"),
        ("area code 415 and then 555 0123", "+14155550123"),
        ("four one five triple five zero one double two", "+14155550122"),
        ("eight hundred two two two three three four four", "+18002223344"),
        ("plus four four two zero seven nine four six zero nine five eight", "+442079460958"),
        ("415 555 0123 extension 12", "+14155550123"),
        ("You can use this number", "+14155550199"),
        ("the number I’m calling from", "+14155550199"),
        ("555 0123", None),
        ("four one five", None),
        ("I have no phone", None),
        ("999 999 9999", None),
    ],
)
def test_phone(said: str, value: str | None) -> None:
    assert meaning(field(FieldType.PHONE), said) == value


@pytest.mark.parametrize("told", ["", "anonymous", "client:browser"])
def test_this_number_means_nothing_where_it_is_withheld(told: str) -> None:
    hidden = replace(SETTING, customer_phone=told)

    assert read_value(field(FieldType.PHONE), "this number", hidden).value is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1220 Oak Street, Oakland, CA 94612", "1220 Oak Street, Oakland, CA 94612"),
        ("It's 1220 Oak Street in Oakland.", "1220 Oak Street in Oakland"),
        ("my address is 14 Elm Court", "14 Elm Court"),
        ("We live at twelve twenty oak street oakland", "1220 Oak Street Oakland"),
        ("one hundred twenty three main street", "123 Main Street"),
        ("five oak lane, nine four six one two", "5 Oak Lane, 94612"),
        ("P.O. Box 12, Oakland", "P.O. Box 12, Oakland"),
        ("in Oakland", None),
        ("94612", None),
    ],
)
def test_address(said: str, value: str | None) -> None:
    assert meaning(field(FieldType.ADDRESS), said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Yes, we were thinking about a new roof.", "roof"),
        ("solar", "solar"),
        ("Solar panels, I think", "solar"),
        ("we want heating", "heating and cooling"),
        ("a new heat pump", "heating and cooling"),
        ("my furnace is broken", "heating and cooling"),
        ("AC", "heating and cooling"),
        ("the rooof", "roof"),
        ("some new shingles", "roof"),
        ("not solar, the roof", "roof"),
        ("the roof instead of solar", "roof"),
        ("heating and cooling", "heating and cooling"),
        ("solar and a roof", None),
        ("a swimming pool", None),
    ],
)
def test_choice(said: str, value: str | None) -> None:
    assert meaning(field(FieldType.CHOICE), said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Yes, this is Maria.", "Maria"),
        ("My name is Maria Lopez", "Maria Lopez"),
        ("it's maria lopez", "Maria Lopez"),
        ("Maria Lopez speaking", "Maria Lopez"),
        ("I'm Daniel, and I want a quote", "Daniel"),
        ("Jean-Luc O’Neill", "Jean-Luc O'Neill"),
        ("m a r i a", "Maria"),
        ("Hi there, my name is Maria.", "Maria"),
        ("This is about my roof", None),
        ("I'd rather not say", None),
        ("12345", None),
        ("well that is something which I would rather keep to myself", None),
    ],
)
def test_name(said: str, value: str | None) -> None:
    assert meaning(NAME, said) == value


def test_a_text_is_kept_as_it_was_said_within_bounds() -> None:
    assert meaning(field(FieldType.TEXT), "  it   leaks ") == "it leaks"
    assert len(meaning(field(FieldType.TEXT), "word " * 1000)) == LONGEST_TEXT


@pytest.mark.parametrize("type_", FieldType)
@pytest.mark.parametrize("said", ["", " ", "…", "?!"])
def test_nothing_said_is_no_answer(type_: FieldType, said: str) -> None:
    assert read_value(field(type_), said, SETTING).problem == "I did not catch an answer."


@pytest.mark.parametrize("type_", FieldType)
@pytest.mark.parametrize("said", ["x" * 50_000, "9" * 5000, "one " * 9000, "at dot " * 5000])
def test_very_long_answers_are_read_in_time(type_: FieldType, said: str) -> None:
    reading = read_value(field(type_), said, SETTING)

    assert reading.problem or len(str(reading.value)) <= LONGEST_TEXT


# ---------------------------------------------------------------- bounds and wording


@pytest.mark.parametrize(
    ("smallest", "largest", "problem"),
    [
        (30, None, "It should be at least thirty."),
        (None, 10, "It should be at most ten."),
        (0, 10, "It should be between zero and ten."),
        (20, 20, ""),
    ],
)
def test_bounds(smallest: float | None, largest: float | None, problem: str) -> None:
    spec = replace(field(FieldType.NUMBER), smallest=smallest, largest=largest)

    assert read_value(spec, "twenty", SETTING).problem == problem


@pytest.mark.parametrize(
    ("type_", "said", "spoken"),
    [
        (FieldType.NUMBER, "2.5", "two point five"),
        (FieldType.NUMBER, "1250", "one thousand two hundred fifty"),
        (FieldType.MONEY, "18k", "eighteen thousand dollars"),
        (FieldType.MONEY, "$1", "one dollar"),
        (FieldType.MONEY, "$1,500.50", "one thousand five hundred dollars and fifty cents"),
        (FieldType.YES_NO, "yes", "yes"),
        (FieldType.DATE, "in March", "March twenty twenty-seven"),
        (FieldType.DATE, "March 15th", "March fifteenth, twenty twenty-seven"),
        (FieldType.DATE, "next Tuesday", "Tuesday, November twenty-fourth"),
        (FieldType.DATE, "December 30", "December thirtieth"),
        (FieldType.DATE, "2030", "twenty thirty"),
        (FieldType.DATE, "asap", "as soon as possible"),
        (
            FieldType.EMAIL,
            "maria.lopez4@gmail.com",
            "m a r i a dot l o p e z four at gmail dot com",
        ),
        (FieldType.EMAIL, "jo@abc.co.uk", "j o at a b c dot co dot uk"),
        (
            FieldType.PHONE,
            "415 555 0199",
            "four one five, five five five, zero one nine nine",
        ),
        (
            FieldType.PHONE,
            "+442079460958",
            "plus four four, two zero, seven nine four six, zero nine five eight",
        ),
        (FieldType.ADDRESS, "1220 Oak Street", "one two two zero Oak Street"),
        (FieldType.ADDRESS, "12 Oak Street, 94612", "twelve Oak Street, nine four six one two"),
        (FieldType.CHOICE, "panels", "solar"),
    ],
)
def test_how_a_value_is_read_back(type_: FieldType, said: str, spoken: str) -> None:
    assert read_value(field(type_), said, SETTING).spoken == spoken


def test_the_customer_is_told_what_can_be_chosen() -> None:
    both = read_value(field(FieldType.CHOICE), "solar and a roof", SETTING)
    none = read_value(field(FieldType.CHOICE), "a pool", SETTING)

    assert both.problem == "I can note only one: solar or roof."
    assert none.problem == "I did not catch which one: solar, heating and cooling or roof."
