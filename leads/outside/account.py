"""A business's account with an outside service, as adapters get it."""

import json
from dataclasses import dataclass, field
from typing import Any

from salesdesk.lib.secrets import decrypt


@dataclass(frozen=True, slots=True)
class Account:
    """``sealed`` is the credentials' JSON, encrypted; empty where none are needed."""

    business_id: int
    sealed: str = field(default="", repr=False)

    @property
    def credentials(self) -> dict[str, Any]:
        """Raises ``NotConfigured`` when SECRET_KEY is another one than it was sealed with."""
        opened: dict[str, Any] = json.loads(decrypt(self.sealed)) if self.sealed else {}
        return opened
