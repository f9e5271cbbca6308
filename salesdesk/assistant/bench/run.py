"""All that ``bin/bench assistant`` measures, in a database of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings

from knowledge.processing import process_document
from knowledge.starter import load_starter
from salesdesk.assistant.bench.offline import measure_offline
from salesdesk.assistant.bench.pages import measure_pages
from salesdesk.assistant.bench.turns import measure_turns
from salesdesk.businesses.demo import NUMBER, load_demo
from salesdesk.businesses.models import Business
from salesdesk.lib.bench.figures import load_of_the_machine

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Order:
    invocations: int
    turns: int


def measure(order: Order, say: Say) -> dict[str, Any]:
    """Fill the database, and measure. Every request is answered, however many there are."""
    settings.LLM_MODELS = ["offline"]
    settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["user"] = None
    load = [load_of_the_machine()]
    say("the demo business and its documents are loaded …")
    business = _demo()
    say("turns with a scripted model …")
    loop = async_to_sync(measure_turns)(business, order.turns)
    load.append(load_of_the_machine())
    say("turns with the offline agent …")
    offline = measure_offline(business, order.turns)
    load.append(load_of_the_machine())
    pages = measure_pages(order.invocations, say)
    load.append(load_of_the_machine())
    return {"load_of_the_machine": load, "loop": loop, "offline": offline, "log": pages}


def _demo() -> Business:
    load_demo()
    business = Business.objects.get(numbers__number=NUMBER)
    for document in load_starter(business):
        process_document(document.pk)
    return business
