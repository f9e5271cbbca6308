"""Times as the lead's own clock shows them."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leads.models import Lead
from leads.visits.scheduling import at_local
from leads.zones import zones_of
from salesdesk.lib.errors import InvalidInput


def zone_of(lead: Lead) -> ZoneInfo:
    """Where the lead's clock hangs: as noted, else by address and number, else the business's."""
    try:
        name = lead.time_zone or next(iter(zones_of(lead.phone, lead.address)), "")
        return ZoneInfo(name) if name else lead.business.tz
    except (ZoneInfoNotFoundError, ValueError):  # what was typed is no zone
        return lead.business.tz


def at_leads_clock(lead: Lead, shown: datetime) -> datetime:
    """The moment when the lead's clock shows ``shown`` (naive).

    Raises ``InvalidInput`` for a time that clocks skip in spring.
    """
    moment = at_local(shown.date(), shown.time(), zone_of(lead))
    if moment is None:
        raise InvalidInput("Clocks skip this time that night; choose another one.")
    return moment
