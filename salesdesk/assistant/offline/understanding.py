"""What a caller means, recognised by pattern: small questions about a piece of text.

The texts come from speech recognition on a telephone line, so punctuation is no evidence and a
word may be missing its beginning.
"""

import re
from collections.abc import Callable

_PEOPLE = (
    r"manager|human|person|people|someone|somebody|representative|rep|agent|supervisor|operator"
    r"|colleague|owner|boss|staff|advis[eo]r|technician|expert|specialist|salesman|salesperson"
)
_NEVER = (
    r"(?<!you )(?<!why )\b(don't|do not|never|not to|no need to|quit|please not|would not|wouldn't)"
)
_GOODBYE = re.compile(
    r"\b(good ?bye|bye|bye-bye)\b"
    r"|\bthat('s| is| was| will be|'ll be) (all|everything)\b(?! for)"
    r"|\bthat('s| is| was|'ll be) it(?=\W*($|thanks|thank you|then|for (now|today)|bye))"
    r"|\bhave a (nice|good|great) (day|one|evening|weekend)\b"
    r"|\btake care\b|\bso long\b|\bsee you\b|\btalk (to you )?later\b|\bhang(ing)? up\b",
    re.I,
)


def says(*alternatives: str) -> Callable[[str], bool]:
    """A test whether a text matches one of these expressions, in any case of letters."""
    pattern = re.compile("|".join(rf"(?:{alternative})" for alternative in alternatives), re.I)
    return lambda text: bool(pattern.search(text))


