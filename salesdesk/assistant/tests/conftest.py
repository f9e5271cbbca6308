"""What tests of conversations share."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.models import Thread
from salesdesk.assistant.tests.scripted import ANSWER, Script, ScriptedAgent
from salesdesk.assistant.writing import threads
from salesdesk.businesses.models import Business

FollowScript = Callable[[Script], None]


@pytest.fixture
def thread(business: Business, rep: User) -> Thread:
    """The rep's, on the chat page, with nothing written."""
    return threads.open_thread(business, channel=Channel.CHAT, started_by=rep)


@pytest.fixture
def follow(settings: Settings) -> Iterator[FollowScript]:
    """``follow(script)``: what the agent says in writing from now on; ``ANSWER`` until then."""
    settings.TEXT_AGENT = "salesdesk.assistant.tests.scripted.scripted_agent"

    def set_script(script: Script) -> None:
        ScriptedAgent.script = script

    yield set_script
    ScriptedAgent.script = ANSWER
    ScriptedAgent.asked.clear()
