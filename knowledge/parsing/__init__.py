"""Bytes to elements, whatever the format; what cannot be read is refused in a sentence."""

from knowledge.parsing.errors import Unreadable
from knowledge.parsing.parse import Progress, parse, parse_text

__all__ = ["Progress", "Unreadable", "parse", "parse_text"]
