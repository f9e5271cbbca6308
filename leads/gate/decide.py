"""The decision: facts in, allowed or the reasons against it out. No clock, no database.

Each rule looks at the facts alone and names its reasons; whatever is not refused by any is
allowed. So one more fact against a contact never makes it allowed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from leads.enums import ContactKind, MessagePurpose
from leads.enums import GateReason as Reason
from leads.gate.facts import Facts
from leads.gate.states import FEDERAL, STATE_RULES, StateRules, Window
from salesdesk.businesses.models import WEEKDAYS

Rule = Callable[[Facts], Iterator[Reason]]

FINAL = frozenset(
    {
        Reason.NOT_A_NUMBER,
        Reason.NO_ADDRESS,
        Reason.OWN_NUMBER,
        Reason.BUSINESS_INACTIVE,
        Reason.DIALING_PAUSED,
        Reason.DO_NOT_CALL_NUMBER,
        Reason.DO_NOT_CALL_PERSON,
        Reason.DO_NOT_CALL_COMPANY,
        Reason.DO_NOT_CALL_LIST,
        Reason.DO_NOT_WRITE,
        Reason.POSTAL_ADDRESS_MISSING,
        Reason.CONSENT_WITHDRAWN,
        Reason.NUMBER_BUSY,
        Reason.CALLER_UNKNOWN,
    }
)
"""What nobody can override, whatever their role."""


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reasons: tuple[Reason, ...]

    @property
    def may_be_overridden(self) -> bool:
        """Whether somebody with the right to may do it nevertheless, for a reason of theirs."""
        return not self.allowed and not FINAL & set(self.reasons)


def decide(facts: Facts) -> Decision:
    """Allowed where no rule has anything against it."""
    rules = RULES[facts.kind]
    if facts.kind == ContactKind.SMS and facts.purpose == MessagePurpose.SERVICE:
        rules = SERVICE_SMS
    reasons = dict.fromkeys(reason for rule in rules for reason in rule(facts))
    return Decision(not reasons, tuple(reasons))


# ---------------------------------------------------------------- who and what


def _business(facts: Facts) -> Iterator[Reason]:
    if not facts.is_active:
        yield Reason.BUSINESS_INACTIVE


def _dialing(facts: Facts) -> Iterator[Reason]:
    if facts.rules.is_paused:
        yield Reason.DIALING_PAUSED
    if not facts.caller:
        yield Reason.CALLER_UNKNOWN


def _number(facts: Facts) -> Iterator[Reason]:
    if not facts.number or not facts.is_callable:
        yield Reason.NOT_A_NUMBER
    if facts.is_own:
        yield Reason.OWN_NUMBER
    if facts.rules.countries and facts.country not in facts.rules.countries:
        yield Reason.COUNTRY_NOT_ALLOWED


def _address(facts: Facts) -> Iterator[Reason]:
    if not facts.email:
        yield Reason.NO_ADDRESS
    if facts.email_suppressed:
        yield Reason.DO_NOT_WRITE


def _postal_address(facts: Facts) -> Iterator[Reason]:
    """Advertising tells where the business gets its post (15 U.S.C. 7704(a)(5)(A)(iii))."""
    if facts.purpose == MessagePurpose.MARKETING and not facts.has_postal_address:
        yield Reason.POSTAL_ADDRESS_MISSING


# ---------------------------------------------------------------- who must be left in peace


def _person(facts: Facts) -> Iterator[Reason]:
    if facts.person_suppressed:
        yield Reason.DO_NOT_CALL_PERSON
    if facts.company_suppressed:
        yield Reason.DO_NOT_CALL_COMPANY


def _suppressed(facts: Facts) -> Iterator[Reason]:
    if facts.number_suppressed:
        yield Reason.DO_NOT_CALL_NUMBER


def _lists(facts: Facts) -> Iterator[Reason]:
    """Who agreed to be called may be, registry or not (16 CFR 310.4(b)(1)(iii)(B)(1))."""
    agreed = facts.consents.call or (facts.kind == ContactKind.AI and facts.consents.ai_voice)
    agreed = agreed or (facts.kind == ContactKind.SMS and facts.consents.sms)
    if facts.lists and not agreed:
        yield Reason.DO_NOT_CALL_LIST
    if facts.rules.needs_list and not facts.has_list:
        yield Reason.NO_LIST
    if _is_old(facts):
        yield Reason.LIST_TOO_OLD


def _is_old(facts: Facts) -> bool:
    """Older than 31 days, unless set otherwise (16 CFR 310.4(b)(3)(iv))."""
    if facts.oldest_list is None or not facts.rules.list_days:
        return False
    return facts.now.date() - facts.oldest_list > timedelta(days=facts.rules.list_days)


def _consent(facts: Facts) -> Iterator[Reason]:
    if facts.consents.call is False:
        yield Reason.CONSENT_WITHDRAWN
    if facts.kind != ContactKind.AI:
        return
    if facts.consents.ai_voice is False:
        yield Reason.CONSENT_WITHDRAWN
    if facts.rules.ai_needs_consent and facts.consents.ai_voice is None:
        yield Reason.AI_CONSENT_MISSING


def _consent_to_sms(facts: Facts) -> Iterator[Reason]:
    if facts.consents.sms is False:
        yield Reason.CONSENT_WITHDRAWN
    is_marketing = facts.purpose == MessagePurpose.MARKETING
    if is_marketing and facts.rules.sms_needs_consent and facts.consents.sms is None:
        yield Reason.SMS_CONSENT_MISSING


def _consent_to_email(facts: Facts) -> Iterator[Reason]:
    if facts.consents.email is False:
        yield Reason.CONSENT_WITHDRAWN


# ---------------------------------------------------------------- when


def _hours(facts: Facts) -> Iterator[Reason]:
    """It must be within the hours in every zone in which the phone may ring."""
    if not facts.zones:
        yield Reason.ZONE_UNKNOWN
    for zone in facts.zones:
        yield from _hours_at(facts, facts.now.astimezone(ZoneInfo(zone)))


def _hours_at(facts: Facts, local: datetime) -> Iterator[Reason]:
    windows = _windows(facts, local.weekday())
    if WEEKDAYS[local.weekday()] not in facts.rules.days or None in windows:
        yield Reason.DAY_CLOSED
    if local.date() in facts.holidays and not _calls_on_holidays(facts):
        yield Reason.HOLIDAY
    open_windows = [window for window in windows if window is not None]
    if local.hour < max(first for first, _ in open_windows):
        yield Reason.TOO_EARLY
    if local.hour >= min(last for _, last in open_windows):
        yield Reason.TOO_LATE


def _windows(facts: Facts, weekday: int) -> list[Window | None]:
    own: Window = (facts.rules.opens_at, facts.rules.closes_at)
    return [FEDERAL, own, *(state.window(weekday) for state in _states(facts))]


def _calls_on_holidays(facts: Facts) -> bool:
    return facts.rules.calls_on_holidays and all(state.holidays for state in _states(facts))


def _states(facts: Facts) -> list[StateRules]:
    return [STATE_RULES[state] for state in facts.states if state in STATE_RULES]


# ---------------------------------------------------------------- how often


def _attempts(facts: Facts) -> Iterator[Reason]:
    limits = [facts.rules.per_day, *(state.per_day for state in _states(facts))]
    if any(0 < limit <= facts.attempts_today for limit in limits):
        yield Reason.TOO_MANY_TODAY
    if 0 < facts.rules.per_week <= facts.attempts_this_week:
        yield Reason.TOO_MANY_THIS_WEEK
    rest, last = timedelta(minutes=facts.rules.rest_minutes), facts.last_attempt
    if rest and last is not None and facts.now - last < rest:
        yield Reason.TOO_SOON_AGAIN
    if facts.is_on_the_line:
        yield Reason.NUMBER_BUSY


def _caller(facts: Facts) -> Iterator[Reason]:
    if 0 < facts.rules.caller_per_hour <= facts.caller_attempts:
        yield Reason.CALLER_TIRED


CALL: tuple[Rule, ...] = (
    _business,
    _dialing,
    _number,
    _suppressed,
    _person,
    _lists,
    _consent,
    _hours,
    _attempts,
    _caller,
)
SERVICE_SMS: tuple[Rule, ...] = (_business, _number, _suppressed, _person, _consent_to_sms)
RULES: dict[ContactKind, tuple[Rule, ...]] = {
    ContactKind.AI: CALL,
    ContactKind.REP: CALL,
    ContactKind.SMS: (*SERVICE_SMS, _lists, _hours),
    ContactKind.EMAIL: (_business, _postal_address, _address, _person, _consent_to_email),
}