_asks = says(
    r"\?",
    r"\b(what|what's|how|which|where|where's|why|who|who's|whose)\b",
    r"\b(do|does|did|can|could|will|would|are|is|have) (you|i|we|it|they|there|the|your|this)\b",
    r"\btell me\b|\bwant to know\b|\blike to know\b|\bwondering\b",
)
wants_no_more_calls = says(
    r"\bdo[ -]not[ -]call[ -](list|registry|register)\b",
    rf"{_NEVER} (ever |want you to |want to be )?(be )?(call(ed)?|ring|phoned?|contact(ed)?|text"
    r"|e-?mail|bother)( (me|us|here|this number|my (house|home|wife|husband|mother|father)))?"
    r"( (again|any ?more|ever|at all))?(?=\W*$|[.,!;]| (again|any ?more|ever|or|and|please)\b)",
    r"\bif you (would not|wouldn't|didn't|did not|don't|never) (ever )?(call|contact|phone"
    r"|ring)(ed)?\b"
    r"|\b(not|never) (to )?be (called|contacted)\b",
    r"\bstop sending (me |us )?(\w+ )?(e-?mails?|texts?|messages?|stuff|things|letters|ads)\b",
    r"(?<!didn't )\bstop (calling|contacting|ringing|phoning|texting|e-?mailing|bothering)\b",
    r"\b(remove|take|delete|scratch|get) (me|us|my (number|name)|this number|our number)"
    r" (off|from|out of)\b",
    r"\b(remove|delete) my number\b|\bunsubscribe\b|\bno more (calls|e-?mails|texts|messages)\b"
    r"|\bopt(ing|ed)? (me )?out\b|\blose (this|my) number\b",
)
means_only_mail = says(r"\be-?mail(s|ing)?\b|\bnewsletters?\b|\bunsubscribe\b")
means_only_calls = says(r"\b(call(s|ing|ed)?|ring(ing)?|phon(e|ing|ed))\b")
wants_person = says(
    rf"\b(talk|speak|talking|speaking) (to|with) (a|an|the|your|some|any)?\s*(real |live )?"
    rf"({_PEOPLE})\b",
    r"\b(want|need|like|let me|can i|could i|may i) (to )?(talk|speak) (to|with) (a|the|your)\b",
    rf"\b(get|give|put|connect|transfer) (me|us)\b.{{0,24}}\b({_PEOPLE})\b",
    r"\b(a |an |real |live )(human|person)( being)?\b.*\b(please|now|call)\b",
    rf"\b(is there|have) (a |an |any |some)?(real |live )?({_PEOPLE})\b",
    r"\b(anybody|anyone|someone|somebody) (alive|real|human)\b"
    r"|\blet me (talk|speak) (to|with) (one|them|him|her|you guys)\b",
    r"\bcall (me|us) back\b|\bsomeone (to )?call\b|\bhave (someone|somebody) call\b|\bcallback\b",
)
asks_who_speaks = says(
    r"\bare you (a |an )?(real|robot|machine|bot|human|computer|ai|person|recording)\b",
    r"\bis this (a |an )?(real|robot|machine|bot|computer|ai|recording|automated)\b",
    r"\bam i (talking|speaking) (to|with) (a |an )",
    r"\bwho (is this|are you|am i)\b|\bwho's this\b|\bwhat's your name\b|\bwhat is your name\b",
)
complains = says(
    r"\b(angry|upset|furious|disappointed|frustrat\w+|unacceptable|ridiculous|terrible|awful"
    r"|pissed|outrage\w*|disgrace\w*|incompetent|livid)\b|\b(you|guys|people) are useless\b",
    r"\b(waited|waiting)\b.{0,30}\b(hours?|days?|weeks?|months?|all (day|morning))\b"
    r"|\bnever (showed|came|called|turned)\b|\bhung up on\b|\bsick of\b|\bhad enough\b",
    r"\b(charged|billed) (me |us )?(twice|double|wrong\w*|too much|again)\b|\bover-?charged\b"
    r"|\b(invoice|bill) (is|was) (wrong|too high|incorrect)\b",
    r"\b(complain\w*|complaint|fed up|worst|rip[ -]?off|scam)\b",
    r"\b(nobody|no one) (came|called|showed|turned|answered|helped)\b",
    r"\b(second|third|fourth|fifth) time\b|\bbroke down again\b|\bstill (broken|not working)\b",
)
is_not_interested = says(
    r"\b(not|no longer|isn't|aren't) (really |all that )?interested\b|\bno interest\b"
    r"|\bdon't (need|want) (any|it|that)\b|\bno need for (it|that|any)\b"
)
asks_own_records = says(
    r"\bwhat (do|did) you (have|know|got)\b.{0,24}\b(about|on|of|for) (me|us)\b|\b(my"
    r"|our) (record|file|details|data)\b"
    r"|\b(what|which) (address|number|e-?mail|name)\b.{0,16}\bhave\b.{0,16}\b(for|of|on) (me|us"
    r"|file)\b"
)
is_voicemail = says(
    r"\bvoice ?mail\b",
    r"\bleave (a|the|your|me a|us a) (short )?(message|name)\b",
    r"\b(after|at) the (tone|beep|signal)\b",
    r"\b(can't|cannot|unable to) (come to|take|answer) (the|your) (phone|call)\b",
)
is_surely_voicemail = says(
    r"\breached the (voice ?mail|mailbox)\b",
    r"\bleave (a|the|your|me a|us a) (short )?message (after|at) the\b",
)
speaks_of_own_voicemail = says(
    r"\b(i|we|you) (left|got|heard|received|had)\b.{0,30}\b(voice ?mail|message)\b"
)
has_no_time = says(
    r"\b(not|isn't|bad|wrong|terrible) (really )?(a )?(good |right |great |the best )?(time"
    r"|moment)\b"
    r"|\b(i'm|i am|we're) (busy|at work|driving|in a meeting|at dinner|just leaving|on my way)\b"
    r"|\b(can't|cannot) (really )?talk( right)?( now)?\b",
)
wants_call = says(
    r"\bneed (someone|somebody|a person|people)\b|\b(someone|somebody) (should|must|has to)\b",
    r"\b(please do|that would be|have (them|someone|somebody|him|her) call|call me"
    r"|give me a call)\b",
)
states_interest = says(
    r"\b(call|calling|phoning|asking|enquiring|inquiring|here) (you )?(about|for|regarding)\b",
    r"\binterested in\b|\bthinking (about|of)\b|\blooking (for|at|into|to)\b",
    r"\bwe (need|want)\b|\bi (need|want)\b|\b(i|we)('d| would) like\b",
)
asks_how_we_are = says(r"\bhow (are|is) (you|it going|things|your day)\b")
checks_the_line = says(r"\bcan you hear me\b|\bare you (still )?there\b|\banybody there\b")
says_yes = says(
    r"^\W*((oh|well|um|uh|ah|okay|ok|mm)\W+)*(yes|yeah|yep|yup|ya|aye|uh-huh|mhm|sure|correct"
    r"|right|exactly|absolutely"
    r"|definitely|certainly|of course|please do|(that|it)('s| is) (right|correct|perfect|great"
    r"|good)"
    r"|(that |it )?(sounds|works|would be|is) (good|great|fine|perfect|lovely)|(that|it) works"
    r"|okay|ok"
    r"|perfect|great|fine|go ahead|why not|let's do (it|that)|i do|we do|i would|speaking|it is"
    r"|book it)\b"
)
says_no = says(
    r"^\W*((oh|well|um|uh|ah|hmm)\W+)*(no(?! (problem|worries|idea))|nope|nah|not really|not now"
    r"|not today|not at the moment|never mind|i('d| would) rather not|please don't|don't|neither"
    r"|none of (them|those|these))\b"
)
thanks = says(r"\b(thanks|thank you)\b")
asks_to_wait = says(r"\b(wait|stop|hold on|one moment|just a (moment|second))\b")
wants_to_type = says(r"\b(enter|type|key in)\b.{0,20}\bnumber\b", r"\b(use|on) (the|my) keypad\b")
is_asked_for_time = says(r"\b(good|right) (moment|time)[^.?!]*\?$|\bhave a (minute|moment)\?$")
has_wrong_number = says(
    r"\bwrong (number|person|house)\b|\bmis-?dialed\b|\bdialed wrong\b",
    r"\b(no one|nobody|no \w+) (here )?(by|with|of) that name\b|\bdon't know any(one"
    r"|body)? \w+ here\b",
    r"\bisn't (this|that) [A-Z]\w+('s)? (pizza|restaurant|bank|pharmacy|office)\b",
)
asks_repeat = says(
    r"\bwhat (did|was) (you|that)( (just )?sa(y|id))?(?=\W*$)|\bwhat('s| was) that( again)?(?=\W*$)"
    r"|\b(say|repeat) (that|it|this)( (again|once more|please|one more time))*(?=\W*$)",
    r"^\W*((i'm )?sorry|pardon( me)?|excuse me|come again|huh|what|say what"
    r"|say again)( please)?\W*$",
    r"\b(didn't|did not|couldn't|can't|cannot) (quite )?(catch|hear|get|understand) (that|you|it"
    r"|what you)\b|\bone more time\b|\bsay (that )?again\b|\brepeat (that|yourself|please)\b",
)
corrects = says(
    r"\bi (meant|mean|said)\b|\bactually\b|\bcorrection\b|\bscratch that\b|\bi misspoke\b"
    r"|^\W*(no|sorry|oh no|wait)\W+(not|it's|it is|that's|make (that|it))\b"
    r"|\bnot \w+\W+(but )?\w+\W*$"
)
does_not_know = says(
    r"\b(no idea|not sure|don't know|do not know|dunno|couldn't tell|can't say|hard to say"
    r"|not certain)\b",
    r"\b(rather|prefer|'d rather|want) not (to )?(say|tell|give|share)\b|\bnone of your\b"
    r"|\bprivate\b"
    r"|\bnot (telling|giving|comfortable)\b|\bskip (that|it|this)\b|\bwhy do you (need|want)\b",
)

