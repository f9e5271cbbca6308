"""Sentences that several rules say, and the questions by which the next turn is understood."""

ANYTHING_ELSE = "Is there anything else I can do for you?"
CALL_BACK_OFFER = "Shall I ask a colleague to call you back?"
HAVE_A_MINUTE = "Do you have a minute?"
IS_THAT_RIGHT = "Is that right?"
WHAT_SHOULD_THEY_KNOW = "Is there anything they should know before they call?"
WHAT_TO_KNOW = "What would you like to know?"
WHICH_TIME = "Which day and time would suit you?"
SAY_AGAIN = "Could you say it again?"
STILL_THERE = "Are you still there?"
HOW_CAN_I_HELP = "How can I help you?"

PERSON_NOTED = "I have asked for a person to call you back as soon as possible."
NO_TRANSFER = "I am an automated assistant and cannot put you through from here."
SORRY = "I am sorry to hear that."
DO_NOT_KNOW = "I do not know that for certain, and I would rather not guess."
DO_NOT_KNOW_EITHER = "I am afraid I do not know that either."
NOT_UNDERSTOOD = "I am sorry, I did not quite understand that."
STILL_NOT_UNDERSTOOD = "I am sorry, I still do not understand."
DOES_NOT_WORK = "I am sorry, that does not work at the moment."
GOODBYE = "Goodbye."
ACKNOWLEDGEMENTS = ("Thank you.", "Good to know.", "I see.", "All right.")


def listed(parts: list[str], word: str = "or") -> str:
    """``["a", "b", "c"]`` → “a, b or c”."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
