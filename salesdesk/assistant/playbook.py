"""What the offline agent says: rules that are tried in order, each for one situation.

A rule sees the whole conversation and answers or passes. The rules keep no state: what was asked
or offered is read from the agent's own last lines, so that a call can go on in another process.
Nothing is claimed that is not in the business's documents or facts, and no more is promised than a
note that people will read. A rule that must know what the documents say asks for a look-up; when
that is done the rules are tried again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from salesdesk.assistant import qualifying
from salesdesk.assistant import understanding as caller
from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.facts import finder_for
from salesdesk.assistant.knowledge import Prepared
from salesdesk.assistant.sentences import Sentence, split_sentences
from salesdesk.assistant.wishes import Wish, find_wish

ANYTHING_ELSE = "Is there anything else I can do for you?"
CALL_BACK_OFFER = "Shall I note that a colleague should call you back?"
HAVE_A_MINUTE = "Do you have a minute?"
IS_THAT_RIGHT = "Is that right?"
WHAT_SHOULD_THEY_KNOW = "Is there anything they should know before they call?"
WHAT_TO_KNOW = "What would you like to know?"
WHICH_TIME = "Which day and time would suit you?"
OWN_QUESTIONS = (
    ANYTHING_ELSE,
    CALL_BACK_OFFER,
    HAVE_A_MINUTE,
    IS_THAT_RIGHT,
    WHAT_SHOULD_THEY_KNOW,
    WHAT_TO_KNOW,
    WHICH_TIME,
)
REQUEST = "I have put down a request for"
PERSON_NOTED = "I have noted that a person should call you back as soon as possible."
NO_TRANSFER = "I am an automated assistant and cannot put you through from here."
SORRY = "I am sorry to hear that."
SAY_AGAIN = "Could you say it again?"
DO_NOT_KNOW = "I do not know that for certain, and I would rather not guess."
GOODBYE = "Goodbye."
ACKNOWLEDGEMENTS = ("Thank you.", "Good to know.", "I have noted that.", "All right.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, and why to hang up afterwards, if so. ``quoted`` comes before ``words``."""

    words: str
    ending: str = ""
    quoted: tuple[Sentence, ...] = ()

    @property
    def sentences(self) -> list[Sentence]:
        return [*self.quoted, *(Sentence(text) for text in split_sentences(self.words))]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer depends on what the documents say to this."""

    question: str


class _NotLookedUp(Exception):
    """Ends the search for a rule until what it must know has been looked up."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


@dataclass(frozen=True, slots=True)
class Turn:
    """The caller's words and everything said before; ``known`` is what was looked up for them."""

    conversation: Conversation
    text: str
    known: Mapping[str, Prepared] = field(default_factory=dict)

    @property
    def business(self) -> str:
        return self.conversation.business_name

    @property
    def outbound(self) -> bool:
        return self.conversation.direction == "outbound"

    @property
    def last_line(self) -> str:
        return self.conversation.last_agent_line()

    @property
    def wish(self) -> Wish:
        return find_wish(self.text)

    def was_asked(self, question: str) -> bool:
        """Whether the agent's last line ended with this question."""
        return self.last_line.endswith(question)

    def said_before(self, sentence: str) -> bool:
        """Whether the agent has said this at any time in the call."""
        return any(sentence in line for line in self.conversation.agent_lines())

    def with_text(self, text: str) -> "Turn":
        return Turn(self.conversation, text, self.known)

    def find(self, *questions: str) -> Answer | None:
        """What the documents say to the first of these that they answer, or else the facts."""
        for question in questions:
            if passages := self.passages(question):
                return Answer("", quoted=passages)
        facts = map(finder_for(self.conversation.facts).find, questions)
        return next((Answer(fact) for fact in facts if fact), None)

    def passages(self, question: str) -> tuple[Sentence, ...]:
        """The documents' sentences on this; none where there are no documents."""
        if self.conversation.knowledge is None:
            return ()
        if question not in self.known:
            raise _NotLookedUp(question)
        return self.known[question].sentences


Rule = Callable[[Turn], Answer | None]


