"""The JSON of Twilio's REST API (2010-04-01): calls, messages, notifications, pages, errors.

Sources: twilio.com/docs/voice/api/call-resource and twilio.com/docs/messaging/api/message-resource.
Everything that is a number there as text is text
here; times are RFC 2822.
"""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlencode

from calls.sandbox.call import API_VERSION, Call, Direction, Status
from calls.sandbox.messages import Message
from calls.sandbox.notifications import Notification
from calls.sandbox.numbers import to_national

Json = dict[str, object]

_SUBRESOURCES = {
    "events": "Events",
    "notifications": "Notifications",
    "payments": "Payments",
    "recordings": "Recordings",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


class Refusal(Exception):
    """A request that Twilio refuses, with its documented number."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def as_json(self) -> Json:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def call_json(call: Call) -> Json:
    parties = call.parties
    uri = call_uri(call)
    own_number = parties.to if parties.direction is Direction.INBOUND else parties.from_
    return {
        "account_sid": parties.account_sid,
        "annotation": None,
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": _time(call.created_at),
        "date_updated": _time(call.ended_at or call.answered_at or call.created_at),
        "direction": parties.direction.value,
        "duration": str(call.duration_s) if call.has_ended else None,
        "end_time": _time(call.ended_at),
        "forwarded_from": None,
        "from": parties.from_,
        "from_formatted": to_national(parties.from_),
        "group_sid": None,
        "parent_call_sid": parties.parent_sid,
        "phone_number_sid": phone_number_sid(own_number),
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": _time(call.answered_at),
        "status": public_status(call).value,
        "subresource_uris": {
            name: f"{uri.removesuffix('.json')}/{path}.json" for name, path in _SUBRESOURCES.items()
        },
        "to": parties.to,
        "to_formatted": to_national(parties.to),
        "trunk_sid": None,
        "uri": uri,
    }


def notification_json(call: Call, notification: Notification) -> Json:
    at = _time(notification.at)
    return {
        "account_sid": call.parties.account_sid,
        "api_version": API_VERSION,
        "call_sid": call.sid,
        "date_created": at,
        "date_updated": at,
        "error_code": str(notification.problem.value),
        "log": "1" if notification.is_warning else "0",
        "message_date": at,
        "message_text": notification.message,
        "more_info": f"https://www.twilio.com/docs/errors/{notification.problem.value}",
        "request_method": notification.method,
        "request_url": notification.url,
        "sid": notification.sid,
        "uri": f"{call_uri(call).removesuffix('.json')}/Notifications/{notification.sid}.json",
    }


def message_json(message: Message) -> Json:
    uri = message_uri(message)
    return {
        "account_sid": message.account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _time(message.created_at),
        "date_sent": _time(message.updated_at),
        "date_updated": _time(message.updated_at),
        "direction": "inbound" if message.is_inbound else "outbound-api",
        "error_code": message.error_code,
        "error_message": None,
        "from": message.from_,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status.value,
        "subresource_uris": {"media": f"{uri.removesuffix('.json')}/Media.json"},
        "to": message.to,
        "uri": uri,
    }


def page_json(
    key: str, items: Sequence[Json], *, uri: str, query: dict[str, str], page: int, size: int
) -> Json:
    """One page of a list, with links that keep the query's filters."""
    first = page * size
    shown = items[first : first + size]

    def link(number: int) -> str:
        return f"{uri}?{urlencode({**query, 'PageSize': size, 'Page': number})}"

    return {
        key: shown,
        "end": first + len(shown) - 1 if shown else first,
        "first_page_uri": link(0),
        "next_page_uri": link(page + 1) if first + size < len(items) else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": link(page - 1) if page > 0 else None,
        "start": first,
        "uri": link(page),
    }


def calls_uri(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}/Calls.json"


def call_uri(call: Call) -> str:
    return f"/{API_VERSION}/Accounts/{call.parties.account_sid}/Calls/{call.sid}.json"


def messages_uri(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages.json"


def message_uri(message: Message) -> str:
    return f"/{API_VERSION}/Accounts/{message.account_sid}/Messages/{message.sid}.json"


def public_status(call: Call) -> Status:
    """``initiated`` is a callback's word only."""
    return Status.QUEUED if call.status is Status.INITIATED else call.status


def phone_number_sid(number: str) -> str:
    """A name for a number that stays the same."""
    return f"PN{number.lstrip('+'):0>32}"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)
