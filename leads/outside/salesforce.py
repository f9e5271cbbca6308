"""Salesforce's REST API by ``simple-salesforce``, with bounds and errors of our own.

Two ways to sign in, both of a connected app: client credentials, and a JWT signed with a private
key (https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
)
from simple_salesforce.login import SalesforceLogin

from leads.outside.errors import checked_address, malformed, refusal, too_slow, unreachable
from salesdesk.lib.errors import InvalidInput

NAME = "Salesforce"
HOSTS = ".salesforce.com"
LIMITS = {"REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"}
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")

T = TypeVar("T")
Row = Mapping[str, Any]


class BoundedSession(requests.Session):
    """Requests to Salesforce only, over https, answered in time, never redirected.

    With ``base_url`` all of them go there instead.
    """

    def __init__(self, timeout: float, base_url: str) -> None:
        super().__init__()
        self._timeout = timeout
        self._base_url = base_url

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        request.url = self._address(request.url or "")
        bounds = {"timeout": self._timeout, "allow_redirects": False}
        response = super().send(request, **{**given, **bounds})
        if response.status_code == 429 or response.status_code >= 500:
            raise refusal(NAME, response.status_code)
        return response

    def _address(self, url: str) -> str:
        parts = urlsplit(url)
        if self._base_url:
            return self._base_url + parts._replace(scheme="", netloc="").geturl()
        if parts.scheme != "https" or not (parts.hostname or "").endswith(HOSTS):
            raise malformed(NAME)
        return url


class SalesforceClient:
    """One account. The token is kept until Salesforce refuses it; then one is asked for anew.

    Everything raises ``ProviderError``; a record that is not there raises :class:`Gone`.
    """

    def __init__(
        self,
        credentials: Mapping[str, Any],
        *,
        base_url: str = "",
        allow_http: bool = False,
        timeout: float = 6.0,
    ) -> None:
        address = checked_address(NAME, base_url, allow_http=allow_http) if base_url else ""
        self._login = _login_values(credentials)
        self._session = BoundedSession(timeout, address)
        self._token: tuple[str, str] | None = None

    def query(self, soql: str) -> list[Row]:
        """All rows of a SOQL query."""
        return self._do(lambda api: list(api.query_all(soql)["records"]))

    def read(self, sobject: str, key: str, columns: list[str]) -> Row:
        fields = {"fields": ",".join(columns)}
        row = self._rest("GET", f"sobjects/{sobject}/{key}", params=fields)
        if not isinstance(row, dict):
            raise malformed(NAME)
        return row

    def create(self, sobject: str, row: Row) -> str:
        """The key of the new record."""
        answer = self._rest("POST", f"sobjects/{sobject}", data=json.dumps(row))
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
            raise malformed(NAME)
        key: str = answer["id"]
        return key

    def update(
        self, sobject: str, key: str, row: Row, headers: Mapping[str, str] | None = None
    ) -> None:
        path = f"sobjects/{sobject}/{key}"
        self._rest("PATCH", path, data=json.dumps(row), headers=dict(headers or {}))

    def delete(self, sobject: str, key: str) -> None:
        self._rest("DELETE", f"sobjects/{sobject}/{key}")

    def _rest(self, method: str, path: str, **given: Any) -> Any:
        return self._do(lambda api: api.restful(path, method=method, **given))

    def _do(self, work: Callable[[Salesforce], T]) -> T:
        with translated():
            try:
                return work(self._connected())
            except SalesforceExpiredSession:
                self._token = None
                return work(self._connected())

    def _connected(self) -> Salesforce:
        self._token = self._token or self._signed_in()
        session_id, instance = self._token
        return Salesforce(session_id=session_id, instance=instance, session=self._session)

    def _signed_in(self) -> tuple[str, str]:
        try:
            token, instance = SalesforceLogin(session=self._session, **self._login)
        except (AttributeError, TypeError) as error:
            # The library does not look whether an answer has what it should have.
            raise malformed(NAME) from error
        if not token or not instance:
            raise malformed(NAME)
        return token, instance


@contextmanager
def translated() -> Iterator[None]:
    """What the library and HTTP raise becomes ``ProviderError``."""
    try:
        yield
    except SalesforceAuthenticationFailed as error:
        raise refusal(NAME, 401) from error
    except SalesforceError as error:
        raise refusal(NAME, error.status, is_limit=_is_limit(error.content)) from error
    except requests.JSONDecodeError as error:
        raise malformed(NAME) from error
    except requests.Timeout as error:
        raise too_slow(NAME) from error
    except requests.RequestException as error:
        raise unreachable(NAME) from error
    except (ValueError, LookupError, TypeError) as error:
        raise malformed(NAME) from error


def _is_limit(content: Any) -> bool:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    errors = content if isinstance(content, list) else []
    return any(isinstance(each, dict) and each.get("errorCode") in LIMITS for each in errors)


def _login_values(credentials: Mapping[str, Any]) -> dict[str, Any]:
    """What ``SalesforceLogin`` takes. Raises ``InvalidInput`` for what cannot be a sign-in."""
    domain = str(credentials.get("domain", "")).strip().lower().removesuffix(HOSTS)
    if not DOMAIN.fullmatch(domain):
        raise InvalidInput("The domain of Salesforce looks like “acme.my”.")
    values = {"domain": domain, "consumer_key": str(credentials.get("consumer_key", ""))}
    if credentials.get("private_key"):
        key = _checked_key(str(credentials["private_key"]))
        return {**values, "username": str(credentials.get("username", "")), "privatekey": key}
    return {**values, "consumer_secret": str(credentials.get("consumer_secret", ""))}


def _checked_key(pem: str) -> str:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        # Without the cause: it may quote the key.
        raise InvalidInput("This is not an RSA key in PEM without a password.") from None
    if not isinstance(key, RSAPrivateKey):
        raise InvalidInput("Salesforce takes RSA keys only.")
    return pem
