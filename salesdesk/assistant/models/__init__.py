"""What an agent is told to be, and all that is kept of what it did."""

from salesdesk.assistant.models.capture import (
    CapturedFact,
    CaptureField,
    validate_choices,
)
from salesdesk.assistant.models.metrics import (
    Alert,
    AlertRule,
    InvocationHour,
    RollupMark,
    RunHour,
    no_confidences,
    no_latencies,
)
from salesdesk.assistant.models.playbooks import (
    Objection,
    Playbook,
    Stage,
)
from salesdesk.assistant.models.prompts import (
    PromptVersion,
)
from salesdesk.assistant.models.runs import (
    AgentRun,
    EscalationRequest,
    HandOver,
    ToolInvocation,
    ToolInvocationQuerySet,
)
from salesdesk.assistant.models.writing import (
    Feedback,
    Message,
    Thread,
    ThreadQuerySet,
)

__all__ = [
    "AgentRun",
    "Alert",
    "AlertRule",
    "CaptureField",
    "CapturedFact",
    "EscalationRequest",
    "Feedback",
    "HandOver",
    "InvocationHour",
    "Message",
    "Objection",
    "Playbook",
    "PromptVersion",
    "RollupMark",
    "RunHour",
    "Stage",
    "Thread",
    "ThreadQuerySet",
    "ToolInvocation",
    "ToolInvocationQuerySet",
    "no_confidences",
    "no_latencies",
    "validate_choices",
]
