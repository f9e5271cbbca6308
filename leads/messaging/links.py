"""Links by which somebody unsubscribes from e-mails, without signing in.

A link names the e-mail that it stands in, signed, and is good for ever: CAN-SPAM wants 30 days at
least (15 U.S.C. 7704(a)(3)), and nobody should have to look for a newer one. Forged and unknown
links look the same. Neither the address nor a name stands in it, so none gets into logs.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from leads.enums import MessageChannel
from leads.models import LeadMessage
from salesdesk.lib.errors import NotFound

SALT = "leads.messaging.links"
NO_GOOD = "This link is not one of ours. Please copy the whole of it out of the e-mail."


def unsubscribe_link(message: LeadMessage) -> str:
    token = signing.Signer(salt=SALT, sep="~").sign(message.public_id)
    return f"{settings.PUBLIC_URL}{reverse('messaging:unsubscribe', args=[token])}"


def message_of(token: str) -> LeadMessage:
    """The e-mail that the link stands in. Raises ``NotFound``, always in the same words."""
    try:
        public_id = signing.Signer(salt=SALT, sep="~").unsign(token)
    except signing.BadSignature:
        raise NotFound(NO_GOOD) from None
    mails = LeadMessage.objects.filter(channel=MessageChannel.EMAIL)
    found = mails.select_related("business", "lead").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(NO_GOOD)
    return found
