"""What callers mean when they speak of appointments, recognised by pattern."""

from salesdesk.assistant.offline.understanding import says

MADE = "made"
"""The note of the appointment that was booked or moved in this conversation."""

_VISIT = r"(appointment|visit|inspection|consultation|meeting|booking|estimate|survey)s?"
asks_for_appointment = says(
    r"\b(book|schedule|arrange|reserve|set up|pencil (me|us) in|sign (me|us) up)\b",
    rf"\b(make|need|want|like|get|have) (an?|the|that|another|your|my) ((free|roof|home"
    rf"|site) )*{_VISIT}\b",
    rf"\bappointment\b|\b(for|to have) (an?|the|my|our) (\w+ )?{_VISIT}\b",
    r"\b(could|can|will|would) (you|someone|somebody|anyone|anybody) come\b"
    r"|\banything (after|before|around|at|on)\b",
    r"\b(come|stop|drop|send (someone|somebody|a \w+)) (out|by|over|around)\b",
    r"\bcome and (look|see|take|check|inspect|measure)\b|\b(take|have) a look at (my|our|the)\b",
    r"\bwhen (can|could) (you|someone|somebody) come\b|\bwhat times? (do you have|are (open"
    r"|free))\b",
    r"\b(any|next) (openings?|(free|available) (times?|slots?|dates?))\b",
    r"\b(have|got|is there) (anything|something|time|a slot|any time|room)\b.{0,20}"
    r"\b(free|open|available|next|this|tomorrow|today|on|in the|\w+day)\b",
    r"\bare you (free|available)\b",
)
_asks_for_something = says(
    r"\b(can|could|would|will|may|might|shall|need|want|like|love|please|let's|let us|what about"
    r"|how about|works?|suits?|free|available|possible|prefer|someone|somebody|anyone|anybody)\b",
    rf"\b{_VISIT}\b",
)
_is_about_something_else = says(
    r"\b(open|opened|closed?|hours|start|begin|starts|begins|install(ed|ation)?|deliver\w*|pay|due"
    r"|deadline|sign|signed|discounts?|percent|expires?|valid|offer ends|sale)\b",
    r"\b(was|were|did|didn't|had|came|called|said|told|told me|ago|last|since|yesterday|broke"
    r"|been)\b",
)


def proposes_a_day(text: str) -> bool:
    """Whether words in which a day is named ask for something on that day.

    That is an appointment, unless they speak of the past, of opening hours or of the project.
    """
    return _asks_for_something(text) and not _is_about_something_else(text)


asks_when = says(
    r"\bwhen (can|could|would|will) (you|someone|somebody)( be able to)? (come|visit|look|stop"
    r"|be here)\b",
    r"\b(earliest|soonest|next|first) (date|time|slot|appointment|visit|you have|available)\b",
    r"\bhow soon (can|could) (you|someone|somebody)\b",
)
wants_to_cancel = says(
    rf"\b(cancel|call off|scrap|delete|drop)\b.{{0,30}}\b{_VISIT}\b",
    rf"\b(cancel|call off)\b(\W*$| (it|that|this|everything|on|the whole thing|all)\b)"
    rf"|\b{_VISIT}\b.{{0,20}}\bcancell?ed\b",
    rf"\b(don't|do not|no longer) (need|want)\b.{{0,14}}\b(my|our|the|that) {_VISIT}\b",
)
wants_to_move = says(
    rf"\b{_VISIT}\b.{{0,70}}\b(make it|instead|change it|move it)\b|\bmake it .{{1,20}} instead\b",
    r"\b(hours?|minutes) (later|earlier)\b",
    r"\b(reschedule|postpone|push (it |that )?back|rebook|bring (it )?forward)\b",
    rf"\b(move|change|switch|shift)\b.{{0,24}}\b({_VISIT}|date|time|it|that)\b",
    rf"\b(another|different|other|new|later|earlier) (day|time|date|slot)\b.{{0,40}}\b{_VISIT}\b",
    rf"\b{_VISIT}\b.{{0,60}}\b(another|different|other|new|later|earlier) (day|time|date|slot)\b",
    r"\b(can't|cannot|can not|won't|not able to|unable to) (be able to )?(make it|do it"
    r"|be (there|home))\b",
    r"\bsomething('s| has)? c[ao]me up\b",
)
confirms_appointment = says(
    rf"\bconfirm(ing)?\b.{{0,24}}\b(my|our|the|tomorrow's) \w* ?{_VISIT}\b",
    rf"\b{_VISIT}\b.{{0,30}}\b(still on|stands?|confirmed)\b|\bare we still on\b|\bi'll be there\b",
)
asks_own_appointment = says(
    rf"\b(when|what (time|day|date))\b.{{0,20}}\b(my|our|the) (next )?{_VISIT}\b",
    rf"\bdo (i|we) have (an|any|a) {_VISIT}\b|\b(forgot|check|remember|find) .{{0,12}}\b(my"
    rf"|our) {_VISIT}\b",
    r"\bwhen (are|is|will) (you|he|she|they|someone|somebody|your \w+) (be )?coming\b",
    rf"\bwhen (is|was) (my|our) {_VISIT}\b|\bam i (booked|scheduled)\b",
)
accepts_time = says(
    r"\b(works?|suits?|would be (good|fine|great|ok|okay)|is (good|fine|ok|okay))\b",
    r"\b(would|will|can) (work|suit|do)\b|\bhow about\b|\bwhat about\b",
)
wants_either = says(
    r"\b(either|any|both|whichever|whatever|doesn't matter|don't mind|don't care|up to you"
    r"|you choose)\b"
)
wants_the_first = says(r"\b(first|former)\b|\bthe (earlier|earliest)( one| time)?\b")
wants_the_second = says(
    r"\b(second|latter)\b|\bthe (later|last|other)( one| time)?(?=\W|$)(?! day)"
)
accepts_booking = says(
    r"\b(book|take|do|reserve|confirm) (it|that|this)\b|\blet's do (it|that|this)\b|\bgo (ahead"
    r"|for it)\b"
    r"|\b(i'll|i will|we'll|let me) take\b|\b(that|it|this) (works|is (fine|good|perfect|great)"
    r"|suits)\b"
)
wants_any_time = says(
    r"\b(any ?time|as soon as (possible|you can)|asap|earliest (possible|you have|available)"
    r"|soonest"
    r"|first available|next available|whenever|what (times?|slots|do) (do )?you have"
    r"|when (can|could|would|are) (you|someone|somebody)|any (free|open|available))\b"
)
wants_other_time = says(
    r"\b(later|earlier|sooner|other|another|different|else|any other)\b.{0,20}"
    r"(\b(time|times|day|slot|one|that day|then)\b|\W*$)"
)
