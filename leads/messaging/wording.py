"""The words that the law and the carriers want: pure.

Sources: CTIA Messaging Principles and Best Practices (5.1); CAN-SPAM, 15 U.S.C. 7704(a)(5).
"""

REPLY_STOP = "Reply STOP to opt out."
LONGEST_QUOTE = 200


def wrote(text: str) -> str:
    """Why somebody must be left in peace who asked for it in writing."""
    return f"Wrote “{text[:LONGEST_QUOTE]}”."


def stop_text(business: str) -> str:
    """Confirms and nothing else: 47 CFR 64.1200(a)(12) allows that one message."""
    return (
        f"{business}: you have opted out and get no more calls or messages from us. "
        "Reply START if you want them again."
    )


def start_text(business: str) -> str:
    return f"{business}: you get our messages again. {REPLY_STOP} Reply HELP for help."


def help_text(business: str, phone: str) -> str:
    """``phone`` as people read it, or nothing."""
    reach = f" Call us at {phone}." if phone else ""
    return f"{business}:{reach} {REPLY_STOP} Message and data rates may apply."


def first_text(text: str, business: str) -> str:
    """An SMS to somebody who never had one: says from whom it is, and how to have no more."""
    name = "" if business.lower() in text.lower() else f" – {business}."
    line = "" if REPLY_STOP.lower() in text.lower() else f" {REPLY_STOP}"
    return f"{text.rstrip()}{name}{line}"


def advertising_mail(text: str, business: str, postal_address: str, link: str) -> str:
    """An e-mail's plain text with from whom it is, where they are, and where to have no more."""
    return f"{text.rstrip()}\n\n--\n{business}\n{postal_address}\nUnsubscribe: {link}"
