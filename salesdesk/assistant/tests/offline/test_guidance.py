import pytest

from salesdesk.assistant.offline.guidance import words_for_caller


@pytest.mark.parametrize(
    ("guidance", "words"),
    [
        ("say we are closed tomorrow", "We are closed tomorrow."),
        ("Please say: “One moment!”", "One moment!"),
        ("Tell the caller that they get a discount", "You get a discount."),
        ("let her know that her crew is on its way", "Her crew is on its way."),
        ("tell them their visit is free.", "Your visit is free."),
        ("Mention that parking is free", "Parking is free."),
        (
            "ask the customer whether they own the house",
            "A colleague would like to ask you whether you own the house.",
        ),
    ],
)
def test_instructions_that_ask_for_words_become_words(guidance: str, words: str) -> None:
    assert words_for_caller(guidance) == words


@pytest.mark.parametrize(
    "guidance", ["Be more friendly.", "Offer ten percent.", "essay", "telling", "say", ""]
)
def test_other_instructions_stay_unspoken(guidance: str) -> None:
    assert words_for_caller(guidance) == ""
