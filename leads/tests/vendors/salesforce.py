"""Salesforce: sign-in with client credentials, SOQL of a few forms, and rows."""

import base64
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Any

import jwt

from leads.tests.vendors.server import Answer, Seen, Vendor

KEY, SECRET = "consumer-key", "very-secret-consumer"
USERNAME = "desk@example.com"
CREDENTIALS = {"domain": "brightsolar.my", "consumer_key": KEY, "consumer_secret": SECRET}
PREFIXES = {"Contact": "003", "Lead": "00Q", "Opportunity": "006", "Event": "00U", "User": "005"}
DATA = re.compile(r"/services/data/v[\d.]+/(query|sobjects)/(?:(\w+)(?:/(\w+))?)?")
ATOM = re.compile(r"(\w+) (LIKE|!=|=|<|>) (.+)")
NO_SESSION = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
NOT_FOUND = [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]

Row = dict[str, Any]


@dataclass
class SalesforceServer(Vendor):
    """``rows`` by object and id; each change takes the next second of ``clock``."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {key: {} for key in PREFIXES})
    roles: list[tuple[str, str]] = field(default_factory=list)
    token: str = ""
    token_answer: Answer | None = None
    clock: datetime = datetime(2026, 11, 1, tzinfo=UTC)
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def options(self) -> dict[str, Any]:
        return {"base_url": self.url, "allow_http": True, "timeout": 5.0}

    def add(self, sobject: str, **row: Any) -> str:
        key = f"{PREFIXES[sobject]}{next(self.serial):015d}"
        self.rows[sobject][key] = {"Id": key, "IsConverted": False}
        self.change(sobject, key, **row)
        return key

    def change(self, sobject: str, key: str, **row: Any) -> None:
        self.clock += timedelta(seconds=1)
        changed = self.clock.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        self.rows[sobject][key] |= {**row, "LastModifiedDate": changed}

    def answer(self, request: Seen) -> Answer:
        if self.is_for_token(request):
            return self._sign_in(request)
        if request.headers.get("authorization") != f"Bearer {self.token}" or not self.token:
            return 401, NO_SESSION
        match = DATA.fullmatch(request.path)
        assert match, request.path
        kind, sobject, key = match.groups()
        if kind == "query":
            found = self.query(request.query["q"])
            return 200, {"totalSize": len(found), "done": True, "records": found}
        return self._on_row(request, sobject, key)

    def _sign_in(self, request: Seen) -> Answer:
        if self.token_answer is not None:
            return self.token_answer
        if "assertion" in request.form:
            return self._sign_in_by_key(request.form["assertion"])
        known = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {known}":
            return 400, {"error": "invalid_client", "error_description": f"bad {SECRET}"}
        return self._new_token()

    def _sign_in_by_key(self, assertion: str) -> Answer:
        claims = jwt.decode(assertion, options={"verify_signature": False})
        assert (claims["iss"], claims["aud"]) == (KEY, "https://login.salesforce.com")
        if claims["sub"] != USERNAME:
            return 400, {"error": "invalid_grant", "error_description": "user hasn't approved"}
        return self._new_token()

    def _new_token(self) -> Answer:
        self.token = f"token{next(self.serial)}"
        instance = "https://acme.my.salesforce.com"
        return 200, {"access_token": self.token, "instance_url": instance}

    def _on_row(self, request: Seen, sobject: str, key: str | None) -> Answer:
        if request.method == "POST":
            return 201, {"id": self.add(sobject, **request.json), "success": True, "errors": []}
        row = self.rows[sobject].get(key or "")
        if row is None or key is None:
            return 404, NOT_FOUND
        if request.method == "GET":
            return 200, {name: row.get(name) for name in request.query["fields"].split(",")}
        if request.method == "DELETE":
            del self.rows[sobject][key]
            return 204, None
        return self._patch(request, sobject, key)

    def _patch(self, request: Seen, sobject: str, key: str) -> Answer:
        since = request.headers.get("if-unmodified-since")
        changed = datetime.fromisoformat(self.rows[sobject][key]["LastModifiedDate"])
        if since and changed > parsedate_to_datetime(since):
            return 412, None
        self.change(sobject, key, **request.json)
        return 204, None

    def query(self, soql: str) -> list[Row]:
        """``SELECT a, b FROM t [WHERE x AND (y OR z)] [ORDER BY LastModifiedDate DESC] LIMIT n``"""
        head, _, tail = soql.partition(" FROM ")
        sobject, _, rest = tail.partition(" ")
        condition = re.sub(r" ?(ORDER BY|LIMIT) .*", "", rest).removeprefix("WHERE ")
        if sobject not in self.rows:
            return [{"Id": "00D000000000001"}]
        rows = [row for row in self.rows[sobject].values() if self._holds(condition, row)]
        rows.sort(key=lambda row: str(row["LastModifiedDate"]), reverse=True)
        columns = head.removeprefix("SELECT ").split(", ")
        return [{name: row.get(name) for name in columns} for row in rows]

    def _holds(self, condition: str, row: Row) -> bool:
        role = re.search(r" AND Id IN \(SELECT .* ContactId = '(\w+)'\)", condition)
        if role:
            if (row["Id"], role[1]) not in self.roles:
                return False
            condition = condition.replace(role[0], "")
        return all(self._any_holds(part, row) for part in condition.split(" AND "))

    def _any_holds(self, part: str, row: Row) -> bool:
        if not part.startswith("("):
            return atom_holds(part, row)
        return any(atom_holds(each, row) for each in part[1:-1].split(" OR "))


def atom_holds(atom: str, row: Row) -> bool:
    match = ATOM.fullmatch(atom)
    assert match, atom
    column, operator, literal = match.groups()
    value, wanted = row.get(column), _value(literal)
    if operator == "LIKE":
        return fnmatchcase(str(value or "").lower(), wanted.lower().replace("%", "*"))
    if isinstance(wanted, datetime):
        value = datetime.fromisoformat(str(value))
    if operator in "<>":
        return bool(value < wanted if operator == "<" else value > wanted)
    is_same = str(value).lower() == str(wanted).lower() if wanted is not False else not value
    return is_same == (operator == "=")


def _value(literal: str) -> Any:
    if literal.startswith("'"):
        return re.sub(r"\\(.)", r"\1", literal[1:-1])
    return (
        {"true": True, "false": False}.get(literal)
        if literal in ("true", "false")
        else (datetime.fromisoformat(literal))
    )
