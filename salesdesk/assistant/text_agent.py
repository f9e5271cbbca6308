"""Who answers in writing: the agent that the setting ``TEXT_AGENT`` names."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from salesdesk.accounts.models import User
from salesdesk.assistant.agent import TextAgent
from salesdesk.assistant.models import Thread

MakeAgent = Callable[[Thread, User], TextAgent]


def text_agent(thread: Thread, user: User) -> TextAgent:
    """Who answers in this thread, on behalf of the user who asks there."""
    make = cast(MakeAgent, import_string(settings.TEXT_AGENT))
    return make(thread, user)
