"""What the agents' captured facts learn from a call."""

from calls.models import Utterance
from salesdesk.assistant.capture import facts as capture


def note_read_back(call_id: str, sequence: int) -> None:
    """Facts that the caller has heard in this line of the agent were read back."""
    if not capture.awaits_read_back(call_id):
        return
    lines = Utterance.objects.filter(call__public_id=call_id, sequence=sequence)
    for text in lines.values_list("text", flat=True):
        capture.note_read_back(call_id, text)
