"""Every write about leads that means something; appointments have :mod:`leads.visits.appointments`.

A business has one lead for a phone number and one for an e-mail address: who makes or changes
one holds a lock on the number and the address meanwhile.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from leads import signals
from leads.company_keys import CompanyKey
from leads.enums import LeadEventKind, LeadSource, LeadStage, SuppressionSource
from leads.gate.locking import lock_for_suppression
from leads.gate.places import company_key
from leads.models import Account, Contact, Lead, LeadEvent, LeadQuerySet, Suppression
from leads.priority.services import rank_new, weights_of
from leads.zones import zone_for
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.lib.phone import to_e164

OWN_FIELDS = (
    "first_name",
    "last_name",
    "company",
    "phone",
    "email",
    "address",
    "time_zone",
    "language",
    "stage",
    "value",
    "owner",
    "account",
    "close_reason",
    "crm_id",
)
"""What :func:`create_lead` and :func:`update_lead` take."""

VOUCHED = {"data__vouched": True}
"""Marks the events by which a conversation is known to be with a lead."""

OTHER_PHONE, OTHER_EMAIL = "callback_phone", "other_email"
"""Facts: what a customer gave that does not become the lead's own number or address."""
OTHER = {"phone": OTHER_PHONE, "email": OTHER_EMAIL}

LONGEST_NOTE = 4000
MOST_COLLEAGUES = 1000
CLOSED = (LeadStage.WON, LeadStage.LOST)
BY_ONESELF = (SuppressionSource.TEXT, SuppressionSource.LINK)
"""Opt-outs by a word or a key, which are no request never to be called again."""
FOLLOWED_BY_APPOINTMENT = (
    LeadStage.NEW,
    LeadStage.CONTACTED,
    LeadStage.QUALIFIED,
    LeadStage.LOST,
)


# ---------------------------------------------------------------- finding


def find_lead(business: Business, *, phone: str = "", email: str = "") -> Lead | None:
    """The lead with this number (however it is written), or else with this address.

    What is no number or address is nobody's.
    """
    number, address = find_number(phone), email.strip().lower()
    leads = Lead.objects.of(business).order_by("pk")
    by_phone = _with(leads, business, phone=number) if number else None
    if by_phone is not None or not address:
        return by_phone
    return _with(leads, business, email=address)


def _with(leads: LeadQuerySet, business: Business, **name: str) -> Lead | None:
    """Whose own it is, or who has it besides: as another number or address of the same person."""
    own = leads.filter(**name).first()
    if own is not None:
        return own
    besides = Contact.objects.filter(business=business, is_lead=True, **name)
    return leads.filter(pk__in=besides.values("lead")).first()


def normal_phone(phone: str) -> str:
    """E.164, or nothing for nothing. Raises ``InvalidInput``."""
    return to_e164(phone) if phone.strip() else ""


def normal_email(email: str) -> str:
    """Lower case, or nothing for nothing. Raises ``InvalidInput``."""
    address = email.strip().lower()
    try:
        if address:
            validate_email(address)
    except ValidationError:
        raise InvalidInput("This is not an e-mail address.") from None
    return address


def find_number(phone: str) -> str:
    """E.164, or nothing for what is no number."""
    try:
        return normal_phone(phone)
    except InvalidInput:  # “anonymous”, for instance
        return ""


# ---------------------------------------------------------------- making and changing


@transaction.atomic
def create_lead(
    business: Business,
    *,
    source: LeadSource,
    conversation: str = "",
    by: User | None = None,
    **values: Any,
) -> Lead:
    """A new lead with ``values`` of :data:`OWN_FIELDS`. Sends ``lead_changed``.

    Raises ``Conflict`` when the business has a lead with the number or address, ``InvalidInput``
    when a value cannot be used or nothing says who it is.
    """
    lead = Lead(business=business, source=source)
    _set(lead, values)
    if not (lead.name or lead.company or lead.phone or lead.email):
        raise InvalidInput("Give a name, a phone number or an e-mail address.")
    lock_addresses(business, phone=lead.phone, email=lead.email)
    _refuse_twins(lead)
    return _created(lead, conversation, by)