_FULL_NAME = re.compile(
    r"\b(?:[Tt]his is|[Mm]y (?:full )?name is|[Mm]y name's|[Nn]ame's|I am|I'm|[Ii]t's|[Cc]all me)"
    r"\s+([A-Z][\w'-]+(?:\s+(?:[A-Z]\.?|(?:de|van|von|la)\s)?\s*[A-Z][\w'-]+){0,2})"
    r"|^\W*(?:(?:[Yy]es|[Yy]eah|[Hh]i|[Hh]ello|[Hh]ey|[Ss]ure|[Oo]h)\W+)*"
    r"([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?)\s+(?:speaking|here)\b"
)
_PLAIN_QUESTION = re.compile(
    r"^\W*((and|so|but|okay|hi|hello|well|um)\W+)*(how|what|what's|which|when|where|who)\b"
    r"|\b(how much|how long|how many|how expensive)\b",
    re.I,
)
_ASKS_PRICE = re.compile(r"\bhow much\b|\bcosts?\b|\bprices?\b|\bcharge\b|\bfees?\b", re.I)
_KEYS = re.compile(r"\bI pressed ([\d a-z]+)\.")
_FILLER = re.compile(
    r"\b(thank you|thanks|okay|ok|great|perfect|fine|good|alright|all right|right|very much|so much"
    r"|a lot|wonderful|excellent|no|yes|yeah|well|oh|and|then|for your (help|time)|wait|stop"
    r"|hold on"
    r"|hello|hi|hey|good (morning|afternoon|evening)|there|sir|madam|please|um|uh|uh-huh|mhm|hmm"
    r"|(one|a) (moment|second|sec|minute)|just a (moment|second|minute)|sorry|excuse me|i see"
    r"|i understand"
    r"|(that|it)('s| is) (fine|it|ok|okay|good|great|all right)|cool|nice|super|awesome|lovely"
    r"|ha(ha)*"
    r"|forget it|never mind|sounds good|got it|no problem|cheers|whatever|none of (those|these"
    r"|them)"
    r"|neither|not really|for (that|the info|now)|good to know|appreciate (it|that)|anyway|so"
    r"|so be it|if you say so)\b",
    re.I,
)
_NOT_NAMES = frozenset(
    """Not Sorry Fine Good Calling Interested Looking Very Just Really Still So Too Happy Sure Here
    Out In At On Going Trying Wondering Thinking Having Getting Angry Done Ready Busy Afraid Glad
    Great About Only Actually Also Always Never Driving Working Okay Yes No Hello Hi Hey
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May
    June July August September October November December The A An My Your""".split()
)


