"""The sandbox's own API, under ``/sandbox/``: who rings, who answers where, what was heard.

Only JSON bodies are taken: a page in a browser cannot send those to another origin.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from calls.sandbox.call import Call
from calls.sandbox.callbacks import EVENTS, CallbackTarget
from calls.sandbox.carrier import Carrier, OwnNumber, UnknownNumber
from calls.sandbox.messages import NO_REASON
from calls.sandbox.numbers import to_e164
from calls.sandbox.resources import message_json, public_status
from calls.sandbox.scenarios import Scenario, all_scenarios
from calls.sandbox.script import AfterPause, Answer, Callee, Keys
from calls.sandbox.stage import Source
from calls.sandbox.timeline import summarise

DEFAULT_CALLER = "+12025550123"
LONGEST_TEXT = 1600

Endpoint = Callable[[Request], Awaitable[Response]]


class Rejected(Exception):
    """A request that cannot be carried out; the text says what to change."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ControlApi:
    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def routes(self) -> Mount:
        return Mount(
            "/sandbox",
            routes=[
                _route("/scenarios", self._scenarios, "GET"),
                _route("/numbers", self._list_numbers, "GET"),
                _route("/numbers", self._set_number, "PUT"),
                _route("/callees", self._set_callee, "POST"),
                _route("/calls", self._list_calls, "GET"),
                _route("/calls", self._ring, "POST"),
                _route("/calls/{sid}", self._call, "GET"),
                _route("/calls/{sid}/heard.wav", self._heard, "GET"),
                _route("/calls/{sid}/recording.wav", self._recording, "GET"),
                _route("/calls/{sid}/keys", self._press, "POST"),
                _route("/calls/{sid}/hang-up", self._hang_up, "POST"),
                _route("/messages", self._list_messages, "GET"),
                _route("/messages", self._write, "POST"),
                _route("/handsets", self._set_handset, "POST"),
            ],
        )

    # ------------------------------------------------------------ set-up

    async def _scenarios(self, request: Request) -> Response:
        scenarios = all_scenarios().values()
        return JSONResponse({"scenarios": [_scenario_json(scenario) for scenario in scenarios]})

    async def _list_numbers(self, request: Request) -> Response:
        numbers = self._carrier.numbers.items()
        return JSONResponse({"numbers": [_number_json(*item) for item in numbers]})

    async def _set_number(self, request: Request) -> Response:
        """Say what is asked when a number of the account is called."""
        number, own = read_number(await _body(request))
        self._carrier.numbers[number] = own
        return JSONResponse(_number_json(number, own))

    async def _set_callee(self, request: Request) -> Response:
        """Put somebody behind a number, or behind all others (``default``)."""
        body = await _body(request)
        callee = _read_callee(body)
        if body.get("number") == "default":
            self._carrier.default_callee = callee
        else:
            self._carrier.callees[_number(body, "number")] = callee
        return JSONResponse({"number": body["number"], "answer": callee.answer.value})

    async def _set_handset(self, request: Request) -> Response:
        """Say whether messages reach a number; ``error_code`` 0 means that they do."""
        body = await _body(request)
        code = body.get("error_code", NO_REASON)
        if not isinstance(code, int) or not 0 <= code < 100_000:
            raise Rejected(400, "“error_code” must be one of Twilio's, or 0.")
        unreachable = self._carrier.messages.unreachable
        number = _number(body, "number")
        unreachable.pop(number, None)
        if code:
            unreachable[number] = code
        return JSONResponse({"number": number, "error_code": code})

    async def _list_messages(self, request: Request) -> Response:
        newest_first = self._carrier.messages.newest_first()
        return JSONResponse({"messages": [message_json(each) for each in newest_first]})

    async def _write(self, request: Request) -> Response:
        """Somebody writes a text message to a number of the account."""
        body = await _body(request)
        text = str(body.get("text") or "")
        if not 0 < len(text) <= LONGEST_TEXT:
            raise Rejected(400, f"“text” has from 1 to {LONGEST_TEXT} characters.")
        from_ = _number(body, "from", DEFAULT_CALLER)
        try:
            message = await self._carrier.write(to=_number(body, "to"), from_=from_, body=text)
        except UnknownNumber as error:
            raise Rejected(404, str(error)) from None
        errors = [
            {"code": each.problem.value, "message": each.message} for each in message.problems
        ]
        return JSONResponse(message_json(message) | {"errors": errors}, status_code=201)

    # ------------------------------------------------------------ calls

    async def _ring(self, request: Request) -> Response:
        body = await _body(request)
        scenario = _find_scenario(body)
        from_ = _number(body, "from", DEFAULT_CALLER)
        try:
            call = await self._carrier.ring(
                to=_number(body, "to"), from_=from_, script=scenario.script
            )
        except UnknownNumber as error:
            raise Rejected(404, str(error)) from None
        return JSONResponse(_call_json(call), status_code=201)

    async def _list_calls(self, request: Request) -> Response:
        newest_first = reversed(self._carrier.calls.values())
        return JSONResponse({"calls": [_call_json(call) for call in newest_first]})

    async def _call(self, request: Request) -> Response:
        """The call with all that happened; ``after`` leaves out that many entries."""
        call = self._find(request)
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            raise Rejected(400, "“after” must be a number.")
        timeline = call.timeline.as_json()[int(after) :]
        return JSONResponse(_call_json(call) | {"timeline": timeline})

    async def _heard(self, request: Request) -> Response:
        call = self._find(request)
        if call.phone is None:
            raise Rejected(404, "This call was not answered; nothing was heard.")
        return Response(call.phone.recording.heard_wav(), media_type="audio/wav")

    async def _recording(self, request: Request) -> Response:
        call = self._find(request)
        if call.phone is None:
            raise Rejected(404, "This call was not answered; nothing was recorded.")
        return Response(call.phone.recording.stereo_wav(), media_type="audio/wav")

    async def _press(self, request: Request) -> Response:
        call, body = self._find(request), await _body(request)
        if not call.is_answered or call.has_ended:
            raise Rejected(409, "This call is not in progress.")
        try:
            keys = Keys(str(body.get("keys", "")), when=AfterPause())
        except ValueError as error:
            raise Rejected(400, f"Wrong keys: {error}.") from None
        await self._carrier.do_now(call, keys)
        return JSONResponse(_call_json(call), status_code=202)

    async def _hang_up(self, request: Request) -> Response:
        call = self._find(request)
        call.hang_up()
        return JSONResponse(_call_json(call), status_code=202)

    def _find(self, request: Request) -> Call:
        call = self._carrier.calls.get(request.path_params["sid"])
        if call is None:
            raise Rejected(404, "There is no such call.")
        return call


