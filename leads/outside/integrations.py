"""A business's accounts with outside services: who may be reached, with which credentials.

Credentials are stored encrypted, handed to adapters only, and never shown or logged.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from leads.calendars.base import OutsideCalendar, Place
from leads.crm.base import CRM
from leads.enums import CalendarProvider, CrmProvider
from leads.models import Calendar, Integration
from leads.outside.account import Account
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotConfigured, SalesdeskError
from salesdesk.lib.secrets import encrypt

SETS: Mapping[str, tuple[frozenset[str], ...]] = {
    CrmProvider.SALESFORCE: (
        frozenset({"domain", "consumer_key", "consumer_secret"}),
        frozenset({"domain", "consumer_key", "username", "private_key"}),
    ),
    CalendarProvider.GOOGLE: (
        frozenset({"service_account"}),
        frozenset({"client_id", "client_secret", "refresh_token"}),
    ),
}
"""What is needed to sign in, by provider; any one of the sets."""


# ---------------------------------------------------------------- accounts


@transaction.atomic
def set_credentials(
    business: Business, provider: str, credentials: Mapping[str, str]
) -> Integration:
    """Store the credentials in place of those before; nothing is known of them until tested.

    Raises ``InvalidInput`` when they are not complete, or cannot be credentials.
    """
    sealed = seal(business, provider, credentials)
    fresh = {"credentials": sealed, "checked_at": None, "error": "", "is_active": True}
    return Integration.objects.update_or_create(
        business=business, provider=provider, defaults=fresh
    )[0]


def seal(business: Business, provider: str, credentials: Mapping[str, str]) -> str:
    """The credentials encrypted. Raises ``InvalidInput`` as :func:`set_credentials` does."""
    given = {name: value.strip() for name, value in credentials.items() if value.strip()}
    if not any(set(given) == needed for needed in SETS[provider]):
        wanted = ", or ".join(_in_words(needed) for needed in SETS[provider])
        raise InvalidInput(f"Give {wanted}; nothing else.")
    sealed = encrypt(json.dumps(given))
    for kind in _kinds(provider):
        _try_to_make(kind, provider, Account(business.pk, sealed))
    return sealed


def test_connection(integration: Integration) -> Integration:
    """Ask the service for something small; when, and what was wrong, is stored."""
    try:
        _check(integration)
        integration.error = ""
    except SalesdeskError as error:
        integration.error = error.message[:300]
    integration.checked_at = timezone.now()
    integration.save(update_fields=["checked_at", "error"])
    return integration


def remove(integration: Integration) -> None:
    """Forget the account, and its credentials with it."""
    integration.delete()


def _check(integration: Integration) -> None:
    if not integration.credentials:
        raise NotConfigured("No credentials have been entered.")
    account = _account(integration)
    if integration.provider == CrmProvider.SALESFORCE:
        cast(CRM, _made("CRM_BACKENDS", integration.provider, account)).check()
    calendars = integration.business.calendars.filter(provider=integration.provider)
    places = [_place(calendar) for calendar in calendars.filter(is_active=True)]
    if not places and integration.provider == CalendarProvider.GOOGLE:
        places = [Place(0, "", integration.business.tz)]
    for place in places:
        made = _made("CALENDAR_BACKENDS", integration.provider, account, place)
        cast(OutsideCalendar, made).check()


# ---------------------------------------------------------------- what is connected


def crm_of(business: Business) -> CRM:
    """The CRM that the business has connected; else the desk itself.

    Raises ``NotConfigured`` when its credentials cannot be read.
    """
    connected = _connected(business, CrmProvider.SALESFORCE)
    if connected is None:
        return cast(CRM, _made("CRM_BACKENDS", CrmProvider.INTERNAL, Account(business.pk)))
    return cast(CRM, _made("CRM_BACKENDS", connected.provider, _account(connected)))


def outside_calendar(calendar: Calendar) -> OutsideCalendar | None:
    """Where the calendar's appointments are put besides; ``None``: nowhere.

    Raises ``NotConfigured`` when the business has no account with the provider, or it is not said
    which of its calendars is meant.
    """
    if calendar.provider == CalendarProvider.INTERNAL:
        return None
    connected = _connected(calendar.business, calendar.provider)
    if connected is None or not calendar.external_id:
        told = calendar.get_provider_display()
        raise NotConfigured(f"The calendar {calendar} is not connected with {told}.")
    made = _made("CALENDAR_BACKENDS", calendar.provider, _account(connected), _place(calendar))
    return cast(OutsideCalendar, made)


def _connected(business: Business, provider: str) -> Integration | None:
    usable = business.integrations.filter(provider=provider, is_active=True)
    return usable.exclude(credentials="").first()


def _account(integration: Integration) -> Account:
    return Account(integration.business_id, integration.credentials)


def _place(calendar: Calendar) -> Place:
    return Place(calendar.pk, calendar.external_id, calendar.business.tz)


def _kinds(provider: str) -> list[str]:
    kinds = ("CRM_BACKENDS", "CALENDAR_BACKENDS")
    return [kind for kind in kinds if provider in getattr(settings, kind)]


def _try_to_make(kind: str, provider: str, account: Account) -> None:
    place = (Place(0, "", ZoneInfo("UTC")),) if kind == "CALENDAR_BACKENDS" else ()
    _made(kind, provider, account, *place)


def _made(kind: str, provider: str, *where: Account | Place) -> Any:
    """The adapter that the setting ``kind`` names; the same one as long as nothing changes."""
    backend = getattr(settings, kind)[provider]
    return _kept(backend["BACKEND"], json.dumps(backend.get("OPTIONS", {})), where)


@lru_cache(maxsize=256)
def _kept(path: str, options: str, where: tuple[Account | Place, ...]) -> Any:
    """Kept with its token, so that not every use begins with signing in."""
    return import_string(path)(*where, **json.loads(options))


def _in_words(names: frozenset[str]) -> str:
    *others, last = sorted(name.replace("_", " ") for name in names)
    return f"{', '.join(others)} and {last}" if others else last