def is_question(text: str) -> bool:
    """Whether an answer is wanted; “Hello?” is no question."""
    return _asks(text) and not is_only_filler(text)


def says_goodbye(text: str) -> bool:
    return bool(_GOODBYE.search(text))


def without_goodbye(text: str) -> str:
    """What is left to answer when the goodbye is taken away."""
    return _GOODBYE.sub(" ", text).strip(" .,!?")


def is_only_filler(text: str) -> bool:
    """Whether nothing is left of the text without greetings, thanks and other small words."""
    return not re.search(r"\w", _FILLER.sub(" ", text))


def given_name(text: str) -> str:
    """The first name by which the caller introduces themselves, or nothing."""
    return full_name(text).partition(" ")[0]


def pressed_keys(text: str) -> str:
    """The keys that the caller pressed on the phone, as words, or nothing."""
    match = _KEYS.search(text)
    return match.group(1) if match else ""


def full_name(text: str) -> str:
    """First and last name by which the caller introduces themselves, as far as they are given."""
    match = _FULL_NAME.search(text)
    words = (match.group(1) or match.group(2)).split() if match else []
    while words and words[-1] in _NOT_NAMES:
        words.pop()
    return "" if not words or words[0] in _NOT_NAMES else " ".join(words)


def asks_price(text: str) -> bool:
    return bool(_ASKS_PRICE.search(text))


def leaves_a_message(text: str) -> bool:
    """Whether a machine speaks, whose goodbye is no goodbye."""
    return is_surely_voicemail(text)


def is_plain_question(text: str) -> bool:
    """Whether something is asked for, rather than doubted: “how expensive …”, not “isn't it …”."""
    return bool(_PLAIN_QUESTION.search(text))
