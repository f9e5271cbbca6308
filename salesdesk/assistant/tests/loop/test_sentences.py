import pytest

from salesdesk.assistant.loop.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n ", []),
        ("Hello", ["Hello"]),
        ("Hello. How are you? Fine!", ["Hello.", "How are you?", "Fine!"]),
        ("Really?! Yes…  Good.", ["Really?!", "Yes…", "Good."]),
        ("It costs $1.50 a day. Not more.", ["It costs $1.50 a day.", "Not more."]),
        ("Ask Dr. Reed on 5th St. today.", ["Ask Dr. Reed on 5th St. today."]),
        ("Come at 3 p.m. on Friday.", ["Come at 3 p.m. on Friday."]),
        ("Come at 3 p.m. We are open.", ["Come at 3 p.m.", "We are open."]),
        ("J. Smith called. So did I. Really.", ["J. Smith called.", "So did I.", "Really."]),
        ("He said “Go.” Then he went.", ["He said “Go.”", "Then he went."]),
        ("First line\nsecond line.", ["First line", "second line."]),
    ],
)
def test_text_is_cut_where_a_speaker_would_pause(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences
