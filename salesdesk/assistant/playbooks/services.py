"""Every write to playbooks: their names, which one is followed, stages and objections."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from salesdesk.assistant.loop.state import ObjectionSpec, PlaybookSpec, StageSpec
from salesdesk.assistant.models import Objection, Playbook, Stage
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

MOST_PARTS = 30
"""Stages, and objections, that a playbook may have."""

Part = Stage | Objection


@transaction.atomic
def create_playbook(business: Business, name: str, *, like: PlaybookSpec | None = None) -> Playbook:
    """A playbook, with stages and objections as in ``like``.

    It is followed at once if it is the business's first; else :func:`follow` it when it is ready.
    """
    _lock(business)
    is_first = not Playbook.objects.filter(business=business).exists()
    playbook = Playbook.objects.create(business=business, name=name, is_active=is_first)
    if like:
        _furnish(playbook, like)
    return playbook


def rename(playbook: Playbook, name: str) -> Playbook:
    playbook.name = name
    playbook.save(update_fields=["name", "updated_at"])
    return playbook


@transaction.atomic
def follow(playbook: Playbook) -> None:
    """Let the business's agents follow this playbook, and no other, from the next call on."""
    _lock(playbook.business)
    others = Playbook.objects.filter(business=playbook.business, is_active=True)
    others.exclude(pk=playbook.pk).update(is_active=False)
    Playbook.objects.filter(pk=playbook.pk).update(is_active=True)
    playbook.refresh_from_db()


@transaction.atomic
def delete_playbook(playbook: Playbook) -> None:
    """Raises ``Conflict`` for the one that is followed while there are others to follow."""
    _lock(playbook.business)
    playbook.refresh_from_db()
    others = Playbook.objects.filter(business=playbook.business).exclude(pk=playbook.pk)
    if playbook.is_active and others.exists():
        raise Conflict("The agents follow this playbook. Let them follow another one first.")
    playbook.delete()


# ---------------------------------------------------------------- stages and objections


@transaction.atomic
def put_stage(playbook: Playbook, spec: StageSpec, *, stage: Stage | None = None) -> Stage:
    """Write a stage, a new one at the end. Raises ``Conflict`` when there are too many."""
    put = stage or Stage(playbook=playbook, position=_next_position(playbook, Stage))
    put.name, put.goal = spec.name, spec.goal
    put.questions, put.lines = list(spec.questions), list(spec.lines)
    put.save()
    _touch(playbook)
    return put


@transaction.atomic
def put_objection(
    playbook: Playbook, spec: ObjectionSpec, *, objection: Objection | None = None
) -> Objection:
    """Write an objection, a new one at the end. Raises ``Conflict`` when there are too many."""
    put = objection or Objection(playbook=playbook, position=_next_position(playbook, Objection))
    put.name, put.signs, put.answer = spec.name, list(spec.signs), spec.answer
    put.save()
    _touch(playbook)
    return put


@transaction.atomic
def move(part: Part, by: int) -> None:
    """Put it ``by`` places further down, or up where that is negative; at an end it stays."""
    parts = _in_order(part.playbook, type(part))
    place = next(here for here, each in enumerate(parts) if each.pk == part.pk)
    parts.insert(min(max(place + by, 0), len(parts) - 1), parts.pop(place))
    _number(parts)
    _touch(part.playbook)


@transaction.atomic
def remove(part: Part) -> None:
    playbook = part.playbook
    part.delete()
    _number(_in_order(playbook, type(part)))
    _touch(playbook)


# ---------------------------------------------------------------- steps


def _lock(business: Business) -> None:
    """Which playbook is followed is decided by one at a time."""
    Business.objects.select_for_update().get(pk=business.pk)


def _furnish(playbook: Playbook, like: PlaybookSpec) -> None:
    Stage.objects.bulk_create(
        Stage(
            playbook=playbook,
            position=place,
            name=spec.name,
            goal=spec.goal,
            questions=list(spec.questions),
            lines=list(spec.lines),
        )
        for place, spec in enumerate(like.stages)
    )
    Objection.objects.bulk_create(
        Objection(
            playbook=playbook,
            position=place,
            name=spec.name,
            signs=list(spec.signs),
            answer=spec.answer,
        )
        for place, spec in enumerate(like.objections)
    )


def _in_order(playbook: Playbook, kind: type[Part]) -> list[Part]:
    """Its parts of this kind; whoever asks is alone with the playbook until they are done."""
    Playbook.objects.select_for_update().get(pk=playbook.pk)
    return list(cast(Any, kind).objects.filter(playbook=playbook).order_by("position", "pk"))


def _next_position(playbook: Playbook, kind: type[Part]) -> int:
    parts = _in_order(playbook, kind)
    if len(parts) >= MOST_PARTS:
        raise Conflict(f"A playbook can have {MOST_PARTS} of these at most.")
    return parts[-1].position + 1 if parts else 0


def _number(parts: Sequence[Part]) -> None:
    for place, part in enumerate(parts):
        if part.position != place:
            part.position = place
            part.save(update_fields=["position"])


def _touch(playbook: Playbook) -> None:
    Playbook.objects.filter(pk=playbook.pk).update(updated_at=timezone.now())
