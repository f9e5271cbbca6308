"""What is queued to somebody who no longer agrees to be called."""

from django.utils import timezone

from leads.consent import barred_ways
from leads.dialing.services import ask_gate, release_dial
from leads.enums import DialKind
from leads.models import Dial, Lead
from leads.ready.wanting import unwant_call


def take_back(lead: Lead) -> int:
    """Have the gate refuse the queued dials that the lead no longer agrees to; how many it were.

    Each gets its line in the ledger. Where nobody may call at all, no rep is asked to either.
    """
    kinds = {kind for kind in DialKind if kind.value in barred_ways(lead)}
    if DialKind.REP in kinds and lead.wanted_at is not None:
        unwant_call(lead)
    waiting = lead.dials.waiting().filter(kind__in=kinds).order_by("pk")
    return sum(_refused(dial) for dial in waiting)


def _refused(dial: Dial) -> bool:
    claimed = Dial.objects.waiting().filter(pk=dial.pk)
    if not claimed.update(claimed_at=timezone.now()):
        return False
    dial = Dial.objects.select_related("business", "lead__account", "user").get(pk=dial.pk)
    decision = ask_gate(dial)
    if decision.allowed:
        Dial.objects.filter(pk=dial.pk).update(decision=None)
        release_dial(dial)
    return not decision.allowed
