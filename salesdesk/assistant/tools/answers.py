"""What tools have answered, as models read it: what comes from outside stands between fences."""

from salesdesk.assistant.enums import ToolStatus
from salesdesk.assistant.prompting.fencing import fenced, without_fences
from salesdesk.assistant.tools.running import Used

OWN_WORDS = frozenset(
    {
        "capture_fact",
        "confirm_fact",
        "end_call",
        "escalate",
        "hand_over",
        "playbook",
        "suppress",
        "write_note",
    }
)
"""Tools that answer in the product's own words, or in those of the business's playbook.

All others tell of documents, records and calendars, which somebody else has written.
"""


def as_read(used: Used) -> str:
    """The answer for a model; it cannot open or close a fence of its own.

    Why a tool was refused or failed is told in our own words.
    """
    words = without_fences(used.result.output)
    if used.use.name in OWN_WORDS or used.status != ToolStatus.OK:
        return words
    return fenced(used.use.name, words)