@transaction.atomic
def ensure_lead(
    business: Business,
    *,
    source: LeadSource,
    phone: str = "",
    email: str = "",
    conversation: str = "",
    by: User | None = None,
) -> tuple[Lead, bool]:
    """The lead with this number or address, and whether it was made now.

    Whoever calls this vouches for it that the conversation is with this person: the carrier told
    the number, or a program the address. Two calls at once get the same lead. Raises
    ``InvalidInput`` where there is neither number nor address.
    """
    number, address = normal_phone(phone), normal_email(email)
    if not number and not address:
        raise InvalidInput("Give a phone number or an e-mail address.")
    lock_addresses(business, phone=number, email=address)
    lead = find_lead(business, phone=number, email=address)
    if lead is not None:
        link_conversation(lead, conversation, by=by)
        return lead, False
    lead = Lead(business=business, source=source, phone=number, email=address)
    return _created(lead, conversation, by, vouched=True), True


@transaction.atomic
def begin_lead(
    business: Business, *, source: LeadSource, conversation: str, by: User | None = None
) -> Lead:
    """A lead of whom nothing is known yet but that they are in this conversation."""
    return _created(Lead(business=business, source=source), conversation, by)


def link_conversation(lead: Lead, conversation: str, *, by: User | None = None) -> None:
    """Say that the conversation is with this lead; saying it again changes nothing."""
    if not conversation or lead.events.filter(conversation=conversation, **VOUCHED).exists():
        return
    told = {"vouched": True}
    record_event(lead, LeadEventKind.CONVERSATION, "In conversation.", told, conversation, by)


@transaction.atomic
def update_lead(
    lead: Lead, *, conversation: str = "", by: User | None = None, **values: Any
) -> Lead:
    """Set ``values`` of :data:`OWN_FIELDS`; what stays the same leaves no trace.

    Writes history and sends ``lead_changed``. Raises as :func:`create_lead` does.
    """
    addresses = {
        "phone": normal_phone(values.get("phone") or ""),
        "email": normal_email(values.get("email") or ""),
    }
    lock_addresses(lead.business, **addresses)
    lead = _locked(lead)
    before = {field: getattr(lead, field) for field in values}
    zone = zone_for(lead.phone, lead.address)
    _set(lead, values)
    changed = [field for field in values if getattr(lead, field) != before[field]]
    if not changed:
        return lead
    if {"phone", "email"} & set(changed):
        _refuse_twins(lead)
    followed = _follow(lead, changed, zone)
    lead.save(update_fields=[*changed, *followed, "updated_at"])
    told = {field: [_plain(before[field]), _plain(getattr(lead, field))] for field in changed}
    record_event(lead, LeadEventKind.CHANGED, _changed(changed), told, conversation, by)
    announce(lead, "changed")
    return lead


def _follow(lead: Lead, changed: list[str], zone: str) -> list[str]:
    """What must change with ``changed``: a time zone that was derived, and when it was closed."""
    followed = []
    was_derived = lead.time_zone == zone and "time_zone" not in changed
    if was_derived and {"phone", "address"} & set(changed):
        lead.time_zone = ""  # filled in anew when it is saved
        followed.append("time_zone")
    if "stage" in changed:
        lead.closed_at = timezone.now() if lead.stage in CLOSED else None
        followed.append("closed_at")
        if lead.stage not in CLOSED and "close_reason" not in changed:
            lead.close_reason = ""
            followed.append("close_reason")
    return followed


