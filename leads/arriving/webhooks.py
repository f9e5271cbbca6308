"""Leads that other programs send, signed with a secret that both know.

A request carries ``Salesdesk-Signature: t=<unix seconds>,v1=<hex>``, where the second is the
HMAC-SHA256 of ``<t>.<body>`` under the endpoint's secret, as Stripe's webhooks do it
(https://docs.stripe.com/webhooks#verify-manually). One that is older than five minutes is refused,
and the same signature counts once.
"""

import hashlib
import hmac
import json
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from leads.arriving.arrivals import Arrived, take_lead
from leads.arriving.paths import steps_of, values_at
from leads.arriving.values import told_of
from leads.enums import DeliveryStatus, LeadSource
from leads.models import Lead, WebhookDelivery, WebhookEndpoint
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, SalesdeskError
from salesdesk.lib.secrets import decrypt, encrypt

TOLERANCE_SECONDS = 300
LARGEST_BODY = 256 * 1024
DEEPEST = 30
KEPT = 200
"""So many deliveries of an endpoint are kept."""
SECRET_PREFIX = "whsec_"  # noqa: S105  # what ours begin with
MOST_FIELDS = 60
_SIGNATURE = re.compile(r"^t=(\d{1,12}),v1=([0-9a-f]{64})$")
USUAL_MAPPING = {
    "name": "name",
    "phone": "phone",
    "email": "email",
    "company": "company",
    "address": "address",
    "message": "message",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told, with the HTTP status."""

    status: int
    told: dict[str, Any]


class NotSigned(SalesdeskError):
    """It does not come from who knows the secret, or not now."""

    code = "not_signed"
    status = 401


# ---------------------------------------------------------------- what comes in


def sign(secret: str, body: bytes, at: int) -> str:
    """The header's value."""
    return f"t={at},v1={_digest(secret, body, at)}"


def receive(endpoint: WebhookEndpoint, body: bytes, header: str, delivery_id: str = "") -> Answer:
    """Take the lead in ``body``; every delivery stands in the endpoint's log.

    What was signed and cannot be read is kept with its body, so that the mapping can be mended and
    the delivery taken again.
    """
    try:
        signature = check_signature(endpoint, body, header, now=int(time.time()))
    except NotSigned as error:
        _log(endpoint, DeliveryStatus.REFUSED, error=error.message)
        return Answer(error.status, {"error": {"code": error.code, "message": error.message}})
    try:
        with transaction.atomic():
            delivery = _log(
                endpoint,
                DeliveryStatus.FAILED,
                signature=signature,
                delivery_id=delivery_id[:120],
                body=body.decode("utf-8", "replace").replace("\x00", ""),
            )
    except IntegrityError:
        return Answer(409, {"error": {"code": "replayed", "message": "This was sent before."}})
    return take(delivery)


def take(delivery: WebhookDelivery) -> Answer:
    """Read the delivery by the endpoint's mapping as it is now. Once taken, it stays taken."""
    endpoint = delivery.endpoint
    try:
        arrived = _take(endpoint, delivery)
    except SalesdeskError as error:
        _settle(delivery, DeliveryStatus.FAILED, None, error.message)
        return Answer(error.status, {"error": {"code": error.code, "message": error.message}})
    status = _status_of(arrived)
    _settle(delivery, status, arrived.lead, "")
    told = {"lead": arrived.lead.public_id, "status": status.value}
    return Answer(201 if arrived.is_new else 200, told)


def _take(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Arrived:
    data = parsed(delivery.body)
    values = values_at(data, endpoint.mapping)
    named = delivery.delivery_id or str(values.pop("id", ""))[:100] or f"log-{delivery.pk}"
    values.pop("id", None)
    return take_lead(
        endpoint.business,
        source=LeadSource.WEBHOOK,
        values=values,
        origin=f"webhook:{endpoint.public_id}:{named}",
        raw={"delivery": delivery.pk},
    )


def _status_of(arrived: Arrived) -> DeliveryStatus:
    if arrived.was_taken:
        return DeliveryStatus.AGAIN
    return DeliveryStatus.TAKEN if arrived.is_new else DeliveryStatus.KNOWN


def check_signature(endpoint: WebhookEndpoint, body: bytes, header: str, *, now: int) -> str:
    """The signature, if it is good. Raises :class:`NotSigned`."""
    found = _SIGNATURE.match(header.strip())
    if found is None:
        raise NotSigned("The header Salesdesk-Signature is missing, or not t=…,v1=….")
    at, signature = int(found[1]), found[2]
    if abs(now - at) > TOLERANCE_SECONDS:
        raise NotSigned("The signature is too old, or the sender's clock is wrong.")
    secrets_now = [endpoint.secret]
    if endpoint.old_secret_counts(timezone.now()):
        secrets_now.append(endpoint.old_secret)
    digests = [_digest(decrypt(each), body, at) for each in secrets_now]
    if not any(hmac.compare_digest(signature, digest) for digest in digests):
        raise NotSigned("The signature is wrong.")
    return signature


def parsed(text: str) -> Any:
    """The JSON. Raises ``InvalidInput``."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput("The body is no JSON.") from None
    if not isinstance(data, dict | list):
        raise InvalidInput("The body is no JSON object.")
    if _depth(data) > DEEPEST:
        raise InvalidInput("The JSON is nested too deeply.")
    return data


def _depth(data: Any) -> int:
    depth, layer = 0, [data]
    while layer and depth <= DEEPEST:
        depth += 1
        layer = [
            each
            for item in layer
            for each in (item.values() if isinstance(item, dict) else item)
            if isinstance(each, dict | list)
        ]
    return depth


def tried(mapping: dict[str, str], text: str) -> dict[str, Any]:
    """What a mapping makes of an example. Raises ``InvalidInput`` where nothing can be made of it.

    The id that says what is sent twice, if one is mapped, stands there as ``id``.
    """
    values = values_at(parsed(text), mapping)
    named = values.pop("id", "")
    told = told_of(values)
    if not any(told.own.get(key) for key in ("first_name", "last_name", "company", *WHO)):
        raise InvalidInput("Nothing in it says who it is.")
    return {**told.as_json(), **({"id": named} if named else {})}


WHO = ("phone", "email")


def _digest(secret: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _log(endpoint: WebhookEndpoint, status: DeliveryStatus, **values: Any) -> WebhookDelivery:
    delivery = WebhookDelivery.objects.create(endpoint=endpoint, status=status, **values)
    old = endpoint.deliveries.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 50]
    WebhookDelivery.objects.filter(pk__in=list(old)).delete()
    return delivery


def _settle(
    delivery: WebhookDelivery, status: DeliveryStatus, lead: Lead | None, error: str
) -> None:
    delivery.status, delivery.lead, delivery.error = status, lead, error[:300]
    delivery.save(update_fields=["status", "lead", "error"])


# ---------------------------------------------------------------- what people set up


def add_endpoint(business: Business, name: str) -> tuple[WebhookEndpoint, str]:
    """A new endpoint, and its secret, which is never shown again."""
    secret = _new_secret()
    endpoint = WebhookEndpoint.objects.create(
        business=business, name=name, mapping=USUAL_MAPPING, secret=encrypt(secret)
    )
    return endpoint, secret


def rotate_secret(endpoint: WebhookEndpoint) -> str:
    """A new secret, which is never shown again; the old one counts for another day."""
    secret = _new_secret()
    endpoint.old_secret, endpoint.secret = endpoint.secret, encrypt(secret)
    endpoint.rotated_at = timezone.now()
    endpoint.save(update_fields=["old_secret", "secret", "rotated_at"])
    return secret


def change_mapping(endpoint: WebhookEndpoint, mapping: dict[str, str]) -> None:
    """Raises ``InvalidInput`` for a path that is none."""
    for path in mapping.values():
        steps_of(path)
    if len(mapping) > MOST_FIELDS:
        raise InvalidInput(f"{MOST_FIELDS} fields at most.")
    endpoint.mapping = mapping
    endpoint.save(update_fields=["mapping"])


def _new_secret() -> str:
    return SECRET_PREFIX + secrets.token_urlsafe(32)
