"""SendGrid: sending a mail. Source: docs.sendgrid.com/api-reference/mail-send/mail-send."""

from dataclasses import dataclass, field
from typing import Any

from leads.tests.vendors.server import Answer, Seen, Vendor

KEY = "SG.very-secret"


@dataclass
class SendGridServer(Vendor):
    mails: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Seen) -> Answer:
        assert (request.method, request.path) == ("POST", "/v3/mail/send")
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"errors": [{"message": "The provided authorization grant is invalid"}]}
        self.mails.append(request.json)
        return 202, None