@transaction.atomic
def update_as_said(
    lead: Lead, *, conversation: str = "", by: User | None = None, **values: Any
) -> Lead:
    """What a customer said of themselves, which nobody has checked.

    A number replaces none that is known, and neither a number nor an address that is another
    lead's becomes this one's: it is kept among the facts instead. Otherwise like
    :func:`update_lead`.
    """
    said = {
        "phone": normal_phone(values.pop("phone", "")),
        "email": normal_email(values.pop("email", "")),
    }
    lock_addresses(lead.business, **said)
    lead = _locked(lead)
    given = {field: value for field, value in said.items() if value}
    own = {field: value for field, value in given.items() if _may_take(lead, field, value)}
    others = {OTHER[field]: value for field, value in given.items() if field not in own}
    lead = update_lead(lead, conversation=conversation, by=by, **values, **own)
    return merge_facts(lead, others, conversation=conversation, by=by)


def _may_take(lead: Lead, field: str, value: str) -> bool:
    if getattr(lead, field) == value:
        return True
    others = Lead.objects.of(lead.business).exclude(pk=lead.pk)
    is_kept = field == "phone" and bool(lead.phone)
    return not is_kept and not others.filter(**{field: value}).exists()


@transaction.atomic
def merge_facts(
    lead: Lead, facts: Mapping[str, Any], *, conversation: str = "", by: User | None = None
) -> Lead:
    """Add ``facts`` to what is known; a later value replaces an earlier one, nothing is lost."""
    lead = _locked(lead)
    news = {key: value for key, value in facts.items() if lead.facts.get(key) != value}
    if not news:
        return lead
    told = {key: [lead.facts.get(key), value] for key, value in news.items()}
    lead.facts = {**lead.facts, **news}
    lead.save(update_fields=["facts", "updated_at"])
    record_event(lead, LeadEventKind.CHANGED, _changed(list(news)), told, conversation, by)
    announce(lead, "changed")
    return lead


@transaction.atomic
def add_note(lead: Lead, text: str, *, conversation: str = "", by: User | None = None) -> LeadEvent:
    """Add a note to the history; the same one in the same conversation is kept once.

    Raises ``InvalidInput`` for an empty note or one that is too long.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise InvalidInput(f"A note has from 1 to {LONGEST_NOTE} characters.")
    lead = _locked(lead)
    same = lead.events.filter(kind=LeadEventKind.NOTE, text=text, conversation=conversation)
    known = same.first() if conversation else None
    if known is not None:
        return known
    event = record_event(lead, LeadEventKind.NOTE, text, {}, conversation, by)
    announce(lead, "noted")
    return event


def reach_appointment(lead: Lead) -> None:
    """Move the lead to the stage ``APPOINTMENT``, unless it is further than that."""
    Lead.objects.filter(pk=lead.pk, stage__in=FOLLOWED_BY_APPOINTMENT).update(
        stage=LeadStage.APPOINTMENT, closed_at=None, close_reason=""
    )


def record_event(
    lead: Lead,
    kind: LeadEventKind,
    text: str,
    data: Mapping[str, Any],
    conversation: str = "",
    by: User | None = None,
) -> LeadEvent:
    """One more entry of the lead's history."""
    return LeadEvent.objects.create(
        lead=lead, kind=kind, text=text, data=dict(data), conversation=conversation, by=by
    )


def announce(lead: Lead, event: str) -> None:
    signals.send_after_commit(
        signals.lead_changed,
        lead_id=lead.public_id,
        business_id=lead.business_id,
        event=event,
    )


def lock_addresses(business: Business, **names: str) -> None:
    """Until the transaction ends, nobody else makes a lead of the business with these."""
    with connection.cursor() as cursor:
        for key in sorted(f"{business.pk}:{name}" for name in names.values() if name):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"lead:{key}"])


def _created(lead: Lead, conversation: str, by: User | None, *, vouched: bool = False) -> Lead:
    rank_new([lead], weights_of(lead.business))
    lead.save()
    told = {"vouched": True} if vouched else {}
    record_event(lead, LeadEventKind.CREATED, lead.get_source_display(), told, conversation, by)
    announce(lead, "created")
    return lead


