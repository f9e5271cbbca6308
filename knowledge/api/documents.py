"""Documents and their passages."""

from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from knowledge import audit, services
from knowledge.api.base import business_meant, checked
from knowledge.filters import DocumentFilter
from knowledge.models import Document, DocumentQuerySet, Passage
from knowledge.permissions import get_document_for
from knowledge.serializers import (
    ChangeSerializer,
    CreateSerializer,
    DocumentDetailSerializer,
    DocumentSerializer,
    PassageSerializer,
    UploadSerializer,
)
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability


class DocumentListView(ListAPIView[Document]):
    """The documents of your businesses, the newest first unless sorted otherwise."""

    serializer_class = DocumentSerializer
    filterset_class = DocumentFilter
    queryset = Document.objects.none()

    def get_queryset(self) -> DocumentQuerySet:
        documents = Document.objects.where(self.request.user, Ability.VIEW_KNOWLEDGE).current()
        return documents.select_related("business", "added_by", "site")

    @extend_schema(operation_id="knowledge_list", summary="List documents")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="knowledge_create",
        summary="Write a document, or add a web page",
        request=CreateSerializer,
        responses={201: DocumentSerializer},
        examples=[
            OpenApiExample(
                "Written by hand",
                value={"title": "Opening hours", "text": "We are open from 9 to 5."},
                request_only=True,
            ),
            OpenApiExample(
                "A page", value={"url": "https://example.com/warranty"}, request_only=True
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """It is processed in the background: watch its `status`."""
        values = checked(CreateSerializer, request.data)
        business = business_meant(request.user, values.pop("business"), Ability.MANAGE_KNOWLEDGE)
        return _created(request, _add(business, values, request))


def _add(business: Any, values: dict[str, Any], request: Request) -> Document:
    """From a text or a URL; the serializer sees to it that there is just one."""
    url, text, source = values.pop("url"), values.pop("text"), values.pop("source")
    if url:
        return services.add_url(business, url, by=who(request), **values)
    return services.add_text(business, text=text, source=source, by=who(request), **values)


class UploadView(APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="knowledge_upload",
        summary="Upload a document",
        request={"multipart/form-data": UploadSerializer},
        responses={201: DocumentSerializer},
    )
    def post(self, request: Request) -> Response:
        """One file, of 25 MB at most. It is processed in the background: watch its `status`.

        A file that cannot be read becomes `failed`, with the reason in `error`; what can be told
        at once (too large, empty, of no known type) is refused (422).
        """
        values = checked(UploadSerializer, request.data)
        business = business_meant(request.user, values.pop("business"), Ability.MANAGE_KNOWLEDGE)
        file = values.pop("file")
        return _created(request, services.add_file(business, file, by=who(request), **values))


def _created(request: Request, document: Document) -> Response:
    audit.record_added(who(request), document)
    return Response(DocumentSerializer(document).data, status=status.HTTP_201_CREATED)


class DocumentView(APIView):
    @extend_schema(
        operation_id="knowledge_get", summary="One document", responses=DocumentDetailSerializer
    )
    def get(self, request: Request, document_id: str) -> Response:
        """With its status, its versions, and its text where it was written here."""
        document = get_document_for(request.user, document_id)
        return Response(DocumentDetailSerializer(document).data)

    @extend_schema(
        operation_id="knowledge_update",
        summary="Change a document",
        request=ChangeSerializer,
        responses=DocumentDetailSerializer,
    )
    def put(self, request: Request, document_id: str) -> Response:
        """Another text or way of cutting processes it anew; the old passages serve meanwhile."""
        document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
        values = checked(ChangeSerializer, request.data)
        changed = ", ".join(sorted(values))
        with transaction.atomic():
            if "text" in values:
                services.change_text(document, values.pop("text"))
            if values:
                services.edit_document(document, **values)
            audit.record_changed(who(request), document, f"changed {changed}")
        return Response(DocumentDetailSerializer(document).data)

    @extend_schema(
        operation_id="knowledge_delete", summary="Delete a document", responses={204: None}
    )
    def delete(self, request: Request, document_id: str) -> Response:
        """With its passages, versions and file, at once and for good."""
        document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
        with transaction.atomic():
            audit.record_deleted(who(request), document)
            services.delete_document(document)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReprocessView(APIView):
    @extend_schema(
        operation_id="knowledge_reprocess",
        summary="Process a document again",
        request=None,
        responses={202: DocumentSerializer},
    )
    def post(self, request: Request, document_id: str) -> Response:
        """Reads, cuts and embeds it anew; the old passages serve until that is done."""
        document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
        services.reprocess(document)
        audit.record_changed(who(request), document, "processed it again")
        return Response(DocumentSerializer(document).data, status=status.HTTP_202_ACCEPTED)


@extend_schema_view(get=extend_schema(operation_id="knowledge_passages", summary="Its passages"))
class PassageListView(ListAPIView[Passage]):
    """The passages that the document was cut into, in order."""

    serializer_class = PassageSerializer
    filter_backends = ()
    queryset = Passage.objects.none()

    def get_queryset(self) -> QuerySet[Passage]:
        document = get_document_for(self.request.user, self.kwargs["document_id"])
        passages = document.passages.order_by("position")
        lean = passages.defer("search_english", "search_simple")
        return lean.annotate(times_used=Count("uses"))
