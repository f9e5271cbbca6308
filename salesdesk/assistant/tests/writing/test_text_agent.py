"""The desk's agent in writing: on whose behalf it acts, and what it leaves behind."""

from collections.abc import Sequence

import pytest

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Channel, MessageStatus, RunStatus
from salesdesk.assistant.models import AgentRun, Message, Thread, ToolInvocation
from salesdesk.assistant.writing import threads
from salesdesk.assistant.writing.answering import answer
from salesdesk.assistant.writing.text_agent import text_agent, trust_of
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import Trust
from salesdesk.tests.browser import do

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("who", "trust"),
    [("rep", Trust.REP), ("manager", Trust.MANAGER), ("admin_user", Trust.MANAGER)],
)
def test_on_the_chat_page_it_acts_for_who_asks(
    who: str, trust: Trust, thread: Thread, request: pytest.FixtureRequest
) -> None:
    assert trust_of(thread, request.getfixturevalue(who)) is trust


@pytest.mark.parametrize("channel", [Channel.API, Channel.REHEARSAL, Channel.PHONE])
def test_elsewhere_it_acts_for_the_customer(
    channel: Channel, business: Business, admin_user: User
) -> None:
    thread = threads.open_thread(business, channel=channel, started_by=admin_user)
    assert trust_of(thread, admin_user) is Trust.CALLER


async def ask(thread: Thread, user: User, text: str) -> Sequence[Message]:
    agent = await do(text_agent, thread, user)
    async for _ in answer(thread, text, agent=agent):
        pass
    return [message async for message in thread.messages.select_related("run")]


async def test_a_turn_is_put_down_with_its_answer(thread: Thread, rep: User) -> None:
    *_, answered = await ask(thread, rep, "Hello")
    assert answered.status == MessageStatus.DONE and answered.text
    run = await AgentRun.objects.aget()
    assert answered.run == run
    assert (run.status, run.model, run.channel) == (RunStatus.OK, "offline", Channel.CHAT)


async def test_tools_are_told_and_logged_alike(thread: Thread, rep: User) -> None:
    *_, answered = await ask(thread, rep, "Thank you, that is all. Goodbye!")
    logged = [each async for each in ToolInvocation.objects.order_by("pk")]
    assert [tool["name"] for tool in answered.tools] == [each.name for each in logged]
    assert "end_call" in {each.name for each in logged}
    assert {each.run_id for each in logged} == {answered.run_id}
    await thread.arefresh_from_db()
    assert thread.ended_at is not None


async def test_what_is_known_goes_on_to_the_next_turn(thread: Thread, rep: User) -> None:
    """Each answer opens its memory anew: what must be remembered is in the thread's row."""
    await ask(thread, rep, "I would like to talk to a person.")
    await thread.arefresh_from_db()
    state = thread.state
    assert state["agent"]
    *_, answered = await ask(thread, rep, "Hello again")
    assert answered.sequence == 4 and answered.status == MessageStatus.DONE
