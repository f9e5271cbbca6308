"""Finding out what the business wants to know of a lead, one question at a time."""

from collections.abc import Sequence

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.capturing import (
    DEFAULT_FIELDS,
    READ_BACK,
    TOLD,
    Caught,
    asked_key,
    caught,
    fields_of,
    spec_of,
    told_now,
    with_key,
)
from salesdesk.assistant.offline.phrases import (
    ACKNOWLEDGEMENTS,
    ANYTHING_ELSE,
    HAVE_A_MINUTE,
    IS_THAT_RIGHT,
    WHICH_TIME,
)
from salesdesk.assistant.offline.slots import heard_in
from salesdesk.assistant.offline.turn import Answer, Asking, Turn
from salesdesk.assistant.offline.visits import MADE

ASKED, SKIPPED = "asked", "skipped"
INTERVIEW = "interview"
"""The note that the lead is being asked one thing after the other."""
INVITED, DECLINED = "invited", "declined"
MOST_INVITATIONS = 2
MOST_TIMES_ASKED = 2

# ---------------------------------------------------------------- what is asked next


def carry_on(turn: Turn, opening: str) -> Answer:
    """After ``opening``: read back, ask the next field, invite to a visit, or offer more help."""
    turn.keep[INTERVIEW] = True
    if waiting := turn.note(READ_BACK):
        return _read_back(opening, waiting[0])
    if spec := next_field(turn):
        return ask(turn, spec, opening)
    if _may_invite(turn):
        turn.keep[INVITED] = turn.notes.get(INVITED, 0) + 1
        words = f"{opening} A visit would be the next step. {WHICH_TIME}"
        return Answer(words.strip())
    return Answer(f"{opening} {ANYTHING_ELSE}".strip())


def _may_invite(turn: Turn) -> bool:
    """Nobody is invited who has an appointment, or has said no, or twice not taken it up."""
    is_done = turn.note(MADE) or turn.note(DECLINED)
    return not is_done and turn.notes.get(INVITED, 0) < MOST_INVITATIONS


def ask(turn: Turn, spec: FieldSpec, opening: str) -> Answer:
    asked = dict(turn.note(ASKED) or {})
    asked[spec.key] = times_asked(turn, spec.key) + 1
    turn.keep[ASKED] = asked
    return Answer(f"{opening} {spec.question}".strip(), asking=Asking("field", {"key": spec.key}))


def times_asked(turn: Turn, key: str) -> int:
    """How often the field was asked before this turn."""
    return int(turn.notes.get(ASKED, {}).get(key, 0))


def next_field(turn: Turn) -> FieldSpec | None:
    """The first field that is neither known nor was asked or skipped."""
    known = {*(turn.note(TOLD) or ()), *turn.conversation.state.facts, *(turn.note(SKIPPED) or ())}
    asked = turn.note(ASKED) or {}
    for spec in _in_turn(turn):
        most = MOST_TIMES_ASKED if spec.is_required else 1
        if spec.question and spec.key not in known and asked.get(spec.key, 0) < most:
            return spec
    return None


def _in_turn(turn: Turn) -> Sequence[FieldSpec]:
    """Those up to the last required one come first; the others when a visit was spoken of."""
    specs = fields_of(turn)
    required = [place for place, spec in enumerate(specs) if spec.is_required]
    is_spoken_of = turn.note(INVITED) or turn.note(MADE)
    return specs if is_spoken_of or not required else specs[: required[-1] + 1]


def skip(turn: Turn, key: str) -> None:
    turn.keep[SKIPPED] = with_key(turn.note(SKIPPED), key)


def _read_back(opening: str, waiting: dict[str, str]) -> Answer:
    words = f"{opening} I have {waiting['spoken']}. {IS_THAT_RIGHT}".strip()
    return Answer(words, asking=Asking("read_back", {"key": waiting["key"]}))


# ---------------------------------------------------------------- rules


def lead(turn: Turn) -> Answer | None:
    """Who tells something of themselves is asked the next question.

    On a call that we made that is whoever answers.
    """
    if turn.outbound:
        if caller.is_only_filler(turn.text) and not caller.says_yes(turn.text):
            return _introduction(turn)
        return interview(turn)
    told = told_now(turn)
    is_told = any(each.field.type not in _TOLD_IN_PASSING for each in told)
    in_interview = turn.note(INTERVIEW) and (told or turn.asking.what == "field")
    return interview(turn) if is_told or in_interview else None


