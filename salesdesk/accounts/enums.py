"""Roles, and what each may do in a business."""

from collections.abc import Mapping
from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    MANAGER = "manager", "Manager"
    REP = "rep", "Rep"
    AUDITOR = "auditor", "Auditor"


class Availability(models.TextChoices):
    """Whether a rep takes work now."""

    AVAILABLE = "available", "Available"
    BUSY = "busy", "Busy"
    AWAY = "away", "Away"


class CallBy(models.TextChoices):
    """How a rep is connected with a lead."""

    BRIDGE = "bridge", "My phone is rung, then the lead is connected"
    TEL = "tel", "My phone dials the lead itself"


class Ability(StrEnum):
    VIEW_CALLS = "view calls"
    CONTROL_CALLS = "control calls"
    PLACE_CALLS = "place calls"
    WRITE_NOTES = "write notes"
    MANAGE_NOTES = "manage notes"
    VIEW_KNOWLEDGE = "view knowledge"
    MANAGE_KNOWLEDGE = "manage knowledge"
    VIEW_LEADS = "view leads"
    MANAGE_LEADS = "manage leads"
    WORK_LEADS = "work the queue of leads"
    IMPORT_LEADS = "import leads"
    MANAGE_CAMPAIGNS = "manage campaigns and dialling"
    OVERRIDE_GATE = "override a refused dial"
    VIEW_LEDGER = "view the dial ledger"
    MANAGE_CALENDARS = "manage calendars"
    USE_ASSISTANT = "use the assistant"
    VIEW_ASSISTANT_LOG = "view the assistant's log"
    MANAGE_ASSISTANT = "manage the assistant"
    CONFIGURE = "configure"


ABILITIES: Mapping[Role, frozenset[Ability]] = {
    Role.ADMIN: frozenset(Ability),
    Role.MANAGER: frozenset(Ability) - {Ability.CONFIGURE},
    Role.REP: frozenset(
        {
            Ability.VIEW_CALLS,
            Ability.PLACE_CALLS,
            Ability.WRITE_NOTES,
            Ability.VIEW_KNOWLEDGE,
            Ability.VIEW_LEADS,
            Ability.MANAGE_LEADS,
            Ability.WORK_LEADS,
            Ability.USE_ASSISTANT,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Ability.VIEW_CALLS,
            Ability.VIEW_KNOWLEDGE,
            Ability.VIEW_LEADS,
            Ability.VIEW_LEDGER,
            Ability.VIEW_ASSISTANT_LOG,
        }
    ),
}


def roles_with(ability: Ability) -> list[Role]:
    return [role for role, abilities in ABILITIES.items() if ability in abilities]
