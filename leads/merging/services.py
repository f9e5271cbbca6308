"""Two leads become one, and two again.

Whatever refers to a lead is moved, whichever app it belongs to: the relations are read from the
models. What is never changed (the ledger of dials, whose foreign key is ``DO_NOTHING``) stays as
it was written.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, models, transaction
from django.db.models import DO_NOTHING, ForeignObjectRel
from django.db.models.deletion import Collector
from django.utils import timezone

from leads import signals
from leads.cadences.services import stop
from leads.contacts import add_contact
from leads.enums import HELD, LeadEventKind, LeadStage, StopReason
from leads.models import Enrollment, Lead, Merge, Reservation
from leads.services import OTHER, announce, lock_addresses, record_event
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, InvalidInput

CHOSEN = (
    "first_name",
    "last_name",
    "company",
    "phone",
    "email",
    "address",
    "time_zone",
    "language",
    "source",
    "stage",
    "value",
    "owner",
    "account",
    "crm_id",
)
"""Fields of which somebody chooses; all others follow from them."""
KEPT, ABSORBED = "kept", "absorbed"
BEFORE_MERGING = "Before merging"
NOT_THEIRS = ("public_id", "business", "rank", "conversion", "updated_at", "facts")
"""What is not put back as a whole when a merge is undone."""
STAGES = [stage.value for stage in LeadStage]


def choices_for(kept: Lead, absorbed: Lead) -> dict[str, str]:
    """Which of the two each field is taken from unless somebody says otherwise.

    What is empty is filled from the other one; of two stages the further one is taken.
    """
    chosen = {
        name: ABSORBED if _is_empty(kept, name) and not _is_empty(absorbed, name) else KEPT
        for name in CHOSEN
    }
    if STAGES.index(absorbed.stage) > STAGES.index(kept.stage) and not absorbed.closed_at:
        chosen["stage"] = ABSORBED
    return chosen


@transaction.atomic
def merge(
    kept: Lead, absorbed: Lead, *, choices: Mapping[str, str] | None = None, by: User | None = None
) -> Merge:
    """Make ``absorbed`` part of ``kept``; ``choices`` as :func:`choices_for` gives them.

    All that belongs to it comes over, its number and address stay known as further ones of the
    lead, and its row is kept for :func:`undo`. Sends ``lead_changed`` and ``leads_merged``. Raises
    ``InvalidInput`` for leads of two businesses or the same one, ``Conflict`` while a rep has it.
    """
    if kept.pk == absorbed.pk or kept.business_id != absorbed.business_id:
        raise InvalidInput("Two different leads of one business can be merged.")
    kept, absorbed = _locked(kept, absorbed)
    lock_addresses(kept.business, phone=absorbed.phone, email=absorbed.email)
    _refuse_busy(absorbed)
    _stop_cadence(kept, absorbed)
    chosen = {**choices_for(kept, absorbed), **(choices or {})}
    row, before = _row_of(absorbed), _row_of(kept)
    name, public_id = str(absorbed), absorbed.public_id
    moved, dropped = _move_relations(absorbed, kept)
    absorbed_pk = absorbed.pk
    absorbed.delete()
    _take_values(kept, absorbed, chosen)
    kept.save()
    _keep_reachable(kept, (row, before), by)
    told = Merge.objects.create(
        business=kept.business,
        kept=kept,
        absorbed_id=public_id,
        absorbed_name=name[:200],
        absorbed={**row, "pk": absorbed_pk},
        before=before["fields"],
        after=_row_of(kept)["fields"],
        moved=moved,
        dropped=dropped,
        by=by,
    )
    _tell(told, f"Merged with {name}.", "merged", by)
    return told


def _locked(kept: Lead, absorbed: Lead) -> tuple[Lead, Lead]:
    """Both rows, in the order of their keys, so that nobody waits in a circle."""
    both = Lead.objects.select_related("business").filter(pk__in=(kept.pk, absorbed.pk))
    rows = {lead.pk: lead for lead in both.select_for_update(of=("self",)).order_by("pk")}
    if len(rows) != 2:
        raise Conflict("One of the two is gone by now.")
    return rows[kept.pk], rows[absorbed.pk]


def _refuse_busy(absorbed: Lead) -> None:
    if Reservation.objects.filter(lead=absorbed, state__in=HELD).exists():
        raise Conflict(f"A rep is busy with {absorbed}; merge them in a moment.")


def _stop_cadence(kept: Lead, absorbed: Lead) -> None:
    """One cadence at a time: that of the lead that is kept goes on."""
    if Enrollment.objects.unfinished().filter(lead=kept).exists():
        stop(absorbed, StopReason.REPLACED)


def _take_values(kept: Lead, absorbed: Lead, chosen: Mapping[str, str]) -> None:
    for name in CHOSEN:
        if chosen.get(name) == ABSORBED:
            setattr(kept, name, getattr(absorbed, name))
    kept.facts = {**absorbed.facts, **kept.facts}
    kept.crm_known = {**absorbed.crm_known, **kept.crm_known}
    kept.created_at = min(kept.created_at, absorbed.created_at)
    if chosen.get("stage") == ABSORBED:
        kept.closed_at, kept.close_reason = absorbed.closed_at, absorbed.close_reason
    wanted = [at for at in (kept.wanted_at, absorbed.wanted_at) if at is not None]
    kept.wanted_at = min(wanted, default=None)


def _keep_reachable(kept: Lead, rows: Iterable[Mapping[str, Any]], by: User | None) -> None:
    """A number or address of either that is not the lead's own now leads to it all the same."""
    for name in OTHER:
        for value in {row["fields"][name] for row in rows} - {"", getattr(kept, name)}:
            if not kept.contacts.filter(is_lead=True, **{name: value}).exists():
                add_contact(kept, is_lead=True, role=BEFORE_MERGING, by=by, **{name: value})


