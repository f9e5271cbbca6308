"""What is fixed of the reading model: all-mpnet-base-v2's design, and how a question and a text are
put to it. Reading and training (``knowledge/bench/training``) must agree on it."""

LAYERS, HEADS = 12, 12
EPSILON = 1e-5
FARTHEST = 128
"""Distances from here on are one."""
FIRST_PLACE = 2
SEPARATOR = 2

MOST_TOKENS = 116
MOST_OF_QUESTION = 42


def put_together(question: list[int], text: list[int]) -> list[int]:
    """``<s> question </s> </s> text </s>`` from the two, each between its own ``<s>`` and ``</s>``;
    cut where they are too long."""
    first = [*question[:-1][: MOST_OF_QUESTION - 1], SEPARATOR, SEPARATOR]
    return [*first, *text[1:-1][: MOST_TOKENS - len(first) - 1], text[-1]]
