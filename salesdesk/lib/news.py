"""News over the channel layer, from ordinary code.

By the event loop of the process (:mod:`salesdesk.lib.background`), whose connection to Redis stays
open: a loop and a connection for each message would take longer than what most are told of.
"""

from collections.abc import Mapping
from typing import Any

from channels.layers import get_channel_layer

from salesdesk.lib import background


def send_news(group: str, message: Mapping[str, Any]) -> None:
    """To all who listen to the group; raises what the layer raises.

    Not to be called where an event loop runs.
    """
    layer = get_channel_layer()
    assert layer is not None
    background.start(layer.group_send(group, dict(message))).result()
