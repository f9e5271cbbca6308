import pytest

from salesdesk.assistant.offline.facts import FactFinder, finder_for
from salesdesk.businesses.demo_facts import FACTS

FINDER = FactFinder(FACTS)


def answer_to(start_of_question: str) -> str:
    return next(answer for question, answer in FACTS if question.startswith(start_of_question))


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Do you offer a 25-year warranty?", "How long is the warranty"),
        ("And does the warranty cover the inverter as well.", "Does the warranty cover"),
        ("And just the warranty covered the inverter as well.", "Does the warranty cover"),
        ("What financing options do you have for a new heat pump?", "What financing"),
        ("Hello, what's an ancing option do you have for a new heat pump?", "What financing"),
        ("Hello, what's anancing option do you have for a new heat pump?", "What financing"),
        ("Can I pay in installments?", "What financing"),
        ("Wait, stop how much is the monthly payment?", "How much is the monthly"),
        ("How much does it cost per month?", "How much is the monthly"),
        ("How much do solar panels cost?", "How much do solar panels"),
        ("What is the price of a heat pump?", "How much does a new heat pump"),
        ("How expensive is a new roof?", "Do you replace roofs"),
        ("How long does the installation take?", "Do you install solar"),
        ("My AC is broken, can you fix it?", "Do you repair"),
        ("Are you open on Saturday?", "What are your opening hours"),
        ("What are your hours?", "What are your opening hours"),
        ("Where are you located?", "Which area"),
        ("Are there any tax credits?", "Are there tax credits"),
        ("Are you insured?", "Are you licensed"),
        ("What services do you offer?", "What does the company do"),
    ],
)
def test_questions_find_their_fact(question: str, fact: str) -> None:
    assert FINDER.find(question) == answer_to(fact)


@pytest.mark.parametrize(
    "question",
    [
        "Do you sell pizza?",
        "What is the capital of France?",
        "Does the warranty cover hail damage?",
        "Do you install swimming pools?",
        "Who is the owner of the company?",
        "What brand of solar panels do you use?",
        "How much power do the panels make?",
        "Is the heat pump loud?",
        "Well?",
        "",
    ],
)
def test_what_the_facts_do_not_say_is_not_answered(question: str) -> None:
    assert FINDER.find(question) is None


def test_a_subject_that_is_only_mentioned_gets_a_hint() -> None:
    remark = "Hi, I'm calling about the solar panels you advertised."
    assert FINDER.hint(remark) == answer_to("Do you install solar")
    assert FINDER.hint("I have a cat.") is None


def test_a_business_without_facts_answers_nothing() -> None:
    assert FactFinder(()).find("How much do solar panels cost?") is None


def test_the_finder_of_the_same_facts_is_built_once() -> None:
    assert finder_for(FACTS) is finder_for(FACTS)
