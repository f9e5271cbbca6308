"""The way to the rules that read callers' words, in one place."""

from salesdesk.assistant.analysis.wishes import Wish, find_wish
from salesdesk.assistant.offline import qualifying, understanding, visits

__all__ = ["Wish", "find_wish", "qualifying", "understanding", "visits"]
