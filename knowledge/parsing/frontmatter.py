"""What a Markdown file says about itself between two lines of ``---`` at its top."""

import datetime
import re
from typing import Any

import yaml

from knowledge.enums import DocumentType
from knowledge.parsing.text import one_line

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TEXTS = ("title", "vendor", "version", "source", "language")
_LARGEST = 20_000


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """Metadata, and the text after it; what is no front matter stays text."""
    match = _FRONT_MATTER.match(text)
    if match is None or len(match[1]) > _LARGEST:
        return {}, text
    try:
        fields = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(fields, dict):
        return {}, text
    return _metadata(fields), text[match.end() :]


def _metadata(fields: dict[Any, Any]) -> dict[str, object]:
    metadata: dict[str, object] = {
        name: one_line(str(fields[name])) for name in _TEXTS if fields.get(name)
    }
    if str(fields.get("type", "")) in DocumentType.values:
        metadata["type"] = str(fields["type"])
    if isinstance(fields.get("tags"), list):
        metadata["tags"] = [one_line(str(tag)) for tag in fields["tags"]]
    if isinstance(fields.get("date"), datetime.date):
        metadata["date"] = fields["date"].isoformat()[:10]
    return metadata
