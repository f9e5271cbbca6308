"""What passes between the steps of knowledge: plain values, no database.

Bytes → :class:`Element` (parsing) → :class:`Chunk` (chunking) → passages in Postgres →
:class:`Found` (search).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of a document as its author made it: a paragraph, a list item, a table.

    ``kind`` is a value of :class:`knowledge.enums.PassageKind`; a table's text has a line for each
    row, its cells separated by “ | ”. ``heading`` is the path of headings above. ``page`` counts
    from 1 and is missing where the format has no pages.
    """

    text: str
    kind: str = "text"
    heading: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document's content, with what it says about itself (empty where it says nothing).

    ``metadata`` may have ``title``, ``date`` (ISO 8601), ``vendor``, ``type``, ``version``,
    ``tags`` (list of text) and ``language``. ``is_part``: there is more than was asked for.
    """

    elements: tuple[Element, ...]
    content_type: str
    page_count: int | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """What becomes a passage. ``page`` is where it begins."""

    text: str
    kind: str = "text"
    heading: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """How a passage was found, each missing where that path did not find it.

    ``vector`` is cosine similarity (-1 to 1), ``words`` Postgres's rank, ``fused`` the sum of
    reciprocal ranks, ``rerank`` 0 to 1: how well the passage answers the question.
    """

    vector: float | None = None
    words: float | None = None
    fused: float = 0.0
    rerank: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that search found, with everything a citation needs. Ids are public ids."""

    passage_id: str
    document_id: str
    title: str
    text: str
    kind: str
    heading: tuple[str, ...]
    page: int | None
    url: str
    version: int
    version_label: str
    type: str
    vendor: str
    tags: tuple[str, ...]
    scores: Scores


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; empty means all. All given ones must hold."""

    vendor: str = ""
    type: str = ""
    tags: tuple[str, ...] = ()
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """One sentence and the passage it comes from."""

    sentence: str
    passage_id: str
    document_id: str
    title: str
    heading: tuple[str, ...]
    page: int | None
    url: str
    version: int
