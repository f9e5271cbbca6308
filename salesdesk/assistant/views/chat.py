"""The chat pages: asking the assistant in writing, and watching it answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from salesdesk.accounts.enums import Ability
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.forms.chat import FeedbackForm, MessageForm, NewThreadForm
from salesdesk.assistant.loop.warming import get_ready_to_answer
from salesdesk.assistant.models import Message, Thread
from salesdesk.assistant.permissions import (
    businesses_where,
    get_message_for,
    get_thread_for,
    require_using,
)
from salesdesk.assistant.views.base import go_to, who
from salesdesk.assistant.writing import answering, threads
from salesdesk.assistant.writing import pages as chat_pages
from salesdesk.assistant.writing.pages import ThreadView
from salesdesk.assistant.writing.text_agent import text_agent
from salesdesk.lib.background import run
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.lib.htmx import trigger, wants_partial


@require_GET
def chats(request: HttpRequest) -> HttpResponse:
    require_using(request.user)
    initial = {name: request.GET.get(name, "") for name in ("business", "lead", "text")}
    form = NewThreadForm(user=who(request), initial=initial)
    for business in businesses_where(request.user, Ability.USE_ASSISTANT)[:1]:
        get_ready_to_answer(business)
    return _chats(request, form)


@require_POST
def new_thread(request: HttpRequest) -> HttpResponse:
    require_using(request.user)
    form = NewThreadForm(request.POST, user=who(request))
    if not form.is_valid():
        return _chats(request, form, status=422)
    values = form.cleaned_data
    thread = threads.open_thread(
        values["business"], channel=Channel.CHAT, lead=values["lead"], started_by=who(request)
    )
    _answer(request, thread, values["text"])
    address = address_of(thread)
    if wants_partial(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _chats(request: HttpRequest, form: NewThreadForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "suggestions": chat_pages.SUGGESTIONS,
        **chat_pages.chat_list(who(request), request.GET),
    }
    piece = "#new" if wants_partial(request) else ""
    return render(request, f"assistant/chat/chats.html{piece}", context, status=status)


@require_GET
def thread(request: HttpRequest, thread_id: str) -> HttpResponse:
    chat = get_thread_for(request.user, thread_id)
    get_ready_to_answer(chat.business)
    return _thread(request, chat, MessageForm())


@require_POST
def ask(request: HttpRequest, thread_id: str) -> HttpResponse:
    chat = get_thread_for(request.user, thread_id, to_write=True)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _thread(request, chat, form, status=422)
    _answer(request, chat, form.cleaned_data["text"])
    if not wants_partial(request):
        return redirect(f"{address_of(chat)}#end")
    empty = render(request, "assistant/chat/thread.html#problems", {"form": MessageForm()})
    return trigger(empty, **{"message:sent": True})


def _answer(request: HttpRequest, chat: Thread, text: str) -> None:
    """While a page with a socket watches; or before a page without one is shown again."""
    agent = text_agent(chat, who(request))
    turn = threads.begin_turn(chat, text)
    if wants_partial(request):
        answering.answer_in_background(turn, agent)
    else:
        run(answering.answer_turn(turn, agent))


def _thread(
    request: HttpRequest, chat: Thread, form: MessageForm, status: int = 200
) -> HttpResponse:
    if wants_partial(request):
        return render(request, "assistant/chat/thread.html#problems", {"form": form}, status=status)
    beside = chat_pages.chats_of(who(request))[: chat_pages.MOST_BESIDE]
    context = {"form": form, "beside": beside, **ThreadView(chat, who(request)).context()}
    return render(request, "assistant/chat/thread.html", context, status=status)


@require_POST
def stop(request: HttpRequest, thread_id: str) -> HttpResponse:
    chat = get_thread_for(request.user, thread_id, to_write=True)
    answering.stop_answer(chat)
    if wants_partial(request):
        return HttpResponse(status=204)
    return redirect(f"{address_of(chat)}#end")


@require_POST
def end(request: HttpRequest, thread_id: str) -> HttpResponse:
    chat = get_thread_for(request.user, thread_id, to_write=True)
    answering.stop_answer(chat)
    if not threads.end_thread(chat):
        raise Conflict("This conversation has ended already.")
    return go_to(request, reverse("assistant:chats"), "The conversation has ended.")


@require_POST
def feedback(request: HttpRequest, message_id: str) -> HttpResponse:
    message = get_message_for(request.user, message_id)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(
            " ".join(str(error) for errors in form.errors.values() for error in errors)
        )
    given = threads.give_feedback(message, user=who(request), **form.cleaned_data)
    if not wants_partial(request):
        return redirect(f"{address_of(message.thread)}#message-{message.public_id}")
    context = {"message": _with_feedback(message, given), "may_judge": True}
    return render(request, "assistant/chat/thread.html#feedback", context)


def _with_feedback(message: Message, given: object) -> Message:
    message.own_feedback = [given]  # type: ignore[attr-defined]
    return message


def address_of(chat: Thread) -> str:
    return reverse("assistant:thread", args=[chat.public_id])
