"""Why a file cannot be read."""

from salesdesk.lib.errors import InvalidInput


class Unreadable(InvalidInput):
    """The content cannot become passages; the message says why, for who uploaded it."""

    code = "unreadable"
