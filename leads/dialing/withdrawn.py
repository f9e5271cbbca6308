"""What is queued to somebody who no longer agrees to be called."""

from leads.consent import barred_ways
from leads.dialing.services import block_if_refused
from leads.enums import DialKind
from leads.models import Lead
from leads.ready.wanting import unwant_call


def take_back(lead: Lead) -> int:
    """Have the gate refuse the queued dials that the lead no longer agrees to; how many it were.

    Each gets its line in the ledger. Where nobody may call at all, no rep is asked to either.
    """
    kinds = {kind for kind in DialKind if kind.value in barred_ways(lead)}
    if DialKind.REP in kinds and lead.wanted_at is not None:
        unwant_call(lead)
    waiting = lead.dials.waiting().filter(kind__in=kinds).order_by("pk")
    return sum(block_if_refused(dial) for dial in waiting)
