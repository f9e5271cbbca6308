"""What the views share."""

from salesdesk.accounts.permissions import who as who
from salesdesk.lib.htmx import go_to as go_to
