"""Questions about the business: answered from its documents and facts, or not at all."""

from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.capturing import caught, spec_of
from salesdesk.assistant.offline.facts import finder_for
from salesdesk.assistant.offline.phrases import (
    CALL_BACK_OFFER,
    DO_NOT_KNOW,
    DO_NOT_KNOW_EITHER,
    WHAT_TO_KNOW,
    capitalized,
)
from salesdesk.assistant.offline.turn import Answer, Asking, Turn
from salesdesk.assistant.sentences import Sentence, split_sentences
from salesdesk.lib.sources import Sources

LONGEST_FOLLOW_UP = 8
_POINTS_BACK = {"it", "that", "they", "them", "this", "those", "these", "one"}


def fact(turn: Turn) -> Answer | None:
    """The answer, and then our own question again where it was left open."""
    if not caller.is_question(turn.text):
        return None
    caught(turn)
    found = find(turn, turn.text, *_with_question_before(turn))
    return _and_our_question(turn, found) if found else None


def find(turn: Turn, *questions: str) -> Answer | None:
    """What the documents say to the first of these that they answer, or else the facts."""
    for question in questions:
        if passages := passages_on(turn, question):
            return Answer(quoted=passages)
    facts = map(finder_for(turn.conversation.facts).find, questions)
    return next((Answer(fact) for fact in facts if fact), None)


def passages_on(turn: Turn, question: str) -> tuple[Sentence, ...]:
    """The documents' sentences on this, as they stand."""
    result = turn.result("search_knowledge", "The customer asks this.", query=question[:500])
    return tuple(
        Sentence(each["text"], Sources(tuple(each["citations"])))
        for each in result.data.get("sentences", ())
    )


def _and_our_question(turn: Turn, found: Answer) -> Answer:
    if turn.asking.what != "field":
        return Answer(found.words, quoted=found.quoted, asking=_kept(turn))
    spec = spec_of(turn, str(turn.asking.about["key"]))
    told = turn.note("told") or ()
    if spec is None or spec.key in told:
        return found
    return Answer(f"{found.words} {spec.question}".strip(), quoted=found.quoted, asking=turn.asking)


def _kept(turn: Turn) -> Asking | None:
    """An offer of times, or a question for them, still stands after an answer."""
    return turn.asking if turn.asking.what in ("offer", "time", "cancel") else None


def _with_question_before(turn: Turn) -> list[str]:
    """A question such as “and how much is it?” together with the one before."""
    before = turn.conversation.caller_lines()[1:2]
    words = [word.strip(".,?!") for word in turn.text.lower().split()]
    if not before or not _POINTS_BACK & set(words) or len(words) > LONGEST_FOLLOW_UP:
        return []
    return [f"{before[0]} {turn.text}"]


def unknown(turn: Turn) -> Answer | None:
    if not caller.is_question(turn.text):
        return None
    again = DO_NOT_KNOW in turn.last_line
    reason = f"A question that the assistant could not answer: {turn.text}"[:300]
    return Answer(
        f"{DO_NOT_KNOW_EITHER if again else DO_NOT_KNOW} {CALL_BACK_OFFER}",
        asking=Asking("call_back", {"reason": reason}),
    )


def interest(turn: Turn) -> Answer | None:
    if not caller.states_interest(turn.text):
        return None
    caught(turn)
    glad = Sentence("I am glad to help.")
    hint = finder_for(turn.conversation.facts).hint(turn.text)
    if not hint:
        return Answer(WHAT_TO_KNOW, quoted=(glad, *passages_on(turn, turn.text)[:1]))
    first = split_sentences(hint)[0].removeprefix("Yes, ")
    return Answer(f"{capitalized(first)} {WHAT_TO_KNOW}", quoted=(glad,))


def bare_subject(turn: Turn) -> Answer | None:
    return find(turn, turn.text)