def answer_for(
    conversation: Conversation, caller_text: str, known: Mapping[str, Prepared] | None = None
) -> Answer | LookUp:
    """What to say to this, which is never empty; or what must be ``known`` first."""
    try:
        return _answer(Turn(conversation, caller_text, known or {}))
    except _NotLookedUp as missing:
        return LookUp(missing.question)


def _answer(turn: Turn) -> Answer:
    if not caller.says_goodbye(turn.text):
        return _first_answer(turn) or _not_understood(turn)
    rest = turn.with_text(caller.without_goodbye(turn.text))
    answer = _short_reply(rest) if caller.is_only_filler(rest.text) else _first_answer(rest)
    return _then_goodbye(turn, answer)


def _first_answer(turn: Turn) -> Answer | None:
    return next((answer for rule in RULES if (answer := rule(turn))), None)


def _short_reply(turn: Turn) -> Answer | None:
    """What a “yes” or “no” before a goodbye settles; more is not wanted then."""
    return None if turn.was_asked(ANYTHING_ELSE) else _reply_to_our_question(turn)


def _then_goodbye(turn: Turn, answer: Answer | None) -> Answer:
    if answer is None:
        return _farewell(turn)
    if answer.ending:
        return answer
    statements = [each for each in answer.sentences if not each.text.endswith("?")]
    return Answer(_farewell(turn).text, "goodbye", tuple(statements))


def _farewell(turn: Turn, ending: str = "goodbye") -> Answer:
    welcome = "You are welcome. " if caller.thanks(turn.text) and not turn.outbound else ""
    thanks = (
        "Thank you for your time." if turn.outbound else f"Thank you for calling {turn.business}."
    )
    return Answer(f"{welcome}{thanks} {GOODBYE}", ending)


# ---------------------------------------------------------------- what comes before everything


def _voicemail(turn: Turn) -> Answer | None:
    heard = caller.is_voicemail if turn.outbound else caller.is_surely_voicemail
    if not heard(turn.text):
        return None
    return Answer(
        f"Hello, this is the automated assistant of {turn.business}. "
        "I am sorry that I missed you. You are welcome to call us back when it suits you. "
        f"{GOODBYE}",
        "voicemail",
    )


def _no_more_calls(turn: Turn) -> Answer | None:
    if not caller.wants_no_more_calls(turn.text):
        return None
    return Answer(
        "I understand. I have noted that you do not want to be called again. "
        f"I am sorry for the trouble. {GOODBYE}",
        "opt_out",
    )


def _wrong_number(turn: Turn) -> Answer | None:
    if not caller.has_wrong_number(turn.text):
        return None
    return Answer(f"I am sorry for the mistake. {GOODBYE}", "wrong_number")


def _who_speaks(turn: Turn) -> Answer | None:
    if not caller.asks_who_speaks(turn.text):
        return None
    return Answer(
        f"I am the automated assistant of {turn.business}, not a person. "
        "If you would rather talk to somebody, say so and I will note it."
    )


def _person(turn: Turn) -> Answer | None:
    if not caller.wants_person(turn.text):
        return None
    if turn.said_before(NO_TRANSFER):
        return Answer(
            "I hear you, and I am sorry that I am only a machine. "
            "Your request stands: a person should call you back as soon as possible."
        )
    return Answer(f"I understand. {NO_TRANSFER} {PERSON_NOTED} {WHAT_SHOULD_THEY_KNOW}")


# ---------------------------------------------------------------- answers to our own questions


def _reply_to_our_question(turn: Turn) -> Answer | None:
    for question, rule in REPLIES.items():
        if turn.was_asked(question):
            return rule(turn)
    return _about_a_minute(turn) if caller.is_asked_for_time(turn.last_line) else None


def _about_request(turn: Turn) -> Answer | None:
    if turn.wish:
        return _read_back(turn.wish)
    if caller.says_yes(turn.text):
        return Answer(
            f"Thank you. Your request for {_requested(turn.last_line)} is noted, "
            f"and a colleague should get in touch to confirm it. {ANYTHING_ELSE}"
        )
    return Answer(f"All right. {WHICH_TIME}") if caller.says_no(turn.text) else None


def _about_time(turn: Turn) -> Answer | None:
    if turn.wish:
        return _read_back(turn.wish)
    return Answer(f"No problem. {ANYTHING_ELSE}") if caller.says_no(turn.text) else None


