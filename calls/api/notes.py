"""Notes about a call."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls import notes
from calls.api.base import checked, shown_call
from calls.api.filters import NoteFilter
from calls.models import CallNote
from calls.permissions import get_call_for, get_note_for
from calls.serializers import CallNoteSerializer, NoteSerializer
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability


class NoteListView(ListAPIView[CallNote]):
    """The notes of a call, the newest first."""

    serializer_class = CallNoteSerializer
    filterset_class = NoteFilter
    queryset = CallNote.objects.none()

    def get_queryset(self) -> QuerySet[CallNote]:
        return shown_call(self).notes.select_related("author")

    @extend_schema(operation_id="notes_list", summary="List notes")
    def get(self, request: Request, call_id: str) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="notes_create",
        summary="Write a note",
        request=NoteSerializer,
        responses={201: CallNoteSerializer},
    )
    def post(self, request: Request, call_id: str) -> Response:
        """For everybody of the business but auditors."""
        call = get_call_for(request.user, call_id, Ability.WRITE_NOTES)
        note = notes.add_note(call, author=who(request), **checked(NoteSerializer, request))
        return Response(CallNoteSerializer(note).data, status=status.HTTP_201_CREATED)


class NoteView(APIView):
    @extend_schema(operation_id="notes_get", summary="One note", responses=CallNoteSerializer)
    def get(self, request: Request, call_id: str, note_id: str) -> Response:
        """A note of the call."""
        return Response(CallNoteSerializer(get_note_for(request.user, call_id, note_id)).data)

    @extend_schema(
        operation_id="notes_update",
        summary="Rewrite a note",
        request=NoteSerializer,
        responses=CallNoteSerializer,
    )
    def put(self, request: Request, call_id: str, note_id: str) -> Response:
        """For its author and for managers. What is left out goes back to its default."""
        note = get_note_for(request.user, call_id, note_id, to_change=True)
        edited = notes.edit_note(note, **checked(NoteSerializer, request))
        return Response(CallNoteSerializer(edited).data)

    @extend_schema(operation_id="notes_delete", summary="Delete a note", responses={204: None})
    def delete(self, request: Request, call_id: str, note_id: str) -> Response:
        """For its author and for managers; there is no way back."""
        notes.delete_note(get_note_for(request.user, call_id, note_id, to_change=True))
        return Response(status=status.HTTP_204_NO_CONTENT)
