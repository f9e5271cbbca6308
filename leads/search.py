"""What a search of leads finds, and how: names, company, e-mail, address, and numbers.

Words are compared by their beginnings, without accents and case. A phone number is found in any
spelling: whole, without its country code, or by its last seven or four digits.
"""

from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Lower, Right

APART = "@._+-/,;:&()#'\"!?*|<>\\"
ACCENTED = "áàâäãåéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÅÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ"
PLAIN = "aaaaaaeeeeiiiiooooouuuunc" * 2
FROM, TO = APART + ACCENTED, " " * len(APART) + PLAIN
MOST_WORDS = 8
LONGEST_WORD = 60
_SAME = str.maketrans(FROM, TO)


class _Joined(Func):
    """Texts with a space between; unlike CONCAT, it is immutable."""

    template = "(%(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = TextField()


class LeadWords(Func):
    """The words of a lead as ``tsvector``, for a generated column."""

    function = "to_tsvector"
    template = "%(function)s('simple'::regconfig, %(expressions)s)"
    output_field = SearchVectorField()

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*(expressions or (_plain_text(),)), **extra)


def _plain_text() -> Func:
    named = ("first_name", "last_name", "company", "email", "address", "phone")
    ends = (Right("phone", digits) for digits in (10, 7, 4))
    others = (_fact("callback_phone"), Right(_fact("callback_phone"), 10), _fact("other_email"))
    joined = _Joined(*map(F, named), *ends, *others)
    return Lower(
        Func(joined, Value(FROM), Value(TO), function="translate", output_field=TextField())
    )


def _fact(key: str) -> Coalesce:
    return Coalesce(KeyTextTransform(key, "facts"), Value(""), output_field=TextField())


def words_in(text: str) -> list[str]:
    """The words of a search as they are compared, eight at most."""
    words = text.translate(_SAME).lower().split()
    return [word[:LONGEST_WORD] for word in words if word.isalnum()][:MOST_WORDS]


def query_for(text: str, number: str = "") -> SearchQuery | None:
    """What finds the leads with all words of ``text``, or with the E.164 ``number``.

    ``None`` where there is nothing to be searched for.
    """
    words = " & ".join(f"'{word}':*" for word in words_in(text))
    either = [part for part in (f"({words})" if words else "", number.lstrip("+")) if part]
    if not either:
        return None
    return SearchQuery(" | ".join(either), config="simple", search_type="raw")
