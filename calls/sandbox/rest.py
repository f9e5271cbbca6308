"""Twilio's REST API for calls and messages, as far as a product needs it.

Sources: twilio.com/docs/voice/api/call-resource and twilio.com/docs/messaging/api/message-resource.
"""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from calls.sandbox.call import API_VERSION, Call, Status
from calls.sandbox.callbacks import EVENTS, CallbackTarget
from calls.sandbox.carrier import (
    DEFAULT_RING_TIMEOUT_S,
    DEFAULT_TIME_LIMIT_S,
    Carrier,
    OutboundCall,
)
from calls.sandbox.detection import Detection
from calls.sandbox.messages import Message
from calls.sandbox.numbers import BLOCKED, NO_MOBILE, NOT_PERMITTED, NOT_ROUTABLE, to_e164
from calls.sandbox.resources import (
    Refusal,
    call_json,
    call_uri,
    calls_uri,
    message_json,
    messages_uri,
    notification_json,
    page_json,
    public_status,
)
from calls.sandbox.stage import Source

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE = 1_000
LONGEST_RING_S = 600
LONGEST_MESSAGE = 1600


@dataclass(frozen=True, slots=True)
class Form:
    """A form-encoded body; a field that was sent more than once keeps all its values."""

    fields: Mapping[str, tuple[str, ...]]

    @classmethod
    async def read(cls, request: Request) -> Self:
        fields: dict[str, tuple[str, ...]] = {}
        body = (await request.body()).decode("utf-8", errors="replace")
        for name, value in parse_qsl(body, keep_blank_values=True):
            fields[name] = (*fields.get(name, ()), value)
        return cls(fields)

    def text(self, name: str, default: str = "") -> str:
        values = self.fields.get(name)
        return values[-1] if values else default

    def all(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal():
            raise Refusal(400, 20001, f"Invalid {name}: it must be a whole number.")
        return int(value)


class RestApi:
    """The endpoints, over one carrier. Every refusal is Twilio's JSON."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def routes(self) -> Mount:
        account = f"/{API_VERSION}/Accounts/{{account_sid}}"
        return Mount(
            account,
            routes=[
                Route("/Calls.json", self._guard(self._list), methods=["GET"]),
                Route("/Calls.json", self._guard(self._create), methods=["POST"]),
                Route("/Calls/{sid}.json", self._guard(self._fetch), methods=["GET"]),
                Route("/Calls/{sid}.json", self._guard(self._update), methods=["POST"]),
                Route(
                    "/Calls/{sid}/Notifications.json",
                    self._guard(self._notifications),
                    methods=["GET"],
                ),
                Route("/Messages.json", self._guard(self._send), methods=["POST"]),
                Route("/Messages.json", self._guard(self._list_messages), methods=["GET"]),
                Route("/Messages/{sid}.json", self._guard(self._fetch_message), methods=["GET"]),
            ],
        )

    def _guard(
        self, endpoint: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Credentials first; a refusal becomes its JSON."""

        async def guarded(request: Request) -> Response:
            try:
                self._authenticate(request)
                return await endpoint(request)
            except Refusal as refusal:
                return JSONResponse(refusal.as_json(), status_code=refusal.status)

        return guarded

    def _authenticate(self, request: Request) -> None:
        expected = f"{self._carrier.account_sid}:{self._carrier.auth_token}"
        given = _basic_credentials(request.headers.get("authorization", ""))
        right_account = request.path_params["account_sid"] == self._carrier.account_sid
        if not hmac.compare_digest(given.encode(), expected.encode()) or not right_account:
            raise Refusal(401, 20003, "Authenticate")

    # ------------------------------------------------------------ endpoints

    async def _create(self, request: Request) -> Response:
        order = self._read_order(await Form.read(request))
        call = await self._carrier.place(order)
        return JSONResponse(call_json(call), status_code=201)

    async def _fetch(self, request: Request) -> Response:
        return JSONResponse(call_json(self._find(request)))

    async def _update(self, request: Request) -> Response:
        call, form = self._find(request), await Form.read(request)
        if form.text("Status"):
            _change_status(call, form.text("Status"))
        elif form.text("Twiml") or form.text("Url"):
            self._redirect(call, form)
        else:
            raise Refusal(400, 20001, "Nothing to update: give Status, Url or Twiml.")
        return JSONResponse(call_json(call))

    async def _list(self, request: Request) -> Response:
        newest_first = reversed(self._carrier.calls.values())
        query = dict(request.query_params)
        wanted = Filter.read(query)
        found = [call_json(call) for call in newest_first if wanted.takes(call)]
        return _page("calls", found, calls_uri(self._carrier.account_sid), query)

    async def _notifications(self, request: Request) -> Response:
        call = self._find(request)
        found = [notification_json(call, each) for each in reversed(call.notifications)]
        uri = f"{call_uri(call).removesuffix('.json')}/Notifications.json"
        return _page("notifications", found, uri, dict(request.query_params))

    async def _send(self, request: Request) -> Response:
        form = await Form.read(request)
        message = Message(
            account_sid=self._carrier.account_sid,
            from_=self._sender(form),
            to=_addressee(form),
            body=_body(form),
        )
        queued = message_json(message)
        self._carrier.send(message, _message_callbacks(form))
        return JSONResponse(queued, status_code=201)

    async def _fetch_message(self, request: Request) -> Response:
        message = self._carrier.messages.sent.get(request.path_params["sid"])
        if message is None:
            raise Refusal(404, 20404, f"The requested resource {request.url.path} was not found")
        return JSONResponse(message_json(message))

    async def _list_messages(self, request: Request) -> Response:
        query = dict(request.query_params)
        newest_first = reversed(self._carrier.messages.sent.values())
        to, from_ = query.get("To", ""), query.get("From", "")
        found = [
            message_json(each)
            for each in newest_first
            if to in ("", each.to) and from_ in ("", each.from_)
        ]
        return _page("messages", found, messages_uri(self._carrier.account_sid), query)

    # ------------------------------------------------------------ inside

    def _find(self, request: Request) -> Call:
        call = self._carrier.calls.get(request.path_params["sid"])
        if call is None:
            raise Refusal(404, 20404, f"The requested resource {request.url.path} was not found")
        return call

    def _redirect(self, call: Call, form: Form) -> None:
        if not call.is_answered or call.has_ended or call.is_ending:
            raise Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
        self._carrier.redirect(call, _source(form))

    def _read_order(self, form: Form) -> OutboundCall:
        fallback = form.text("FallbackUrl")
        return OutboundCall(
            to=_callee(form),
            from_=self._caller_id(form),
            source=_source(form),
            fallback=Source(fallback, _method(form, "FallbackMethod")) if fallback else None,
            callbacks=_callbacks(form),
            timeout_s=min(form.number("Timeout", DEFAULT_RING_TIMEOUT_S), LONGEST_RING_S),
            time_limit_s=form.number("TimeLimit", DEFAULT_TIME_LIMIT_S),
            detection=_detection(form),
        )

    def _caller_id(self, form: Form) -> str:
        given = form.text("From")
        if not given:
            raise Refusal(400, 21213, "No 'From' number is specified")
        number = to_e164(given)
        if number is None:
            raise Refusal(400, 21212, f"The 'From' number {given} is not a valid phone number.")
        if number not in self._carrier.numbers:
            raise Refusal(
                400,
                21210,
                f"The source phone number provided, {number}, is not yet verified for your "
                "account. You may only make calls from phone numbers that you've verified or "
                "purchased from Twilio.",
            )
        return number

    def _sender(self, form: Form) -> str:
        given = form.text("From")
        if not given:
            raise Refusal(400, 21603, "A 'From' phone number is required")
        number = to_e164(given)
        if number is None:
            raise Refusal(400, 21212, f"Invalid From Number: {given}")
        if number not in self._carrier.numbers:
            message = f"{number} is not a Twilio phone number or Short Code country mismatch"
            raise Refusal(400, 21659, message)
        return number


def _addressee(form: Form) -> str:
    given = form.text("To")
    if not given:
        raise Refusal(400, 21604, "A 'To' phone number is required.")
    number = to_e164(given)
    if number is None:
        raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {given}")
    refusals = {
        NOT_ROUTABLE: (21612, f"The 'To' phone number {number} cannot be reached by this 'From'."),
        NOT_PERMITTED: (21408, "Permission to send an SMS has not been enabled for the region."),
        BLOCKED: (21610, "Attempt to send to unsubscribed recipient"),
        NO_MOBILE: (21614, f"'To' number is not a valid mobile number: {number}"),
    }
    if number in refusals:
        code, message = refusals[number]
        raise Refusal(400, code, message)
    return number


def _body(form: Form) -> str:
    body = form.text("Body")
    if not body:
        raise Refusal(400, 21602, "Message body is required.")
    if len(body) > LONGEST_MESSAGE:
        limit = f"The concatenated message body exceeds the {LONGEST_MESSAGE} character limit"
        raise Refusal(400, 21617, limit)
    return body


def _message_callbacks(form: Form) -> CallbackTarget:
    if not form.text("StatusCallback"):
        return CallbackTarget()
    return CallbackTarget(_url(form, "StatusCallback", 21609))


def _callee(form: Form) -> str:
    given = form.text("To")
    if not given:
        raise Refusal(400, 21201, "No 'To' number is specified")
    number = to_e164(given)
    if number is None:
        message = f"The phone number you are attempting to call, {given}, is not valid."
        raise Refusal(400, 21211, message)
    refusals = {
        NOT_ROUTABLE: (21214, f"The phone number {number} cannot be reached."),
        NOT_PERMITTED: (21215, f"Account not allowed to call {number}."),
        BLOCKED: (21216, f"Calls to {number} are blocked."),
    }
    if number in refusals:
        code, message = refusals[number]
        raise Refusal(400, code, message)
    return number


def _source(form: Form) -> Source:
    if form.text("Twiml"):
        return Source(twiml=form.text("Twiml"))
    return Source(_url(form, "Url", 21205), _method(form, "Method"))


def _callbacks(form: Form) -> CallbackTarget:
    if not form.text("StatusCallback"):
        return CallbackTarget()
    events = form.all("StatusCallbackEvent") or ("completed",)
    unknown = set(events) - set(EVENTS)
    if unknown:
        raise Refusal(400, 21626, f"Invalid StatusCallbackEvent: {', '.join(sorted(unknown))}")
    url = _url(form, "StatusCallback", 21609)
    return CallbackTarget(url, _method(form, "StatusCallbackMethod"), events)


def _detection(form: Form) -> Detection | None:
    """The sandbox detects in the background only."""
    wanted = form.text("MachineDetection")
    if not wanted or wanted.lower() == "none":
        return None
    if wanted not in ("Enable", "DetectMessageEnd"):
        raise Refusal(400, 21640, "MachineDetection must be Enable or DetectMessageEnd.")
    if form.text("AsyncAmd") != "true":
        raise Refusal(400, 21640, "The sandbox detects machines with AsyncAmd only.")
    if _method(form, "AsyncAmdStatusCallbackMethod") != "POST":
        raise Refusal(400, 21209, "AsyncAmdStatusCallbackMethod must be POST.")
    url = _url(form, "AsyncAmdStatusCallback", 21609)
    return Detection(url, waits_for_end=wanted == "DetectMessageEnd")


def _url(form: Form, name: str, code: int) -> str:
    url = form.text(name)
    if not url:
        raise Refusal(400, code, f"{name} parameter is required.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refusal(400, code, f"{name} is not a valid URL: {url}")
    return url


def _method(form: Form, name: str) -> str:
    method = form.text(name, "POST").upper()
    if method not in ("POST", "GET"):
        raise Refusal(400, 21209, f"{name} must be GET or POST")
    return method


def _change_status(call: Call, wanted: str) -> None:
    """``canceled`` ends a call that has not been answered, ``completed`` any live one."""
    if wanted not in (Status.COMPLETED, Status.CANCELED):
        raise Refusal(400, 20001, f"Invalid Status: {wanted}. Use completed or canceled.")
    if call.has_ended:
        raise Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
    if not call.is_answered:
        call.end(Status.CANCELED, by="api")
    elif wanted == Status.COMPLETED:
        call.end(Status.COMPLETED, by="api")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is asked for. Days are UTC; an empty text asks for nothing."""

    to: str
    from_: str
    status: str
    parent_sid: str
    on: date | None
    since: date
    until: date

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Raises :class:`Refusal` for what is no date."""
        return cls(
            to=query.get("To", ""),
            from_=query.get("From", ""),
            status=query.get("Status", ""),
            parent_sid=query.get("ParentCallSid", ""),
            on=_day(query, "StartTime"),
            since=_day(query, "StartTime>") or date.min,
            until=_day(query, "StartTime<") or date.max,
        )

    def takes(self, call: Call) -> bool:
        started = (call.answered_at or call.created_at).date()
        return (
            self.to in ("", call.parties.to)
            and self.from_ in ("", call.parties.from_)
            and self.status in ("", public_status(call).value)
            and self.parent_sid in ("", call.parties.parent_sid)
            and self.on in (None, started)
            and self.since <= started <= self.until
        )


def _day(query: Mapping[str, str], name: str) -> date | None:
    value = query.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise Refusal(400, 20001, f"{name} must be a date: YYYY-MM-DD") from None


def _page(key: str, items: list[dict[str, object]], uri: str, query: dict[str, str]) -> Response:
    page, size = query.pop("Page", "0"), query.pop("PageSize", str(DEFAULT_PAGE_SIZE))
    query.pop("PageToken", None)
    if not page.isdecimal() or not size.isdecimal() or not 1 <= int(size) <= LARGEST_PAGE:
        raise Refusal(400, 20006, "Page and PageSize must be numbers, PageSize at most 1000.")
    return JSONResponse(page_json(key, items, uri=uri, query=query, page=int(page), size=int(size)))


def _basic_credentials(header: str) -> str:
    """``user:password``, or empty when the header holds none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