def _set(lead: Lead, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        assert field in OWN_FIELDS, f"{field} is no field to be set"
        setattr(lead, field, value.strip() if isinstance(value, str) else value)
    if "phone" in values:
        lead.phone = normal_phone(lead.phone)
    if "email" in values:
        lead.email = normal_email(lead.email)
    if lead.owner and not lead.owner.memberships.filter(business=lead.business_id).exists():
        raise InvalidInput("The owner does not belong to this business.")
    if lead.account and lead.account.business_id != lead.business_id:
        raise InvalidInput("The account does not belong to this business.")
    others = {field.name for field in Lead._meta.fields} - set(values)
    try:
        lead.clean_fields(exclude=others)
    except ValidationError as error:
        field, [message, *_] = next(iter(error.message_dict.items()))
        raise InvalidInput(f"{_in_words(field).capitalize()}: {message}") from error


def _refuse_twins(lead: Lead) -> None:
    """Raises ``Conflict`` when another lead of the business has the number or the address."""
    others = Lead.objects.of(lead.business).exclude(pk=lead.pk)
    if lead.phone and others.filter(phone=lead.phone).exists():
        raise Conflict("There is already a lead with this phone number.")
    if lead.email and others.filter(email=lead.email).exists():
        raise Conflict("There is already a lead with this e-mail address.")


def _locked(lead: Lead) -> Lead:
    """The lead as it is now, which nobody else changes until the transaction ends.

    Others may go on writing history meanwhile, so that nobody waits in a circle.
    """
    leads = Lead.objects.select_related("business")
    return leads.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)


def _changed(fields: list[str]) -> str:
    return f"Changed: {', '.join(_in_words(field) for field in fields)}."


def _in_words(field: str) -> str:
    return {"email": "e-mail", "crm_id": "id in the CRM"}.get(field, field.replace("_", " "))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else str(value)


# ---------------------------------------------------------------- do not call


@transaction.atomic
def suppress(
    business: Business,
    *,
    phone: str = "",
    email: str = "",
    company: str = "",
    lead: Lead | None = None,
    reason: str = "",
    source: SuppressionSource,
    conversation: str = "",
    by: User | None = None,
) -> list[Suppression]:
    """Nobody may contact this number, address, company or person for the business again.

    It holds from the moment at which this is committed: whoever dials asks the gate, which waits
    for it. What is suppressed already stays as it is, but for a STOP by text message, which START
    takes back: whatever else is said later outlasts it. Sends ``suppressed`` for each that is new
    and writes it into the history of the leads concerned. Raises ``InvalidInput`` where nothing is
    named, or a number or address that cannot be.
    """
    named: list[dict[str, Any]] = [
        {"phone": normal_phone(phone)},
        {"email": normal_email(email)},
        {"company": company_key(company)},
        {"lead": lead},
    ]
    given = [each for each in named if any(each.values())]
    if not given:
        raise InvalidInput("Give the phone number, the e-mail address, the company or the person.")
    lock_for_suppression(business.pk)
    why = {"reason": reason[:300], "source": source, "conversation": conversation, "by": by}
    rows = [
        Suppression.objects.get_or_create(business=business, **each, defaults=why) for each in given
    ]
    for suppression, is_new in rows:
        if is_new:
            _tell_suppressed(suppression)
        elif suppression.source == SuppressionSource.TEXT and source not in BY_ONESELF:
            _outlast(suppression, why)
    return [suppression for suppression, _ in rows]


def is_suppressed(business: Business, phone: str = "", email: str = "") -> bool:
    """Whether the business must not call this number, or must not write to this address."""
    number, address = find_number(phone), email.strip().lower()
    rows = business.suppressions.all()
    by_phone = bool(number) and rows.filter(phone=number).exists()
    return by_phone or (bool(address) and rows.filter(email=address).exists())


def is_left_in_peace(lead: Lead) -> bool:
    """Whether nobody may contact the lead, as the gate has it for calls: because of one of their
    numbers, of themselves or of their company.

    Who only unsubscribed from e-mails may be called; a closed address counts where there is no
    number.
    """
    numbers = numbers_of(lead)
    named = Q(phone__in=numbers) | Q(company__in=companies_of(lead)) | Q(lead=lead)
    if lead.email and not numbers:
        named |= Q(email=lead.email)
    return lead.business.suppressions.filter(named).exists()


