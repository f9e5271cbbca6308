"""The agent that needs no model: rules over the conversation, and the tools they ask for."""

from salesdesk.assistant.offline.agent import OfflineAgent

__all__ = ["OfflineAgent"]
