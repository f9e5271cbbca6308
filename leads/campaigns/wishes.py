"""What a campaign wants of the calls that it asked for."""

from dataclasses import dataclass

from leads.enums import DialOrigin
from leads.models import Campaign, Dial


@dataclass(frozen=True, slots=True)
class Wishes:
    """``caller``: the number to call from; ``greeting``: the agent's first words; ``purpose``: why
    it calls, in a sentence. What is empty is left to the business's own settings."""

    caller: str = ""
    greeting: str = ""
    purpose: str = ""


NONE = Wishes()


def wishes_of(dial: Dial) -> Wishes:
    """Nothing special for a dial that no campaign asked for."""
    if dial.origin != DialOrigin.CAMPAIGN:
        return NONE
    known = Campaign.objects.filter(business=dial.business_id, public_id=dial.origin_id)
    campaign = known.select_related("caller").first()
    if campaign is None:
        return NONE
    caller = campaign.caller
    is_usable = caller is not None and caller.is_active and caller.business_id == dial.business_id
    number = caller.number if caller is not None and is_usable else ""
    return Wishes(number, campaign.greeting, campaign.purpose)
