"""What the views share."""

from typing import cast

from django.http import HttpRequest

from salesdesk.accounts.models import User
from salesdesk.lib.htmx import go_to as go_to


def who(request: HttpRequest) -> User:
    """The user; these pages are only for who is signed in."""
    return cast(User, request.user)
