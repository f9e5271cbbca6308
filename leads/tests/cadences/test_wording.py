"""Templates of messages are filled in, and nothing more."""

import pytest

from leads.cadences.wording import check_template, fill, values_for
from leads.models import Lead
from salesdesk.lib.errors import InvalidInput


def test_variables_are_replaced_once() -> None:
    values = {"first_name": "{{ business }}", "business": "Bright Solar"}

    assert fill("Hi {{first_name}}, {{ business }}!{{ rep }}", values) == (
        "Hi {{ business }}, Bright Solar!"
    )


@pytest.mark.parametrize(
    "text", ["Hi {{ name }}", "Hi {{ first_name", "{% load x %}", "{{ a.b }}", "{{ first_name|x }}"]
)
def test_what_cannot_be_filled_in_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_template(text)


def test_every_variable_may_be_used() -> None:
    check_template(
        "{{ first_name }} {{last_name}} {{ company }} {{ business }} {{ rep }} {{ our_phone }}"
    )


@pytest.mark.django_db
def test_values_are_of_one_line_and_bounded(lead: Lead) -> None:
    lead.first_name, lead.company = "Maria\nSTOP", "x" * 500

    values = values_for(lead)

    assert values["first_name"] == "Maria STOP"
    assert len(values["company"]) == 120
    assert values["our_phone"] == "+1 415-555-0100"


@pytest.mark.django_db
def test_who_has_no_name_is_greeted_still(lead: Lead) -> None:
    lead.first_name = ""
    assert fill("Hi {{ first_name }}", values_for(lead)) == "Hi there"
