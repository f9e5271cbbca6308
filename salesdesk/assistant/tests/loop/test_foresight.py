import asyncio
from collections.abc import AsyncIterator

import pytest

from salesdesk.assistant.loop.foresight import Foresight, covers, telling_words


class Library:
    """Finds the question itself; ``gate`` holds searches back."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.given_up: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()

    async def look_up(self, question: str) -> str:
        self.asked.append(question)
        self.begun.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.given_up.append(question)
            raise
        if question.startswith("broken"):
            raise ValueError(question)
        return f"about {question}"


@pytest.fixture
async def library() -> Library:
    return Library()


@pytest.fixture
async def foresight(library: Library) -> AsyncIterator[Foresight[str]]:
    foresight = Foresight(library.look_up)
    yield foresight
    foresight.close()


async def test_what_was_expected_is_there_when_it_is_asked(
    foresight: Foresight[str], library: Library
) -> None:
    foresight.expect("Do you offer a 25-year warranty")
    await library.begun.wait()
    found = await foresight.find("Do you offer a 25 year warranty?")
    assert (found.value, found.ahead) == ("about Do you offer a 25-year warranty", True)
    assert library.asked == ["Do you offer a 25-year warranty"]


async def test_a_search_under_way_is_waited_for(
    foresight: Foresight[str], library: Library
) -> None:
    library.gate.clear()
    foresight.expect("the inverter warranty")
    await library.begun.wait()
    asking = asyncio.create_task(foresight.find("The inverter warranty?"))
    asyncio.get_running_loop().call_soon(library.gate.set)
    found = await asking
    assert found.ahead
    assert len(library.asked) == 1


async def test_another_question_is_looked_up_itself(
    foresight: Foresight[str], library: Library
) -> None:
    foresight.expect("does the warranty cover the panels")
    await library.begun.wait()
    found = await foresight.find("Does the warranty cover the inverter?")
    assert (found.value, found.ahead) == ("about Does the warranty cover the inverter?", False)
    assert found.waited_ms == found.took_ms


async def test_a_search_is_given_up_for_one_that_knows_more(
    foresight: Foresight[str], library: Library
) -> None:
    library.gate.clear()
    foresight.expect("what does the solar")
    foresight.expect("what does solar cost")
    await library.begun.wait()
    library.begun.clear()
    foresight.expect("what does solar cost per month")
    await library.begun.wait()
    assert library.given_up == ["what does solar cost"]
    assert library.asked == ["what does solar cost", "what does solar cost per month"]


async def test_the_same_words_are_not_looked_up_twice(
    foresight: Foresight[str], library: Library
) -> None:
    foresight.expect("the heat pump price")
    foresight.expect("So, the heat pump price.")
    assert (await foresight.find("heat pump price")).ahead
    assert library.asked == ["the heat pump price"]


async def test_a_word_or_none_is_not_looked_up(foresight: Foresight[str], library: Library) -> None:
    foresight.expect("Hello, I would like to know")
    foresight.expect("Hello, about solar")
    await foresight.find("something else")
    assert library.asked == ["something else"]


async def test_who_waits_is_not_let_down_when_the_speaker_goes_on(
    foresight: Foresight[str], library: Library
) -> None:
    library.gate.clear()
    foresight.expect("the inverter warranty")
    await library.begun.wait()
    asking = asyncio.create_task(foresight.find("the inverter warranty"))
    await asyncio.wait({asking}, timeout=0)
    foresight.expect("the inverter warranty and battery price")
    library.gate.set()
    assert (await asking).value == "about the inverter warranty"


async def test_a_failure_comes_out_only_where_it_is_asked(
    foresight: Foresight[str], library: Library
) -> None:
    foresight.expect("broken solar panel")
    await library.begun.wait()
    with pytest.raises(ValueError, match="broken solar panel"):
        await foresight.find("broken solar panel")


@pytest.mark.parametrize(
    ("searched", "asked", "is_covered"),
    [
        ("Do you offer a twenty five year warranty", "twenty-five years warranty?", True),
        ("And does the warranty cover the inverter as well?", "warranty inverter", True),
        ("Does the warranty cover the inverter?", "inverter warranty cover", True),
        ("is the inverter covered by warranties", "does the warranty cover the inverter", True),
        ("what about 15 years", "what about fifteen years", True),
        ("does the solar warranty cover", "does the solar warranty cover hail", False),
        ("how much is the solar loan", "how much is the solar lease", False),
        ("the panels, roof, gutters and the furnace", "furnace", False),
        ("anything", "", False),
    ],
)
def test_only_nearly_the_same_question_is_covered(
    searched: str, asked: str, is_covered: bool
) -> None:
    assert covers(telling_words(searched), telling_words(asked)) is is_covered
