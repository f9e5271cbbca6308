"""What is asked of a channel, in our own words."""

from functools import cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from salesdesk.notifications.models import Delivery


class MessageChannel(Protocol):
    def send(self, delivery: Delivery) -> str:
        """Send it; returns the provider's name of it, or nothing where there is none.

        Raises :class:`~salesdesk.lib.errors.ProviderError` with a sentence for people, and
        :class:`~salesdesk.lib.errors.NotConfigured` where credentials are missing.
        """


def channel_named(name: str) -> MessageChannel:
    return _made(settings.NOTIFICATION_CHANNELS[name])


@cache
def _made(path: str) -> MessageChannel:
    return cast(MessageChannel, import_string(path)())