def _is_empty(lead: Lead, name: str) -> bool:
    return getattr(lead, name) in ("", None)


# ---------------------------------------------------------------- moving


def relations_of_leads() -> list[ForeignObjectRel]:
    """Every foreign key to leads, of whichever app, whose rows may be changed."""
    related = [
        each
        for each in Lead._meta.get_fields(include_hidden=True)
        if isinstance(each, ForeignObjectRel) and each.on_delete is not DO_NOTHING
    ]
    return sorted(related, key=lambda each: (each.related_model._meta.label_lower, each.field.name))


def _move_relations(absorbed: Lead, kept: Lead) -> tuple[dict[str, Any], list[Any]]:
    """What moved (``{model: {field: [keys]}}``), and the rows for which there was no place."""
    moved: dict[str, dict[str, list[Any]]] = {}
    dropped: list[Any] = []
    for relation in relations_of_leads():
        model, name = relation.related_model, relation.field.name
        rows = model._base_manager.filter(**{name: absorbed}).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        if not keys:
            continue
        if not _moves(rows, name, kept):
            keys, lost = _move_one_by_one(rows, name, kept)
            dropped += lost
        moved.setdefault(model._meta.label_lower, {})[name] = keys
    return moved, dropped


def _move_one_by_one(
    rows: "models.QuerySet[Any]", name: str, kept: Lead
) -> tuple[list[Any], list[Any]]:
    """Where only one may be, the lead's own stays, and the other is taken out."""
    keys, dropped = [], []
    for row in list(rows):
        if _moves(rows.filter(pk=row.pk), name, kept):
            keys.append(row.pk)
        else:
            dropped += _taken_out(row)
    return keys, dropped


def _moves(rows: "models.QuerySet[Any]", field: str, lead: Lead) -> bool:
    """Whether the rows could be given to the lead."""
    try:
        with transaction.atomic():
            rows.order_by().update(**{field: lead})
    except IntegrityError:
        return False
    return True


def _taken_out(row: models.Model) -> list[Any]:
    """The row and what goes with it, as JSON in the order in which it can be put back."""
    collector = Collector(using="default")
    collector.collect([row])
    every = [each for rows in collector.data.values() for each in rows]
    every += [each for rows in collector.fast_deletes for each in rows]
    plain = _plain(sorted(every, key=lambda each: each is not row))
    row.delete()
    return plain


def _plain(rows: Iterable[models.Model]) -> list[Any]:
    stored: list[Any] = json.loads(serializers.serialize("json", rows))
    return stored


def _row_of(lead: Lead) -> dict[str, Any]:
    [row] = _plain([lead])
    row["fields"].pop("words", None)
    return dict(row)


