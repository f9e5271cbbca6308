"""When a lead may be disturbed by a cadence: the business's hours, and day where they live."""

from zoneinfo import ZoneInfo

from leads.cadences.timing import BY_DAY, Opening
from leads.models import Cadence, Lead
from leads.regions import HolidaysOf
from leads.visits.scheduling import USUAL_HOURS, WEEKDAYS
from leads.zones import zones_of
from salesdesk.businesses.models import Business

ALL_DAY = dict.fromkeys(WEEKDAYS, ("00:00", "23:59"))


def openings_of(cadence: Cadence, lead: Lead) -> list[Opening]:
    """All of which must be open. Where a lead may be in several zones, it is day in each."""
    return [office(cadence), *(Opening(zone, BY_DAY) for zone in zones_of_lead(lead))]


def zones_of_lead(lead: Lead) -> list[ZoneInfo]:
    """As noted; else all that number and address allow; else the business's."""
    names = (lead.time_zone,) if lead.time_zone else zones_of(lead.phone, lead.address)
    return [ZoneInfo(name) for name in names] or [lead.business.tz]


def office(cadence: Cadence) -> Opening:
    business: Business = cadence.business
    hours = (business.hours or USUAL_HOURS) if cadence.keeps_hours else ALL_DAY
    return Opening(business.tz, hours, HolidaysOf(cadence.region))
