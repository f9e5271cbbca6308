"""What a model gets to read of a conversation: the newest lines, within a budget."""

from collections.abc import Sequence

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    UserPromptPart,
)

from salesdesk.assistant.loop.conversation import Line, Role
from salesdesk.assistant.prompting.fencing import one_line, without_fences

MOST_LINES = 100
MOST_CHARACTERS = 10_000
SUMMARY_CHARACTERS = 1_500
LINE_IN_SUMMARY = 160


def lines_that_fit(
    lines: Sequence[Line], *, most: int = MOST_LINES, characters: int = MOST_CHARACTERS
) -> int:
    """From which line on they fit: the newest ``most`` that have ``characters`` in all.

    The newest line always fits, since it is what there is to answer.
    """
    first = len(lines)
    left = characters
    while first > 0 and len(lines) - first < most:
        left -= len(lines[first - 1].text)
        if left < 0 and first < len(lines):
            break
        first -= 1
    return first


def messages_of(lines: Sequence[Line]) -> list[ModelMessage]:
    """The lines as a model reads them; those of one speaker in a row are one message."""
    messages: list[ModelMessage] = []
    for role, texts in _in_turn(lines):
        text = without_fences(" ".join(texts))[:MOST_CHARACTERS]
        if role is Role.CALLER:
            messages.append(ModelRequest(parts=[UserPromptPart(text)]))
        else:
            messages.append(ModelResponse(parts=[TextPart(text)]))
    return messages


def digest(lines: Sequence[Line], before: str = "") -> str:
    """``before`` and what these lines say, shortened: the first words of each, newest kept.

    It stands for lines that no model reads any more; what was captured is kept elsewhere.
    """
    words = {Role.CALLER: "Customer", Role.AGENT: "You"}
    told = [f"{words[line.role]}: {_shortened(one_line(line.text))}" for line in lines]
    text = "\n".join([*before.splitlines(), *told])
    return text if len(text) <= SUMMARY_CHARACTERS else "…" + text[-SUMMARY_CHARACTERS + 1 :]


def _shortened(text: str) -> str:
    return text if len(text) <= LINE_IN_SUMMARY else text[: LINE_IN_SUMMARY - 1] + "…"


def _in_turn(lines: Sequence[Line]) -> list[tuple[Role, list[str]]]:
    turns: list[tuple[Role, list[str]]] = []
    for line in lines:
        if turns and turns[-1][0] is line.role:
            turns[-1][1].append(line.text)
        else:
            turns.append((line.role, [line.text]))
    return turns
