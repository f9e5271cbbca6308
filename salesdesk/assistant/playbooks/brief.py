"""The cue card that a rep sees before the call: how the playbook begins."""

from leads.models import Lead
from leads.ready.brief import Section
from salesdesk.assistant.loop.state import State
from salesdesk.assistant.playbooks.following import cue_of, spec_for

MOST_OBJECTIONS = 4


def cue_card(lead: Lead) -> Section | None:
    """The first stage, what to ask, and answers to what is objected; nothing without playbook."""
    spec = spec_for(lead.business)
    cue = cue_of(spec, State(), [])
    if cue is None:
        return None
    lines = [
        ("Goal", cue.stage.goal),
        ("Ask first", cue.next.question),
        ("A line that fits", cue.next.line),
        *((f"“{each.name}”", each.answer) for each in spec.objections[:MOST_OBJECTIONS]),
    ]
    shown = [(term, words) for term, words in lines if words]
    return Section(f"Cue card: {cue.stage.name}", shown, icon="target", is_open=True)