# ---------------------------------------------------------------- two again


@transaction.atomic
def undo(merge: Merge, *, by: User | None = None) -> Lead:
    """Make two of the lead again; returns the one that had been absorbed.

    What came over goes back, as far as it is still there. A field of the kept lead becomes what it
    was, unless somebody has changed it since. Raises ``Conflict`` after thirty days, when it was
    undone already, or when another lead has the number or the address by now.
    """
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if not merge.may_be_undone or merge.kept is None:
        raise Conflict("A merge can be undone once, within 30 days.")
    kept = Lead.objects.select_for_update(of=("self",)).get(pk=merge.kept.pk)
    if kept.public_id != merge.after["public_id"]:
        raise Conflict("It has become part of another lead since; undo that merge first.")
    fields = merge.absorbed["fields"]
    lock_addresses(merge.business, phone=fields["phone"], email=fields["email"])
    _take_back_values(kept, merge)
    _forget_further_addresses(kept, merge)
    _refuse_taken(merge)
    absorbed = _put_back([merge.absorbed])[0]
    assert isinstance(absorbed, Lead)
    _move_back(merge, kept, absorbed)
    _put_back(merge.dropped)
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    _tell(merge, f"Merge with {merge.absorbed_name} undone.", "undone", by)
    record_event(absorbed, LeadEventKind.MERGED, f"Merge with {kept} undone.", {}, by=by)
    announce(absorbed, "changed")
    return absorbed


def _take_back_values(kept: Lead, merge: Merge) -> None:
    """Only what is still as the merge had left it."""
    now = _row_of(kept)["fields"]
    facts = _facts_again(now["facts"], merge)
    unchanged = {
        name: value
        for name, value in merge.before.items()
        if name not in NOT_THEIRS and now[name] == merge.after[name]
    }
    row = {"model": "leads.lead", "pk": kept.pk, "fields": {**now, **unchanged, "facts": facts}}
    _put_back([row])
    kept.refresh_from_db()


def _facts_again(now: dict[str, Any], merge: Merge) -> dict[str, Any]:
    before, after = merge.before["facts"], merge.after["facts"]
    came = {key for key, value in after.items() if key not in before and now.get(key) == value}
    return {key: value for key, value in now.items() if key not in came}


def _forget_further_addresses(kept: Lead, merge: Merge) -> None:
    for name in OTHER:
        came = {merge.absorbed["fields"][name], merge.before[name]} - {""}
        further = kept.contacts.filter(is_lead=True, role=BEFORE_MERGING)
        further.filter(**{f"{name}__in": came}).delete()


def _refuse_taken(merge: Merge) -> None:
    fields = merge.absorbed["fields"]
    others = Lead.objects.of(merge.business)
    for name in OTHER:
        if fields[name] and others.filter(**{name: fields[name]}).exists():
            raise Conflict(f"Another lead has {fields[name]} by now; the merge stays.")


def _move_back(merge: Merge, kept: Lead, absorbed: Lead) -> None:
    for label, by_field in merge.moved.items():
        model = apps.get_model(label)
        for field, keys in by_field.items():
            here = model._base_manager.filter(pk__in=keys, **{field: kept})
            here.update(**{field: absorbed})


def _put_back(rows: list[Any]) -> list[models.Model]:
    return list(_restored(rows))


def _restored(rows: list[Any]) -> Iterator[models.Model]:
    """Saves as they were; a row whose column is gone by now keeps the rest."""
    text = json.dumps(rows)
    try:
        for each in serializers.deserialize("json", text, ignorenonexistent=True):
            each.save()
            yield each.object
    except (DeserializationError, IntegrityError) as error:
        raise Conflict("What belonged to it has changed too much; the merge stays.") from error


def _tell(merge: Merge, text: str, event: str, by: User | None) -> None:
    kept = merge.kept
    assert kept is not None
    told = {"merge": merge.public_id, "absorbed": merge.absorbed_id}
    record_event(kept, LeadEventKind.MERGED, text, told, by=by)
    announce(kept, "changed")
    signals.send_after_commit(
        signals.leads_merged,
        lead_id=kept.public_id,
        absorbed_id=merge.absorbed_id,
        business_id=merge.business_id,
        event=event,
    )
