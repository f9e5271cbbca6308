"""A business's own rules and words for messages about appointments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from leads.enums import MessageChannel, VisitNews
from leads.models import VisitRules, VisitTemplate
from leads.visits.writing import USUAL, Words, checked
from salesdesk.businesses.models import Business


@dataclass(frozen=True, slots=True)
class Template:
    """One message as the business sends it. ``is_own``: not in the usual words."""

    kind: VisitNews
    channel: MessageChannel
    words: Words
    is_active: bool
    is_own: bool


def change_rules(business: Business, **values: Any) -> VisitRules:
    """Raises ``ValidationError`` as its model does."""
    rules, _ = VisitRules.objects.get_or_create(business=business)
    for name, value in values.items():
        setattr(rules, name, value)
    rules.full_clean()
    rules.save()
    return rules


def all_words(business: Business) -> Iterator[Template]:
    own = {(each.kind, each.channel): each for each in business.visit_templates.all()}
    for (kind, channel), usual in USUAL.items():
        row = own.get((kind.value, channel.value))
        if row is None:
            yield Template(kind, channel, usual, is_active=True, is_own=False)
        else:
            words = Words(row.text, row.subject)
            yield Template(kind, channel, words, is_active=row.is_active, is_own=True)


def stored_words(business: Business, kind: VisitNews, channel: MessageChannel) -> dict[str, Any]:
    """For a form: the words, and whether they are sent."""
    [found] = (each for each in all_words(business) if (each.kind, each.channel) == (kind, channel))
    words = {"text": found.words.text, "subject": found.words.subject}
    return {**words, "is_active": found.is_active}


def set_words(
    business: Business,
    kind: VisitNews,
    channel: MessageChannel,
    *,
    text: str,
    subject: str = "",
    is_active: bool = True,
) -> VisitTemplate:
    """Send these words from now on. Raises ``InvalidInput`` for what cannot be sent."""
    words = checked(Words(text, subject), channel)
    template, _ = VisitTemplate.objects.update_or_create(
        business=business,
        kind=kind,
        channel=channel,
        defaults={"text": words.text, "subject": words.subject, "is_active": is_active},
    )
    return template


def forget_words(business: Business, kind: VisitNews, channel: MessageChannel) -> None:
    business.visit_templates.filter(kind=kind, channel=channel).delete()
