"""A call's transcript as a file."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from calls import exports
from calls.api.base import shown_call
from calls.models import Call
from calls.transcripts import TranscriptView
from salesdesk.lib.api import FileNegotiation


class TranscriptTextView(APIView):
    content_negotiation_class = FileNegotiation

    @extend_schema(
        operation_id="calls_transcript_txt",
        summary="The transcript as text",
        responses={(200, "text/plain"): OpenApiTypes.STR},
    )
    def get(self, request: Request, call_id: str) -> HttpResponse:
        """The facts of the call, then a line for each utterance."""
        call = shown_call(self)
        text = exports.transcript_txt(call, TranscriptView().lines_of(call).in_order())
        return _file(call, text, "txt", "text/plain; charset=utf-8")


class TranscriptPdfView(APIView):
    content_negotiation_class = FileNegotiation

    @extend_schema(
        operation_id="calls_transcript_pdf",
        summary="The transcript as PDF",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, call_id: str) -> HttpResponse:
        """The same on Letter pages."""
        call = shown_call(self)
        pdf = exports.transcript_pdf(call, TranscriptView().lines_of(call).in_order())
        return _file(call, pdf, "pdf", "application/pdf")


def _file(call: Call, content: str | bytes, suffix: str, content_type: str) -> HttpResponse:
    disposition = f'attachment; filename="call-{call.public_id}.{suffix}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type=content_type, headers=headers)
