import pytest

from calls.live.turns import (
    LONGEST_BACKCHANNEL_MS,
    Verdict,
    is_backchannel,
    judge_length,
    judge_while_speaking,
    judge_words,
)


@pytest.mark.parametrize(
    "text", ["uh-huh", "Mm-hmm.", "Okay, right.", "Yeah yeah", "I see", "", "Oh, okay, got it"]
)
def test_these_only_say_i_am_listening(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text", ["Wait", "Stop.", "No", "How much is it?", "yeah but what does it cost", "okay " * 6]
)
def test_these_want_the_floor(text: str) -> None:
    assert not is_backchannel(text)


def test_one_word_is_too_little_to_judge_while_the_caller_speaks() -> None:
    assert judge_while_speaking("Wait") == Verdict.UNDECIDED
    assert judge_while_speaking("yeah okay") == Verdict.UNDECIDED
    assert judge_while_speaking("Wait, stop") == Verdict.INTERRUPTION


def test_who_speaks_long_interrupts_whatever_the_words() -> None:
    assert judge_length(LONGEST_BACKCHANNEL_MS) == Verdict.UNDECIDED
    assert judge_length(LONGEST_BACKCHANNEL_MS + 1) == Verdict.INTERRUPTION


def test_a_goodbye_into_a_goodbye_is_no_interruption() -> None:
    assert judge_words("Thanks, bye!", 800) == Verdict.INTERRUPTION
    assert judge_words("Thanks, bye!", 800, ending=True) == Verdict.BACKCHANNEL
    assert judge_words("One more question", 800, ending=True) == Verdict.INTERRUPTION


def test_a_sound_too_short_for_a_word_is_none_unless_it_takes_the_floor() -> None:
    assert judge_words("And that's it.", 240) == Verdict.BACKCHANNEL
    assert judge_words("Stop", 240) == Verdict.INTERRUPTION
    assert judge_words("And that's it.", 600) == Verdict.INTERRUPTION