def _about_call_back(turn: Turn) -> Answer | None:
    if caller.says_yes(turn.text):
        return Answer(f"Thank you. {PERSON_NOTED} {ANYTHING_ELSE}")
    return Answer(f"All right. {ANYTHING_ELSE}") if caller.says_no(turn.text) else None


def _about_note(turn: Turn) -> Answer | None:
    if caller.says_no(turn.text) and caller.is_only_filler(turn.text):
        return Answer(f"All right. {ANYTHING_ELSE}")
    if caller.is_question(turn.text) or caller.complains(turn.text):
        return None
    return Answer(f"Thank you, that is noted as well. {ANYTHING_ELSE}")


def _about_anything_else(turn: Turn) -> Answer | None:
    if not caller.is_only_filler(turn.text):
        return None
    if caller.says_no(turn.text):
        return _farewell(turn)
    return Answer("Go ahead, I am listening.") if caller.says_yes(turn.text) else None


def _about_a_minute(turn: Turn) -> Answer | None:
    if caller.says_no(turn.text):
        return Answer(f"Then I will not keep you. {GOODBYE}", "no_time")
    return _qualify(turn) if caller.says_yes(turn.text) else None


REPLIES: dict[str, Rule] = {
    IS_THAT_RIGHT: _about_request,
    WHICH_TIME: _about_time,
    CALL_BACK_OFFER: _about_call_back,
    WHAT_SHOULD_THEY_KNOW: _about_note,
    ANYTHING_ELSE: _about_anything_else,
}


# ---------------------------------------------------------------- what callers bring up


def _complaint(turn: Turn) -> Answer | None:
    if not caller.complains(turn.text):
        return None
    if turn.said_before(SORRY):
        return Answer(
            "You have every reason to be upset, and I am sorry. "
            "I cannot put this right myself, but people can. "
            f"{PERSON_NOTED} {WHAT_SHOULD_THEY_KNOW}"
        )
    return Answer(f"{SORRY} That is not how it should be, and I have noted it. {CALL_BACK_OFFER}")


def _appointment(turn: Turn) -> Answer | None:
    wish, text = turn.wish, turn.text
    if wish.day and (caller.asks_for_appointment(text) or caller.accepts_time(text)):
        return _read_back(wish)
    return None


def _appointment_without_day(turn: Turn) -> Answer | None:
    if not caller.asks_for_appointment(turn.text):
        return None
    return Answer(f"I can put down a request for an appointment. {WHICH_TIME}")


def _read_back(wish: Wish) -> Answer:
    if not wish.day:
        return Answer(f"{wish.time[0].upper()}{wish.time[1:]}, gladly. On which day? {WHICH_TIME}")
    return Answer(
        f"{REQUEST} {wish}. A colleague has to confirm it before it is booked. {IS_THAT_RIGHT}"
    )


def _requested(line: str) -> str:
    """The day and time that an earlier line read back."""
    return line.partition(REQUEST)[2].partition(". ")[0].strip()


def _how_are_you(turn: Turn) -> Answer | None:
    if not caller.asks_how_we_are(turn.text):
        return None
    return Answer("Very well, thank you for asking. How can I help you?")


def _line_check(turn: Turn) -> Answer | None:
    if not caller.checks_the_line(turn.text):
        return None
    return Answer("Yes, I can hear you. Please go ahead.")


def _fact(turn: Turn) -> Answer | None:
    if not caller.is_question(turn.text):
        return None
    return turn.find(turn.text, *_with_question_before(turn))


def _with_question_before(turn: Turn) -> list[str]:
    """A question such as “and how much is it?” together with the one before."""
    before = turn.conversation.caller_lines()[1:2]
    words = [word.strip(".,?!") for word in turn.text.lower().split()]
    if not before or not {"it", "that", "they", "them", "this"} & set(words) or len(words) > 8:
        return []
    return [f"{before[0]} {turn.text}"]


def _unknown(turn: Turn) -> Answer | None:
    if not caller.is_question(turn.text):
        return None
    again = "I am afraid I do not know that either."
    return Answer(f"{again if DO_NOT_KNOW in turn.last_line else DO_NOT_KNOW} {CALL_BACK_OFFER}")


