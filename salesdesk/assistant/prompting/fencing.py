"""Text from outside within instructions: on one line, shortened, between fences."""

import re
import unicodedata

SHORTENED = " […]"
FENCE, FENCE_END = "⟦", "⟧"


def fenced(name: str, text: str) -> str:
    """``text`` between fences; it must have been through :func:`without_fences`."""
    label = name.replace("_", " ")
    return f"{FENCE}data: {label}{FENCE_END}\n{text}\n{FENCE}end of data{FENCE_END}"


_LIKE_FENCES = str.maketrans({**dict.fromkeys("⟦〚⟬【［", "["), **dict.fromkeys("⟧〛⟭】］", "]")})


def without_fences(text: str) -> str:
    """``text`` without what could pass for a fence, and without characters that nobody sees."""
    tidy = text.translate(_LIKE_FENCES)
    if not tidy.replace("\n", " ").isprintable():
        tidy = "".join(map(_visible, tidy))
    return re.sub(r"\n{3,}", "\n\n", tidy).strip()


def _visible(character: str) -> str:
    if character in "\n ":
        return character
    category = unicodedata.category(character)
    if category in ("Zl", "Zp"):
        return "\n"
    if category == "Zs" or character in "\t\r\v\f":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def one_line(text: str) -> str:
    """``text`` without line breaks, so that it cannot pass for the line after it."""
    return " ".join(text.split())


def shortened(text: str, most: int) -> str:
    """``text``, or its first words and :data:`SHORTENED`, in ``most`` characters."""
    if len(text) <= most:
        return text
    kept = text[: max(0, most - len(SHORTENED))]
    whole_words = kept.rpartition(" ")[0] if " " in kept[-40:] else kept
    return f"{whole_words.rstrip()}{SHORTENED}"[: max(0, most)]