_TOLD_IN_PASSING = (FieldType.CHOICE, FieldType.TEXT)
"""What it is about, and a name, do not yet mean that somebody wants to be asked more."""


def interview(turn: Turn) -> Answer:
    """Take what was told and go on."""
    got = caught(turn)
    if got.problem:
        return again(turn, got)
    is_lost = turn.asking.what == "field" and not got.keys
    return carry_on(turn, "I am sorry, I did not get that." if is_lost else thanks(turn))


def again(turn: Turn, got: Caught) -> Answer:
    """Say what was wrong with a value, and ask once more for it; twice wrong, it is left."""
    spec = spec_of(turn, got.problem_key)
    asked = times_asked(turn, got.problem_key)
    if spec is None or asked >= MOST_TIMES_ASKED:
        skip(turn, got.problem_key)
        return carry_on(turn, "No problem, we leave that open.")
    return ask(turn, spec, f"I am sorry. {got.problem}")


def thanks(turn: Turn) -> str:
    name = caller.given_name(turn.text)
    if name:
        return f"Thank you, {name}."
    return ACKNOWLEDGEMENTS[len(turn.conversation.agent_lines()) % len(ACKNOWLEDGEMENTS)]


def _introduction(turn: Turn) -> Answer:
    if turn.business in turn.last_line:
        return Answer(f"Hello. {HAVE_A_MINUTE}")
    return Answer(f"Hello, this is the automated assistant of {turn.business}. {HAVE_A_MINUTE}")


# ---------------------------------------------------------------- answers to our questions


def about_field(turn: Turn) -> Answer | None:
    """The answer to a field's question."""
    key = asked_key(turn)
    got = caught(turn)
    if got.problem:
        return again(turn, got)
    if key in got.keys:
        return None if caller.is_question(turn.text) else carry_on(turn, thanks(turn))
    if not got.keys and (caller.does_not_know(turn.text) or _declines(turn)):
        skip(turn, key)
        return carry_on(turn, "No problem.")
    return None


def _declines(turn: Turn) -> bool:
    return caller.says_no(turn.text) and len(turn.text.split()) <= MOST_WORDS_OF_A_NO


MOST_WORDS_OF_A_NO = 6


def about_read_back(turn: Turn) -> Answer | None:
    """Whether what was read back is right; who says what it should be is read that back."""
    key = asked_key(turn)
    got = caught(turn)
    if got.problem:
        return again(turn, got)
    if key in got.keys and not _is_yes_no(turn, key):
        return carry_on(turn, "Thank you.")
    if caller.says_yes(turn.text):
        _confirm(turn, key, is_right=True)
        return carry_on(turn, "Thank you.")
    if caller.says_no(turn.text):
        return _was_wrong(turn, key)
    return None


def _is_yes_no(turn: Turn, key: str) -> bool:
    spec = spec_of(turn, key)
    return spec is not None and spec.type == FieldType.YES_NO


def _confirm(turn: Turn, key: str, *, is_right: bool) -> None:
    turn.result("confirm_fact", "It was read back.", field=key, is_right=is_right)
    waiting = [each for each in turn.note(READ_BACK) or [] if each["key"] != key]
    turn.keep[READ_BACK] = waiting


def _was_wrong(turn: Turn, key: str) -> Answer:
    _confirm(turn, key, is_right=False)
    turn.keep[TOLD] = [each for each in turn.note(TOLD) or [] if each != key]
    spec = spec_of(turn, key)
    if spec is None or times_asked(turn, key) > MOST_TIMES_ASKED:
        skip(turn, key)
        return carry_on(turn, "Then we leave that open.")
    return ask(turn, spec, "I am sorry.")


# ---------------------------------------------------------------- for those who read along


def tells_something(text: str) -> bool:
    """Whether somebody says more of themselves than who they are and what it is about."""
    return any(each.field.type not in _TOLD_IN_PASSING for each in heard_in(text, DEFAULT_FIELDS))


def was_asked(line: str) -> bool:
    """Whether this line of the agent ends with one of the usual questions."""
    return line.endswith(tuple(spec.question for spec in DEFAULT_FIELDS))
