"""The way to the rules that read callers' words, in one place."""

from salesdesk.assistant import qualifying, understanding
from salesdesk.assistant.wishes import Wish, find_wish

__all__ = ["Wish", "find_wish", "qualifying", "understanding"]
