"""What an answering machine is told."""

import re

from calls.models import Call
from calls.services import DECISION
from leads.dialing import services as dialing
from leads.enums import MachineAction
from leads.gate.reading import rules_of
from salesdesk.lib.phone import for_people


def message_for(call: Call) -> str:
    """The business's message for whom this call is to; empty where none is to be left.

    The gate asked for their consent to an AI voice when it was dialled: a message is one, too.
    """
    if call.is_inbound or call.business is None:
        return ""
    rules = rules_of(call.business)
    if rules.on_machine != MachineAction.LEAVE_MESSAGE:
        return ""
    return _filled(
        rules.machine_message,
        name=_first_name(call),
        business=call.business.name,
        phone=spoken(call.from_number),
    )


def carrier_tells_beep(call: Call) -> bool:
    """Whether the carrier was asked to say when a machine begins to record."""
    if call.is_inbound or call.business is None:
        return False
    rules = rules_of(call.business)
    return rules.detects_machines and rules.on_machine == MachineAction.LEAVE_MESSAGE


def spoken(number: str) -> str:
    """Digit by digit, with a pause between the groups: “4 1 5, 5 5 5, 0 1 0 0”."""
    groups = re.findall(r"\d+", for_people(number).removeprefix("+1 "))
    return ", ".join(" ".join(group) for group in groups)


def _first_name(call: Call) -> str:
    dial = dialing.dial_of_decision(call.metadata.get(DECISION, ""))
    return dial.lead.first_name if dial is not None and dial.lead is not None else ""


def _filled(text: str, **values: str) -> str:
    """Values are put in as they are; where one is missing no gap is left before a comma."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return re.sub(r"\s+([,.!?])", r"\1", " ".join(text.split()))
