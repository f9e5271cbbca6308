"""What the pages of playbooks show, and what their two kinds of parts have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, has_ability
from salesdesk.assistant.forms.playbooks import ObjectionForm, PlaybookForm, StageForm
from salesdesk.assistant.models import Objection, Playbook, Stage
from salesdesk.assistant.permissions import businesses_where
from salesdesk.assistant.playbooks import services
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class Kind:
    """Stages or objections: ``name`` is the word in addresses and on pages."""

    name: str
    one: str
    form: type[StageForm] | type[ObjectionForm]
    put: Callable[..., Any]

    def parts_of(self, playbook: Playbook) -> Any:
        return getattr(playbook, self.name).all()


KINDS: Mapping[str, Kind] = {
    "stages": Kind("stages", "stage", StageForm, services.put_stage),
    "objections": Kind("objections", "objection", ObjectionForm, services.put_objection),
}


def kind_named(name: str) -> Kind:
    """Raises ``NotFound`` where there is no such kind."""
    if name not in KINDS:
        raise NotFound("There is no such page.")
    return KINDS[name]


def part_of(playbook: Playbook, kind: Kind, key: int) -> Stage | Objection:
    part: Stage | Objection | None = kind.parts_of(playbook).filter(pk=key).first()
    if part is None:
        raise NotFound(f"There is no such {kind.one} any more.")
    return part


def list_context(user: Visitor, business: Business) -> dict[str, Any]:
    playbooks = Playbook.objects.filter(business=business).annotate(
        stage_count=Count("stages", distinct=True),
        objection_count=Count("objections", distinct=True),
    )
    return {
        "business": business,
        "businesses": list(businesses_where(user, Ability.VIEW_ASSISTANT_LOG)),
        "may_manage": has_ability(user, business.pk, Ability.MANAGE_ASSISTANT),
        "playbooks": playbooks.order_by("-is_active", "name", "pk"),
    }


def playbook_context(
    user: Visitor, playbook: Playbook, form: PlaybookForm | None = None
) -> dict[str, Any]:
    return {
        "playbook": playbook,
        "business": playbook.business,
        "may_manage": has_ability(user, playbook.business_id, Ability.MANAGE_ASSISTANT),
        "form": form or PlaybookForm.of(playbook),
        "kinds": [
            {"kind": kind, "parts": list(kind.parts_of(playbook))} for kind in KINDS.values()
        ],
    }


def part_context(
    playbook: Playbook, kind: Kind, part: Stage | Objection | None = None, **more: Any
) -> dict[str, Any]:
    """For one part that its user may change."""
    return {
        "playbook": playbook,
        "business": playbook.business,
        "may_manage": True,
        "kind": kind,
        "part": part,
        **more,
    }


def form_of(
    kind: Kind, part: Stage | Objection | None, data: Mapping[str, Any] | None = None
) -> Any:
    """A form whose fields have ids of their own, as several of them may be open on one page."""
    form: Any = kind.form
    initial = form.values_of(part) if part else {}
    ids = f"id_{kind.one}_{part.pk if part else 'new'}_%s"
    return form(data, initial=initial, auto_id=ids)