def _keys(turn: Turn) -> Answer | None:
    keys = caller.pressed_keys(turn.text)
    if not keys:
        return None
    if keys == "0":
        return _person(turn.with_text("I want to talk to a person."))
    return Answer(f"Thank you, I have noted {keys}. {ANYTHING_ELSE}")


def _typing(turn: Turn) -> Answer | None:
    if not caller.wants_to_type(turn.text):
        return None
    return Answer("Please type it on the keys of your phone, and I will note it.")


def _not_interested(turn: Turn) -> Answer | None:
    if not caller.is_not_interested(turn.text):
        return None
    return Answer(f"I understand, and thank you for telling me. {GOODBYE}", "not_interested")


def _waiting(turn: Turn) -> Answer | None:
    if not (caller.asks_to_wait(turn.text) and caller.is_only_filler(turn.text)):
        return None
    return Answer("Of course, I am listening.")


def _lead(turn: Turn) -> Answer | None:
    """Who tells something of themselves is asked the next question.

    On a call that we made that is whoever answers.
    """
    if not turn.outbound:
        tells = qualifying.tells_something(turn.text) or qualifying.was_asked(turn.last_line)
        return _qualify(turn) if tells else None
    if caller.is_only_filler(turn.text) and not caller.says_yes(turn.text):
        return _introduction(turn)
    return _qualify(turn)


def _name(turn: Turn) -> Answer | None:
    name = caller.given_name(turn.text)
    return Answer(f"Thank you, {name}. How can I help you?") if name else None


def _introduction(turn: Turn) -> Answer:
    if turn.business in turn.last_line:
        return Answer(f"Hello. {HAVE_A_MINUTE}")
    return Answer(f"Hello, this is the automated assistant of {turn.business}. {HAVE_A_MINUTE}")


def _qualify(turn: Turn) -> Answer:
    name = caller.given_name(turn.text)
    thanks = f"Thank you, {name}." if name else _acknowledgement(turn)
    topic = qualifying.next_topic(turn.conversation)
    if topic:
        return Answer(f"{thanks} {topic.question}")
    if not turn.said_before(WHICH_TIME):
        return Answer(f"{thanks} A visit would be the next step. {WHICH_TIME}")
    return Answer(f"{thanks} {ANYTHING_ELSE}")


def _acknowledgement(turn: Turn) -> str:
    return ACKNOWLEDGEMENTS[len(turn.conversation.agent_lines()) % len(ACKNOWLEDGEMENTS)]


def _interest(turn: Turn) -> Answer | None:
    if not caller.states_interest(turn.text):
        return None
    glad = Sentence("I am glad to help.")
    fact = finder_for(turn.conversation.facts).hint(turn.text)
    if not fact:
        return Answer(WHAT_TO_KNOW, quoted=(glad, *turn.passages(turn.text)[:1]))
    first = split_sentences(fact)[0].removeprefix("Yes, ")
    return Answer(f"{first[0].upper()}{first[1:]} {WHAT_TO_KNOW}", quoted=(glad,))


def _pleasantry(turn: Turn) -> Answer | None:
    if not caller.is_only_filler(turn.text):
        return None
    if caller.thanks(turn.text):
        return Answer(f"You are welcome. {ANYTHING_ELSE}")
    if caller.says_no(turn.text):
        return Answer(f"All right. {ANYTHING_ELSE}")
    return Answer("How can I help you?")


def _bare_subject(turn: Turn) -> Answer | None:
    return turn.find(turn.text)


def _not_understood(turn: Turn) -> Answer:
    if SAY_AGAIN in turn.last_line:
        return Answer(f"I am sorry, I still do not understand. {CALL_BACK_OFFER}")
    return Answer(f"I am sorry, I did not quite understand that. {SAY_AGAIN}")


RULES: tuple[Rule, ...] = (
    _voicemail,
    _no_more_calls,
    _wrong_number,
    _keys,
    _who_speaks,
    _person,
    _reply_to_our_question,
    _complaint,
    _appointment,
    _typing,
    _how_are_you,
    _line_check,
    _fact,
    _appointment_without_day,
    _not_interested,
    _unknown,
    _waiting,
    _lead,
    _interest,
    _name,
    _pleasantry,
    _bare_subject,
)
