"""What words ask for, by the recogniser that calls go by too.

It stands above this app; the setting ``OPT_OUT_RECOGNISER`` names it.
"""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from leads.enums import MessageMeaning
from leads.messaging.meaning import meaning_of


def understood(text: str) -> MessageMeaning:
    recogniser = cast(Callable[[str], bool], import_string(settings.OPT_OUT_RECOGNISER))
    return meaning_of(text, recogniser)
