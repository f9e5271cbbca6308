"""TwiML being carried out on one call."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from calls.sandbox.announcements import play, say
from calls.sandbox.call import Status
from calls.sandbox.connect import connect
from calls.sandbox.dial import dial
from calls.sandbox.gather import gather
from calls.sandbox.notifications import CallError
from calls.sandbox.stage import Document, Outcome, Source, Stage
from calls.sandbox.timeline import Kind
from calls.sandbox.twiml import (
    ConnectStream,
    Dial,
    Gather,
    Hangup,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    Verb,
    read_twiml,
)

APOLOGY = "We are sorry, an application error has occurred. Goodbye."

_BEFORE_THE_ANSWER = (Reject, Pause, Redirect)


class Interpreter:
    """Runs documents until the call ends. ``run`` is cancelled when the call is taken elsewhere.

    A document that cannot be had or understood is replaced by the call's fallback once; without
    one the caller hears Twilio's apology and the call has failed.
    """

    def __init__(self, stage: Stage, *, fallback: Source | None = None) -> None:
        self._stage = stage
        self._fallback = fallback

    async def run(self, source: Source) -> Status:
        """Carry out the document and all that follow; returns how the call ends."""
        try:
            return await self._run_documents(source)
        except CallError as error:
            self._stage.call.notify(error)
            return await self._recover(error)

    async def _recover(self, error: CallError) -> Status:
        fallback, self._fallback = self._fallback, None
        if fallback is None:
            await say(self._stage, Say(APOLOGY), Document([]))
            return Status.FAILED
        extra = {"ErrorCode": str(error.problem.value), "ErrorUrl": error.url}
        return await self.run(Source(fallback.url, fallback.method, extra=extra))

    async def _run_documents(self, source: Source) -> Status:
        while True:
            outcome = await self._execute(await self._load(source))
            if isinstance(outcome, Status):
                return outcome
            source = outcome

    async def _load(self, source: Source) -> Document:
        if source.twiml:
            return Document(read_twiml(source.twiml))
        parameters = {**self._stage.call.parameters(), **source.extra}
        text = await self._stage.webhooks.twiml(source.url, source.method, parameters)
        return Document(read_twiml(text), source.url)

    async def _execute(self, document: Document) -> Source | Status:
        call = self._stage.call
        for verb in document.verbs:
            if not isinstance(verb, _BEFORE_THE_ANSWER):
                call.answer()
            call.timeline.add(Kind.VERB, verb=type(verb).__name__)
            outcome = await _HANDLERS[type(verb)](self._stage, verb, document)
            if outcome is not None:
                return outcome
        call.answer()
        return Status.COMPLETED


async def pause(stage: Stage, verb: Pause, document: Document) -> None:
    await asyncio.sleep(verb.seconds)


async def redirect(stage: Stage, verb: Redirect, document: Document) -> Source:
    return Source(document.absolute(verb.url), verb.method)


async def reject(stage: Stage, verb: Reject, document: Document) -> Status:
    """Only a call that still rings can be rejected; another one is hung up."""
    if stage.call.is_answered:
        return Status.COMPLETED
    return Status.BUSY if verb.reason == "busy" else Status.NO_ANSWER


async def hang_up(stage: Stage, verb: Hangup, document: Document) -> Status:
    return Status.COMPLETED


_HANDLERS: Mapping[type[Verb], Callable[[Stage, Any, Document], Awaitable[Outcome]]] = {
    Say: say,
    Play: play,
    Pause: pause,
    Redirect: redirect,
    Reject: reject,
    Hangup: hang_up,
    Gather: gather,
    Dial: dial,
    ConnectStream: connect,
}