def read_number(body: Mapping[str, Any]) -> tuple[str, OwnNumber]:
    """A number and what is asked when it is called. Raises :class:`Rejected`."""
    events = tuple(body.get("status_callback_events") or ("completed",))
    if not set(events) <= set(EVENTS):
        raise Rejected(400, f"“status_callback_events” are {', '.join(EVENTS)}.")
    fallback = _url(body, "voice_fallback_url", needed=False)
    return _number(body, "number"), OwnNumber(
        voice=Source(_url(body, "voice_url")),
        callbacks=CallbackTarget(
            _url(body, "status_callback", needed=False), events=tuple(map(str, events))
        ),
        fallback=Source(fallback) if fallback else None,
        sms_url=_url(body, "sms_url", needed=False),
    )


def _route(path: str, endpoint: Endpoint, method: str) -> Route:
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Rejected as rejected:
            return JSONResponse({"error": str(rejected)}, status_code=rejected.status)

    return Route(path, guarded, methods=[method])


async def _body(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/json":
        raise Rejected(415, "The body must be JSON (Content-Type: application/json).")
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Rejected(400, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Rejected(400, "The body must be a JSON object.")
    return body


def _number(body: Mapping[str, Any], name: str, default: str = "") -> str:
    number = to_e164(str(body.get(name) or default))
    if number is None:
        raise Rejected(400, f"“{name}” must be a telephone number, best with its country code.")
    return number


def _url(body: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    url = str(body.get(name) or "")
    if (needed or url) and not url.startswith(("http://", "https://")):
        raise Rejected(400, f"“{name}” must be an absolute URL.")
    return url


def _find_scenario(body: Mapping[str, Any]) -> Scenario:
    scenario = all_scenarios().get(str(body.get("scenario") or ""))
    if scenario is None:
        raise Rejected(400, f"“scenario” must be one of {', '.join(sorted(all_scenarios()))}.")
    return scenario


def _read_callee(body: Mapping[str, Any]) -> Callee:
    answers = [answer.value for answer in Answer]
    answer = str(body.get("answer") or Answer.ANSWERS.value)
    if answer not in answers:
        raise Rejected(400, f"“answer” must be one of {', '.join(answers)}.")
    ring_ms = body.get("ring_ms", Callee().ring_ms)
    if not isinstance(ring_ms, int) or ring_ms < 0:
        raise Rejected(400, "“ring_ms” must be a number of milliseconds.")
    if answer != Answer.ANSWERS:
        return Callee(answer=Answer(answer), ring_ms=ring_ms)
    return Callee(_find_scenario(body).script, ring_ms=ring_ms)


def _scenario_json(scenario: Scenario) -> dict[str, object]:
    return {"name": scenario.name, "about": scenario.about, "lines": scenario.lines}


def _number_json(number: str, own: OwnNumber) -> dict[str, object]:
    return {
        "number": number,
        "voice_url": own.voice.url,
        "status_callback": own.callbacks.url,
        "status_callback_events": list(own.callbacks.events),
        "voice_fallback_url": own.fallback.url if own.fallback else "",
        "sms_url": own.sms_url,
    }


def _call_json(call: Call) -> dict[str, object]:
    return {
        "sid": call.sid,
        "parent_sid": call.parties.parent_sid,
        "from": call.parties.from_,
        "to": call.parties.to,
        "direction": call.parties.direction.value,
        "status": public_status(call).value,
        "seconds": call.duration_s,
        "summary": summarise(call.timeline).as_json(),
        "errors": [
            {"code": each.problem.value, "message": each.message} for each in call.notifications
        ],
    }
