"""Google Calendar by ``google-api-python-client``, with a service account or a refresh token.

https://developers.google.com/workspace/calendar/api/v3/reference. The description of the API comes
with the library, so that nothing is fetched before the first request.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.oauth2.credentials import Credentials
from google.oauth2.service_account import Credentials as ServiceAccount
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from leads.calendars.base import Place, Visit
from leads.outside.account import Account
from leads.outside.errors import (
    AlreadyThere,
    Gone,
    checked_address,
    malformed,
    refusal,
    too_slow,
    unreachable,
)
from leads.visits.scheduling import Span
from salesdesk.lib.errors import InvalidInput

NAME = "Google Calendar"
API_URL = "https://www.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
SCOPES = ["https://www.googleapis.com/auth/calendar"]
LIMITS = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"}
LONGEST_QUESTION = timedelta(days=60)
"""Google refuses free/busy questions about much more at once."""


class BoundedHttp(httplib2.Http):  # type: ignore[misc]  # httplib2 has no types
    """Requests to Google's two addresses only, answered in time, never redirected."""

    def __init__(self, timeout: float, allowed: tuple[str, ...]) -> None:
        super().__init__(timeout=timeout)
        self.follow_redirects = False
        self._allowed = allowed

    def request(self, uri: str, *args: Any, **given: Any) -> Any:
        if not uri.startswith(self._allowed):
            raise malformed(NAME)
        response, content = super().request(uri, *args, **given)
        if response.status == 429 or response.status >= 500:
            raise refusal(NAME, response.status)
        return response, content


class GoogleCalendar:
    """An :class:`~leads.calendars.base.OutsideCalendar` of a Google account."""

    name = NAME

    def __init__(
        self,
        account: Account,
        place: Place,
        *,
        base_url: str = API_URL,
        token_url: str = TOKEN_URL,
        allow_http: bool = False,
        timeout: float = 4.0,
    ) -> None:
        self._api_url = checked_address(NAME, base_url, allow_http=allow_http)
        self._token_url = checked_address(NAME, token_url, allow_http=allow_http)
        self._credentials = credentials_of(account.credentials, self._token_url)
        self._calendar = place.external_id
        self._timeout = timeout

    def check(self) -> None:
        if self._calendar:
            now = datetime.now(tz=UTC)
            self.busy(now, now + timedelta(hours=1))
        else:
            self._send(lambda api: api.calendarList().list(maxResults=1))

    def busy(self, since: datetime, until: datetime) -> list[Span]:
        spans: list[Span] = []
        while since < until:
            end = min(until, since + LONGEST_QUESTION)
            body = question(self._calendar, since, end)
            answer = self._send(lambda api, body=body: api.freebusy().query(body=body))
            spans += busy_in(answer, self._calendar)
            since = end
        return sorted(set(spans))

    def put(self, visit: Visit) -> str:
        body = {**event_of(visit), "id": event_id(visit.key)}
        try:
            return _id(self._send(lambda api: api.events().insert(body=body, **self._where)))
        except AlreadyThere:  # put before, and the answer was lost; or it was deleted there
            return self._patch(body["id"], visit)

    def change(self, external_id: str, visit: Visit) -> str:
        try:
            return self._patch(external_id, visit)
        except Gone:
            return self.put(visit)

    def remove(self, external_id: str) -> None:
        try:
            self._send(lambda api: api.events().delete(eventId=external_id, **self._where))
        except Gone:
            return

    def _patch(self, external_id: str, visit: Visit) -> str:
        given = {"eventId": external_id, "body": event_of(visit), **self._where}
        return _id(self._send(lambda api: api.events().patch(**given)))

    @property
    def _where(self) -> dict[str, str]:
        return {"calendarId": self._calendar, "sendUpdates": "none"}

    def _send(self, asked: Any) -> Any:
        allowed = (self._api_url + "/", self._token_url)
        http = AuthorizedHttp(self._credentials, BoundedHttp(self._timeout, allowed))
        with translated():
            api = build(
                "calendar",
                "v3",
                http=http,
                client_options={"api_endpoint": f"{self._api_url}/calendar/v3/"},
                static_discovery=True,
                cache_discovery=False,
            )
            return asked(api).execute()


# ---------------------------------------------------------------- translation


def question(calendar: str, since: datetime, until: datetime) -> dict[str, Any]:
    bounds = {"timeMin": _written(since), "timeMax": _written(until)}
    return {**bounds, "items": [{"id": calendar}]}


def busy_in(answer: Any, calendar: str) -> list[Span]:
    """The spans of a free/busy answer. Raises ``ProviderError``, also for a calendar not there."""
    try:
        told = answer["calendars"][calendar]
        if told.get("errors"):
            raise refusal(NAME, 404)
        return [(_read(span["start"]), _read(span["end"])) for span in told["busy"]]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise malformed(NAME) from error


def event_of(visit: Visit) -> dict[str, Any]:
    return {
        "summary": visit.title,
        "location": visit.address,
        "description": visit.note,
        "start": {"dateTime": _written(visit.starts)},
        "end": {"dateTime": _written(visit.ends)},
        "status": "confirmed",
        "extendedProperties": {"private": {"salesdesk": visit.key}},
    }


def event_id(key: str) -> str:
    """An id as Google allows it: letters a to v and digits."""
    return f"sd{key.encode().hex()}"


def _id(answer: Any) -> str:
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        raise malformed(NAME)
    key: str = answer["id"]
    return key


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _read(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC)


# ---------------------------------------------------------------- signing in, and errors


def credentials_of(given: Mapping[str, Any], token_url: str) -> Any:
    """Google's credentials; their token comes from ``token_url``, whatever a key file says.

    Raises ``InvalidInput`` for a key that is none.
    """
    if not given.get("service_account"):
        named = {name: str(given.get(name, "")) for name in ("client_id", "client_secret")}
        refresh = str(given.get("refresh_token", ""))
        make: Any = Credentials
        return make(None, refresh_token=refresh, token_uri=token_url, **named)
    try:
        key = json.loads(given["service_account"])
        info = {**key, "token_uri": token_url}
        account: Any = ServiceAccount
        return account.from_service_account_info(info, scopes=SCOPES)
    except (ValueError, TypeError, GoogleAuthError):
        # Without the cause: it may quote the key.
        raise InvalidInput("This is not the JSON key of a service account.") from None


@contextmanager
def translated() -> Iterator[None]:
    """What the libraries raise becomes ``ProviderError``."""
    try:
        yield
    except HttpError as error:
        raise refusal(NAME, error.resp.status, is_limit=_is_limit(error)) from error
    except RefreshError as error:
        raise refusal(NAME, 401) from error
    except GoogleAuthError as error:
        raise unreachable(NAME) from error
    except TimeoutError as error:
        raise too_slow(NAME) from error
    except (OSError, httplib2.HttpLib2Error) as error:
        raise unreachable(NAME) from error
    except ValueError as error:
        raise malformed(NAME) from error


def _is_limit(error: HttpError) -> bool:
    """https://developers.google.com/workspace/calendar/api/guides/errors"""
    details = error.error_details if isinstance(error.error_details, list) else []
    return any(isinstance(each, dict) and each.get("reason") in LIMITS for each in details)
