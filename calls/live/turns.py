"""Who has the floor: what it means when the caller speaks while the agent does.

The agent falls silent at once, and what it has not said yet is held. Then the rule here decides:
a back-channel ("uh-huh") gives the floor back, an interruption takes it for good.
"""

import re
from enum import StrEnum

LONGEST_BACKCHANNEL_MS = 1_000
UNDECIDED_MS = 1_600
"""Who still speaks after this long means to interrupt."""
TRANSCRIPT_WAIT_MS = 900
"""How long to wait for the words of a short utterance before taking it for an interruption."""

BACKCHANNELS = frozenset(
    """
    ah aha alright cool exactly go good got gotcha great hm hmm huh i it mhm mm mmhm mmhmm mmm nice
    oh ok okay right see sure uh uhhuh uhuh um understood wow yeah yep yes yup on
    """.split()
)
FAREWELLS = BACKCHANNELS | frozenset(
    "bye byebye day goodbye have nice thank thanks you too".split()
)
FLOOR_TAKERS = frozenset("but hello hey hold how no pardon sorry stop wait what when why".split())
SHORTEST_INTERRUPTION_MS = 350
MOST_BACKCHANNEL_WORDS = 4
ENOUGH_WORDS = 2


class Verdict(StrEnum):
    UNDECIDED = "undecided"
    BACKCHANNEL = "backchannel"
    INTERRUPTION = "interruption"


def is_backchannel(text: str) -> bool:
    """Whether these words only say “I am listening”. No words at all are noise, and count too."""
    words = words_of(text)
    return len(words) <= MOST_BACKCHANNEL_WORDS and all(word in BACKCHANNELS for word in words)


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("-", ""))


def judge_while_speaking(interim_text: str) -> Verdict:
    """What the first words of an overlap say: a back-channel has at most a few, all small."""
    if len(words_of(interim_text)) >= ENOUGH_WORDS and not is_backchannel(interim_text):
        return Verdict.INTERRUPTION
    return Verdict.UNDECIDED


def judge_length(speech_ms: int) -> Verdict:
    """What the length of an overlap says, before its words are known."""
    if speech_ms > LONGEST_BACKCHANNEL_MS:
        return Verdict.INTERRUPTION
    return Verdict.UNDECIDED


def judge_words(text: str, speech_ms: int, *, ending: bool = False) -> Verdict:
    """What the finished words of an overlap of ``speech_ms`` say.

    Into a goodbye one may say goodbye too. A sound too short for a word is a back-channel whatever
    recognition made of it, unless that is a word by which people take the floor.
    """
    words = words_of(text)
    if is_backchannel(text) or (ending and FAREWELLS.issuperset(words)):
        return Verdict.BACKCHANNEL
    if speech_ms < SHORTEST_INTERRUPTION_MS and FLOOR_TAKERS.isdisjoint(words):
        return Verdict.BACKCHANNEL
    return Verdict.INTERRUPTION