def left_in_peace_by(suppression: Suppression) -> LeadQuerySet:
    """The leads for whom :func:`is_left_in_peace` holds because of it."""
    leads = Lead.objects.of(suppression.business)
    if suppression.lead_id:
        return leads.filter(pk=suppression.lead_id)
    if suppression.company:
        return leads.filter(pk__in=_keys_of_company(suppression.business, suppression.company))
    if suppression.phone:
        return leads_with_number(suppression.business, suppression.phone)
    unreachable = leads.filter(email=suppression.email, phone="").prefetch_related("contacts")
    return leads.filter(pk__in=[lead.pk for lead in unreachable if not numbers_of(lead)])


def numbers_of(lead: Lead) -> set[str]:
    """All phone numbers of the lead in person, in E.164: their own and those told besides."""
    told = find_number(str(lead.facts.get(OTHER_PHONE, "")))
    besides = {each.phone for each in lead.contacts.all() if each.is_lead}
    return ({lead.phone, told} | besides) - {""}


def leads_with_number(business: Business, number: str) -> LeadQuerySet:
    """Those whose number it is, as :func:`numbers_of` has them; each way has its index."""
    leads = Lead.objects.of(business)
    worded = leads.filter(words=SearchQuery(number.lstrip("+"), config="simple"))
    told = worded.filter(**{f"facts__{OTHER_PHONE}": number})
    besides = Contact.objects.filter(business=business, is_lead=True, phone=number)
    own = leads.filter(phone=number).values_list("pk", flat=True)
    others = besides.values_list("lead", flat=True)
    keys = {*own, *told.values_list("pk", flat=True), *(key for key in others if key)}
    return leads.filter(pk__in=keys)


def _keys_of_company(business: Business, key: str) -> set[int]:
    """Of those whose company or account has this key."""
    leads, accounts = Lead.objects.of(business), Account.objects.filter(business=business)
    named = leads.exclude(company="").alias(key=CompanyKey("company")).filter(key=key)
    of_account = leads.filter(account__in=accounts.alias(key=CompanyKey("name")).filter(key=key))
    return {pk for way in (named, of_account) for pk in way.values_list("pk", flat=True)}


def _outlast(suppression: Suppression, why: Mapping[str, Any]) -> None:
    Suppression.objects.filter(pk=suppression.pk).update(**why)
    suppression.refresh_from_db()
    _tell_history(suppression)


def _tell_suppressed(suppression: Suppression) -> None:
    _tell_history(suppression)
    signals.send_after_commit(
        signals.suppressed,
        suppression_id=suppression.pk,
        business_id=suppression.business_id,
    )


def _tell_history(suppression: Suppression) -> None:
    leads, text = _suppressed_leads(suppression)
    for lead in leads:
        record_event(
            lead,
            LeadEventKind.SUPPRESSED,
            text,
            {"reason": suppression.reason, "source": suppression.source},
            suppression.conversation,
            suppression.by,
        )
        announce(lead, "changed")


def _suppressed_leads(suppression: Suppression) -> tuple[Iterable[Lead], str]:
    """Whose history tells of it, and in which words."""
    if suppression.email:
        leads = Lead.objects.of(suppression.business)
        return leads.filter(email=suppression.email), "Must not be written to."
    people = left_in_peace_by(suppression)
    if suppression.phone:
        return people, "Must not be called."
    if suppression.lead:
        return people, "Must not be contacted in any way."
    return people[:MOST_COLLEAGUES], "Nobody at the company must be contacted."


def companies_of(lead: Lead) -> set[str]:
    """The keys of the companies that somebody belongs to; see ``company_key``."""
    names = (lead.company, lead.account.name if lead.account else "")
    return {company_key(name) for name in names if name}
