"""Questions about the business: answered from its documents and facts, or not at all."""

import re
from collections.abc import Sequence

from knowledge.search.words import is_content, stem, words_of
from salesdesk.assistant.loop.sentences import Sentence, split_sentences
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
from salesdesk.assistant.reading.figures import figures_in
from salesdesk.lib.sources import Sources

LONGEST_FOLLOW_UP = 8
_ASKS_FIGURE = re.compile(
    r"\bhow (much|many|long|old)\b|\bcosts?\b|\bprices?\b|\bcharge\b"
    r"|\b(warranty|guarantee) (on|for)\b",
    re.I,
)
_POINTS_BACK = {"it", "that", "they", "them", "this", "those", "these", "one"}
MOST_WORDS_OF_A_SUBJECT = 6
LEAST_IN_COMMON = 0.34


def fact(turn: Turn) -> Answer | None:
    """The answer, and then our own question again where it was left open."""
    if not caller.is_question(turn.text):
        return None
    caught(turn)
    found = find(turn, *_in_context(turn))
    return _and_our_question(turn, found) if found else None


def find(turn: Turn, *questions: str) -> Answer | None:
    """What the documents say to the first of these that they answer, or else the facts."""
    for question in questions:
        if told := _told(turn, question):
            return told
    known = (fact for question in questions if (fact := _known(turn, question)))
    return next((Answer(fact) for fact in known), None)


def _known(turn: Turn, question: str) -> str | None:
    return finder_for(turn.conversation.facts).find(question)


def _told(turn: Turn, question: str) -> Answer | None:
    """What the documents say to it, unless the facts say it better."""
    passages = passages_on(turn, question)
    if not passages or not speaks_of(passages, question):
        return None
    told = Answer(quoted=passages)
    fact = _known(turn, question)
    return Answer(fact) if fact and _tells_better(question, fact, told.text) else told


def _tells_better(question: str, fact: str, told: str) -> bool:
    """Who asks how long or how much wants to hear the figure that the business itself names."""
    named = next((each for each in map(figures_in, split_sentences(fact)) if each), set())
    return bool(_ASKS_FIGURE.search(question)) and bool(named) and not named & figures_in(told)


def speaks_of(passages: Sequence[Sentence], question: str) -> bool:
    """Whether enough of the question's telling words are in the answer or where it stands.

    Of one word alone nothing can be said: the answer may have another one for the same thing.
    """
    wanted = _telling(question) - _SAYS_NOTHING
    told = _telling(" ".join(map(_with_its_place, passages)))
    return len(wanted) < 2 or len(wanted & told) > LEAST_IN_COMMON * len(wanted)


def _with_its_place(sentence: Sentence) -> str:
    citations = sentence.sources.citations if sentence.sources else ()
    places = (f"{each.get('title', '')} {each.get('heading', '')}" for each in citations)
    return " ".join((sentence.text, *places))


def _telling(text: str) -> set[str]:
    return {stem(word) for word in words_of(text) if is_content(word)}


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


def _asked(text: str) -> str:
    """The question without what is said around it, in plain words."""
    sentences = split_sentences(text)
    asked = [each for each in sentences if each.endswith("?") and caller.is_question(each)]
    plain = _BALLPARK.sub("how much does it cost for", " ".join(asked) or text)
    plain = _RUNS.sub(r"how much does \2 cost", plain)
    return re.sub(r"\b(these days|nowadays|usually|normally|typically)\b", "", plain)


_BALLPARK = re.compile(r"\bwhat (am i|are we) looking at for\b", re.I)
_RUNS = re.compile(
    r"\b(?:what|how much)(?:'s| does| do| is| would| will) ((?:a|an|the|your|one of) )?"
    r"([\w\s-]{3,40}?) (?:run|go for|set me back)\b",
    re.I,
)


def _in_context(turn: Turn) -> list[str]:
    """What to look up: the question, and where it points back, together with what it points to.

    “How long does it take?” says nothing by itself, so that comes last; and while an appointment is
    arranged, “the inspection” is the one that is arranged.
    """
    before = _with_question_before(turn)
    asked = _asked(turn.text)
    purpose = str(turn.asking.about.get("purpose", ""))
    if purpose and _telling(purpose) & _telling(turn.text):
        return [f"{purpose}: {asked}", asked]
    return [*before, asked] if _telling(asked) <= _SAYS_NOTHING else [asked, *before]


_SAYS_NOTHING = _telling(
    "how long take much cost work price nice great good include cover last need mean exactly next "
    "around about thing kind offer sell"
)


def _with_question_before(turn: Turn) -> list[str]:
    """A question such as “and how much is it?” together with the one before."""
    before = turn.conversation.caller_lines()[1:2]
    words = [word.strip(".,?!") for word in turn.text.lower().split()]
    if not before or not _POINTS_BACK & set(words) or len(words) > LONGEST_FOLLOW_UP:
        return []
    return [f"{before[0]} {_asked(turn.text)}"]


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
    """“The warranty.” is a question too; but not any words that documents happen to have."""
    wanted = {word for word in _telling(turn.text) - _SAYS_NOTHING if not figures_in(word)}
    if not wanted or len(turn.text.split()) > MOST_WORDS_OF_A_SUBJECT:
        return None
    found = find(turn, turn.text)
    return found if found and wanted & _telling(found.text) else None
