"""What the offline agent does next: rules that are tried in order, each for one situation.

A rule sees the whole turn and answers or passes; when it depends on a tool, it says so, the tool is
used and the rules are tried again. Nothing is claimed that is not in a tool's result or among the
business's facts, and nothing is said to be done before the tool that does it has succeeded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from salesdesk.assistant.enums import AgentName
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.sentences import Sentence, split_sentences
from salesdesk.assistant.offline import (
    appointments,
    booking,
    closing,
    facts_of_lead,
    objections,
    opening,
    people,
    qualifying,
    questions,
    replies,
    small_talk,
)
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.memory import ASKING, Memory, recall, remember, take_guidance
from salesdesk.assistant.offline.steps import Reply, Results, Step, ToolUse, Use
from salesdesk.assistant.offline.turn import Answer, Asking, Needed, Rule, Turn
from salesdesk.lib.tools import ToolResult

MOST_CHARACTERS = 4_000
"""Of what the caller said; nobody says more in one turn, and patterns need time."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A rule, and the specialised agent that takes over when it applies; empty: whoever speaks."""

    rule: Rule
    agent: str = ""


def decide(conversation: Conversation, caller_text: str, results: Results) -> Step:
    """The tools to use next, or what to say; with an answer, the notes for the next turn are kept.

    Called again with the results of the tools that it wanted, until it replies.
    """
    memory = recall(conversation, caller_text)
    turn = _begin(conversation, caller_text, results, memory)
    try:
        answer = answer_to(turn)
    except Needed as needed:
        return Use((*_hand_over(turn), *needed.uses))
    if hand_over := _hand_over(turn):
        return Use(hand_over)
    return _reply(turn, answer, caller_text, memory)


def _begin(conversation: Conversation, caller_text: str, results: Results, memory: Memory) -> Turn:
    text = caller_text[:MOST_CHARACTERS].replace("’", "'").strip()
    known: dict[str, ToolResult] = {**memory.done, **results.by_key}
    asking = Asking.from_json(memory.notes.get(ASKING))
    return Turn(conversation, text, Results(known), memory.notes, asking)


def _hand_over(turn: Turn) -> tuple[ToolUse, ...]:
    """The use that makes the agent of the rule the active one, unless it is or was asked for."""
    if not turn.agent or turn.agent == turn.conversation.state.agent:
        return ()
    use = ToolUse("hand_over", {"to": str(turn.agent), "reason": _REASONS[turn.agent]})
    return () if turn.results.of(use) else (use,)


_REASONS: dict[str, str] = {
    AgentName.DESK: "The customer has a general question or wants a person.",
    AgentName.LEAD: "The customer tells about the project.",
    AgentName.CALENDAR: "It is about an appointment.",
    AgentName.CRM: "The customer asks what is on record.",
    AgentName.OBJECTIONS: "The customer has doubts.",
}


def _reply(turn: Turn, answer: Answer, caller_text: str, memory: Memory) -> Reply:
    is_guided, guidance = take_guidance(turn.conversation, memory)
    if is_guided and not turn.text:
        answer = Answer(asking=turn.asking)
    asks = answer.asks
    asking = asks.as_json() if asks.what else None
    remember(
        turn.conversation,
        caller_text,
        memory,
        keep={closing.LOST: None, opening.SILENCES: None, **turn.keep, ASKING: asking},
        results=turn.results,
        guidance=guidance,
    )
    first = tuple(Sentence(each) for words in guidance for each in split_sentences(words))
    return Reply((*first, *answer.sentences), answer.ending)


def answer_to(turn: Turn) -> Answer:
    """What to say to this, which is never empty, except to nothing but guidance.

    Raises :class:`~salesdesk.assistant.offline.turn.Needed` until the tools have said enough.
    """
    if not turn.text:
        return opening.silence(turn)
    if not caller.says_goodbye(turn.text) or caller.leaves_a_message(turn.text):
        return _first_answer(turn, SITUATIONS) or closing.not_understood(turn)
    rest = turn.with_text(caller.without_goodbye(turn.text))
    answer = _before_goodbye(rest)
    turn.agent = rest.agent
    return closing.then_goodbye(turn, answer)


def _before_goodbye(rest: Turn) -> Answer | None:
    if caller.is_only_filler(rest.text):
        return (
            None if not rest.text or rest.asking.what == "anything_else" else replies.settled(rest)
        )
    return _first_answer(rest, SITUATIONS)


def _first_answer(turn: Turn, situations: Sequence[Situation]) -> Answer | None:
    for situation in situations:
        turn.agent = situation.agent
        if answer := situation.rule(turn):
            return answer
    turn.agent = ""
    return None


_CALENDAR, _LEAD, _DESK = AgentName.CALENDAR, AgentName.LEAD, AgentName.DESK

SITUATIONS: tuple[Situation, ...] = (
    Situation(opening.voicemail),
    Situation(opening.danger),
    Situation(opening.no_more_calls),
    Situation(people.when_to_call),
    Situation(opening.wrong_number),
    Situation(opening.other_language),
    Situation(opening.instructions),
    Situation(opening.about_others),
    Situation(people.keys),
    Situation(small_talk.repeat),
    Situation(people.who_speaks),
    Situation(people.person, _DESK),
    Situation(appointments.cancel, _CALENDAR),
    Situation(replies.correction),
    Situation(appointments.move, _CALENDAR),
    Situation(objections.in_answer, AgentName.OBJECTIONS),
    Situation(replies.to_our_question),
    Situation(objections.doubt, AgentName.OBJECTIONS),
    Situation(people.complaint, _DESK),
    Situation(appointments.own, _CALENDAR),
    Situation(appointments.confirm, _CALENDAR),
    Situation(booking.with_a_day, _CALENDAR),
    Situation(booking.soonest, _CALENDAR),
    Situation(small_talk.typing),
    Situation(small_talk.how_are_you),
    Situation(small_talk.line_check),
    Situation(facts_of_lead.records, AgentName.CRM),
    Situation(questions.fact),
    Situation(booking.without_a_day, _CALENDAR),
    Situation(people.not_interested),
    Situation(questions.unknown),
    Situation(small_talk.waiting),
    Situation(qualifying.lead, _LEAD),
    Situation(questions.interest),
    Situation(small_talk.name),
    Situation(small_talk.pleasantry),
    Situation(questions.bare_subject),
)
