"""A page of a list with filters, as its query string asks for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import django_filters
from django.core.paginator import Page
from django.db.models import Model
from django.http import QueryDict

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class FilteredList(Generic[M]):
    """Subclasses say how their list is sorted unless asked otherwise, and what is no filter."""

    query: QueryDict
    filter: django_filters.FilterSet
    page: Page[M]

    default_sort: ClassVar[str]
    order_names: ClassVar[Mapping[str, str]]
    no_filters: ClassVar[Collection[str]] = ("search", "sort")

    @property
    def is_valid(self) -> bool:
        return bool(self.filter.form.is_valid())

    @property
    def filters_set(self) -> int:
        """How many filters are set, without the search."""
        names = (name for name in self.filter.filters if name not in self.no_filters)
        return sum(bool(self.query.get(name)) for name in names)

    def context(self) -> dict[str, Any]:
        sort = self.query.get("sort") or self.default_sort
        return {
            "form": self.filter.form,
            "is_valid": self.is_valid,
            "page_obj": self.page,
            "filters_set": self.filters_set,
            "is_filtered": bool(self.filters_set or self.query.get("search")),
            "query": self.query.urlencode(),
            "sort": sort,
            "sort_label": self.order_names.get(sort, "").lower(),
        }
