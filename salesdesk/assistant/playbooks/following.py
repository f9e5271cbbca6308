"""The playbook in effect, and where a conversation stands in it.

Everything but :func:`spec_for` is pure. Words are compared by their stems, so that “expensive”
is found in “that is more expense than I thought”, and without the words that say nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge.search.words import is_content, stem, words_of
from salesdesk.assistant.loop.state import ObjectionSpec, PlaybookSpec, StageSpec, State
from salesdesk.assistant.models import Playbook
from salesdesk.businesses.models import Business

Lines = Sequence[tuple[str, str]]
"""(role, text) in the order in which they were spoken; role is ``caller``, or who sells."""

CALLER = "caller"
STAGE_NOTE = "stage"
"""The note of the state that names the stage, where an agent has set it."""
SAME = 0.6
"""Share of a sentence's words that must have been said for it to count as said."""
GAP = 2
"""Words that may stand between two words of an objection's sign."""
REACH = 3
"""How many words before a sign a “not” takes it back."""
RECENT = 2
"""An objection counts while it is in one of the caller's last lines; so many of them."""
NEGATIONS = frozenset("not never isn't aren't wasn't don't doesn't didn't".split())
ASKED_ABOUT = frozenset("it that this they you we i".split())
"""“Isn't that too expensive?” is no denial, as the negation stands before its subject."""


def spec_for(business: Business) -> PlaybookSpec:
    """The playbook that the business's agents follow; an empty one where it has none."""
    active = Playbook.objects.filter(business=business, is_active=True)
    playbook = active.prefetch_related("stages", "objections").order_by("-pk").first()
    return spec_of(playbook) if playbook else PlaybookSpec()


def spec_of(playbook: Playbook) -> PlaybookSpec:
    stages = tuple(
        StageSpec(each.name, each.goal, tuple(each.questions), tuple(each.lines))
        for each in playbook.stages.all()
    )
    objections = tuple(
        ObjectionSpec(each.name, tuple(each.signs), each.answer)
        for each in playbook.objections.all()
    )
    return PlaybookSpec(playbook.name, stages, objections)


# ---------------------------------------------------------------- stages


@dataclass(frozen=True, slots=True)
class NextLine:
    """What to ask or say next; either may be empty."""

    question: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """What somebody who sells needs to see now. ``number`` is the stage's, of ``count``."""

    stage: StageSpec
    number: int
    count: int
    next: NextLine
    objection: ObjectionSpec | None = None


def cue_of(spec: PlaybookSpec, state: State, lines: Lines) -> Cue | None:
    """``None`` where there is no playbook."""
    stage = stage_of(spec, state, lines)
    if stage is None:
        return None
    return Cue(
        stage=stage,
        number=spec.stages.index(stage) + 1,
        count=len(spec.stages),
        next=next_best_line(spec, stage, lines),
        objection=objection_now(spec, lines),
    )


def stage_of(spec: PlaybookSpec, state: State, lines: Lines) -> StageSpec | None:
    """The stage that the conversation has reached; ``None`` without stages.

    It is the one that the state names; else the furthest whose questions or lines were said by
    those who sell. It is left for the next one when the customer speaks after all of its questions
    were asked, or has answered as many in other words. A conversation begins in the first.
    """
    if not spec.stages:
        return None
    named = [each for each in spec.stages if each.name == state.notes.get(STAGE_NOTE)]
    return named[0] if named else spec.stages[_reached(spec.stages, lines)]


def _reached(stages: Sequence[StageSpec], lines: Lines) -> int:
    heard = _Heard(lines)
    asked = [[heard.first(each) for each in stage.questions] for stage in stages]
    begun = [
        min((heard.first(each) for each in (*stage.questions, *stage.lines)), default=len(lines))
        for stage in stages
    ]
    reached, answers = 0, 0
    for place, (role, _) in enumerate(lines):
        if role == CALLER:
            answers += heard.is_answer(place)
            enough = place > heard.begin and answers >= len(asked[reached])
            is_done = enough or (asked[reached] and max(asked[reached]) < place)
            after = min(reached + bool(is_done), len(stages) - 1)
        else:
            after = max((each for each in range(len(stages)) if begun[each] == place), default=0)
            after = max(after, reached)
        reached, answers = after, answers if after == reached else 0
    return reached


