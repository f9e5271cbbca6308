"""The sockets of the knowledge pages."""

from typing import Any

page_sockets: list[Any] = []
