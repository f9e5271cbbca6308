"""Search, and what the agent would say."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from knowledge.api.base import business_meant, checked
from knowledge.search.pipeline import answer, search
from knowledge.serializers import QuerySerializer, ResultsSerializer
from knowledge.types import Filters

DESCRIPTION = (
    "Passages of one business that fit the question best, by meaning and by words; each with "
    "how it was found, its document, page or heading, address and version."
)


class SearchView(APIView):
    @extend_schema(
        operation_id="knowledge_search",
        summary="Search",
        description=DESCRIPTION,
        parameters=[QuerySerializer],
        responses=ResultsSerializer,
    )
    def get(self, request: Request) -> Response:
        given = request.query_params
        values = {**given.dict(), "tags": [tag for tag in given.getlist("tags") if tag]}
        return Response(_results(request, checked(QuerySerializer, values)))

    @extend_schema(
        operation_id="knowledge_search_post",
        summary="Search, asked in a body",
        description=DESCRIPTION,
        request=QuerySerializer,
        responses=ResultsSerializer,
        examples=[
            OpenApiExample(
                "As on the phone",
                value={"query": "does the warranty cover the inverter", "answer": True},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        return Response(_results(request, checked(QuerySerializer, request.data)))


def _results(request: Request, values: dict[str, Any]) -> Any:
    business = business_meant(request.user, values["business"])
    filters = Filters(
        vendor=values["vendor"],
        type=values["type"],
        tags=tuple(values["tags"]),
        document_id=values["document"],
    )
    top_k, threshold = values.get("top_k"), values.get("threshold")
    query = values["query"]
    found = search(business, query, filters=filters, top_k=top_k, threshold=threshold)
    told = answer(business, query, filters=filters) if values["answer"] else None
    results = {"query": query, "results": found, "answer": told}
    return ResultsSerializer(results).data
