"""The product's side of a benchmark: real calls, made through the services, and what they left.

Everything is in a database of its own on the configured server, so that no real data is touched.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models import Count
from twilio.request_validator import RequestValidator

from calls import services
from calls.bench.carrier import Ring
from calls.enums import CallStatus, Speaker
from calls.models import Call, MediaStream, Utterance
from knowledge.bench import starter
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import add_number, create_business
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.ids import public_id

NUMBER = "+14155550100"
READERS_NUMBER = "+14155550101"
"""Of the business that has documents to look things up in."""
CALLER = "+14155550199"
ENDED_WITHIN_SECONDS = 20.0
POLL_SECONDS = 0.05


class CallsDidNotEnd(SalesdeskError):
    """The media process has not written the end of every call in time."""


@contextmanager
def own_database() -> Iterator[str]:
    """A database with two businesses, there while the context is; its URL."""
    wrapper = cast(DatabaseWrapper, connection)
    original = str(wrapper.settings_dict["NAME"])
    wrapper.settings_dict["TEST"]["NAME"] = f"{original}_bench_{public_id()}".lower()
    wrapper.close_pool()
    name = wrapper.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        _business(NUMBER)
        starter.load(_business(READERS_NUMBER))
        yield url_of(name)
    finally:
        wrapper.creation.destroy_test_db(original, verbosity=0)


def _business(number: str) -> Business:
    business = create_business(number, prompt="You echo what you hear.", engine="realtime")
    add_number(business, number)
    return business


def url_of(database: str) -> str:
    """`DATABASE_URL` for another database of the same server."""
    return urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{quote(database)}"))


def take_calls(count: int, *, number: str, media_url: str, auth_token: str) -> list[Ring]:
    """So many inbound calls, each with a fresh media token and the handshake's signature."""
    signer = RequestValidator(auth_token)
    return [_take_call(number, media_url, signer) for _ in range(count)]


def _take_call(number: str, media_url: str, signer: RequestValidator) -> Ring:
    name = public_id()
    call = services.receive_call(sid=f"CA{name}", from_number=CALLER, to_number=number)
    url = f"{media_url}/media/{services.issue_media_token(call)}/"
    headers = {"X-Twilio-Signature": signer.compute_signature(url, {})}
    return Ring(url=url, stream_sid=f"MZ{name}", call_sid=f"CA{name}", headers=headers)


def end_calls(rings: Sequence[Ring]) -> None:
    """Wait till the media process has ended these calls' streams; complete them as the carrier.

    Raises :class:`CallsDidNotEnd`.
    """
    sids = [ring.call_sid for ring in rings]
    deadline = time.monotonic() + ENDED_WITHIN_SECONDS
    while MediaStream.objects.filter(call__sid__in=sids, ended_at=None).exists():
        if time.monotonic() > deadline:
            raise CallsDidNotEnd("The media process did not write the end of every call.")
        time.sleep(POLL_SECONDS)
    for call in Call.objects.filter(sid__in=sids):
        services.advance_call(call, CallStatus.COMPLETED)


def utterances(rings: Sequence[Ring]) -> list[tuple[int, int]]:
    """How many utterances of the agent and of the caller are stored, ring by ring."""
    spoken = Utterance.objects.filter(call__sid__in=[ring.call_sid for ring in rings])
    counts: dict[tuple[str | None, str], int] = {
        (row["call__sid"], row["speaker"]): row["count"]
        for row in spoken.values("call__sid", "speaker").annotate(count=Count("pk"))
    }

    def count(ring: Ring, speaker: Speaker) -> int:
        return counts.get((ring.call_sid, speaker), 0)

    return [(count(ring, Speaker.AGENT), count(ring, Speaker.CALLER)) for ring in rings]