class _Heard:
    """What those who sell have said, by place among the lines; ``begin`` is where they began."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.ours = [
            (place, _content_of(text)) for place, (role, text) in enumerate(lines) if role != CALLER
        ]
        self.begin = self.ours[0][0] if self.ours else len(lines)

    def first(self, sentence: str) -> int:
        """The place of the first line that says it; behind the last line when none does."""
        wanted = _content_of(sentence)
        places = (place for place, content in self.ours if _says(content, wanted))
        return next(places, len(self.lines))

    def is_answer(self, place: int) -> bool:
        """Whether the line before is a question of ours."""
        role, text = self.lines[place - 1] if place else (CALLER, "")
        return role != CALLER and "?" in text


def next_best_line(spec: PlaybookSpec, stage: StageSpec, lines: Lines) -> NextLine:
    """The first question and line of the stage that were not said yet.

    When all of its questions were asked, the question is the next stage's first one.
    """
    said = [text for role, text in lines if role != CALLER]
    later = spec.stages[spec.stages.index(stage) + 1 :]
    questions = (*stage.questions, *(each for after in later[:1] for each in after.questions))
    return NextLine(_first_unsaid(questions, said), _first_unsaid(stage.lines, said))


def _first_unsaid(sentences: Iterable[str], said: Sequence[str]) -> str:
    return next((each for each in sentences if not was_said(each, said)), "")


def was_said(sentence: str, lines: Iterable[str]) -> bool:
    """Whether one of the lines says it, if not word for word."""
    wanted = _content_of(sentence)
    return any(_says(_content_of(line), wanted) for line in lines)


def _says(content: frozenset[str], wanted: frozenset[str]) -> bool:
    return bool(wanted) and len(wanted & content) >= SAME * len(wanted)


@lru_cache(maxsize=2_000)
def _content_of(text: str) -> frozenset[str]:
    words = words_of(text)
    return frozenset(stem(word) for word in [*filter(is_content, words)] or words)


# ---------------------------------------------------------------- objections


def objection_now(spec: PlaybookSpec, lines: Lines) -> ObjectionSpec | None:
    """The newest objection in the caller's last lines."""
    said = [text for role, text in lines if role == CALLER][-RECENT:]
    found = (objection_in(spec, text) for text in reversed(said))
    return next((each for each in found if each), None)


def objection_in(spec: PlaybookSpec, text: str) -> ObjectionSpec | None:
    """The objection with the longest sign in ``text``; the earlier one of two alike.

    A sign's words must come in their order, in any inflection, with at most :data:`GAP` others
    between two of them. “It is not too expensive” has no sign in it.
    """
    found = [(length_of_sign(each, text), each) for each in spec.objections]
    longest = max((length for length, _ in found), default=0)
    return next((each for length, each in found if length == longest), None) if longest else None


def length_of_sign(objection: ObjectionSpec, text: str) -> int:
    """How many words its longest sign in ``text`` has; 0 for none."""
    words = words_of(text)
    stems = [stem(word) for word in words]
    signs = map(_sign_of, objection.signs)
    return max((len(sign.words) for sign in signs if _is_in(sign, words, stems)), default=0)


@dataclass(frozen=True, slots=True)
class _Sign:
    words: tuple[str, ...]
    stems: tuple[str, ...]


@lru_cache(maxsize=2_000)
def _sign_of(text: str) -> _Sign:
    words = tuple(words_of(text))
    return _Sign(words, tuple(stem(word) for word in words))


def _is_in(sign: _Sign, words: Sequence[str], stems: Sequence[str]) -> bool:
    if not sign.stems or not stems:
        return False
    starts = [place for place, each in enumerate(stems) if each == sign.stems[0]]
    takes_back = not NEGATIONS & set(sign.words)
    return any(
        _follows(sign.stems[1:], stems[start + 1 :])
        and not (takes_back and _is_denied(words[max(0, start - REACH) : start + 1]))
        for start in starts
    )


def _is_denied(words: Sequence[str]) -> bool:
    """``words`` are those before a sign, and its first one."""
    pairs = pairwise(words)
    return any(each in NEGATIONS and after not in ASKED_ABOUT for each, after in pairs)


def _follows(wanted: Sequence[str], stems: Sequence[str]) -> bool:
    for each in wanted:
        near = stems[: GAP + 1]
        if each not in near:
            return False
        stems = stems[near.index(each) + 1 :]
    return True
