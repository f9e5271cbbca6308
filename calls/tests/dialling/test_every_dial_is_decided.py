"""No path dials without a line in the ledger: by the source, and by what is done at random."""

import ast
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest import MonkeyPatch

from calls import services as calls
from calls.carriers.base import get_carrier
from calls.dialling import placing
from calls.models import Call
from calls.tests.carrier import ScriptedCarrier
from conftest import FRIDAY_NOON
from leads.dialing import services as dialing
from leads.enums import DialKind, DialOrigin, LeadSource, SuppressionSource
from leads.gate.decide import decide
from leads.gate.facts import from_json
from leads.gate.services import permit
from leads.models import Attempt, Dial, DialDecision, DialRules, Lead, Suppression
from leads.services import create_lead, suppress
from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import add_number, create_business
from salesdesk.lib.errors import SalesdeskError
from salesdesk.tests.architecture import _sources

PROJECT = Path(__file__).resolve().parents[3]
APPS = ("calls", "leads", "salesdesk", "knowledge")
DIALS_CUSTOMERS = ("calls/services.py", "_dial_out")
"""Where a carrier is asked to dial somebody whom the gate decides about."""

DIALS_REPS = frozenset({("calls/dialling/rep.py", "place")})
"""Where the carrier is asked to ring a rep of ours, about whom no gate decides."""


def functions_that_place() -> Iterator[tuple[str, str, str]]:
    """Each call of a method ``place`` of the carrier: file, function and what it stands on."""
    for app in APPS:
        for path in _sources(PROJECT / app):
            name = str(path.relative_to(PROJECT))
            if name.startswith(("calls/sandbox/", "calls/bench/")):
                continue  # the workshop; it has no customers
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from ((name, function.name, each) for each in _placing(function))


def _placing(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = ast.unparse(node.func.value)
        if node.func.attr == "place" and "carrier" in owner.lower():
            yield owner


def functions_named(name: str) -> ast.FunctionDef:
    tree = ast.parse((PROJECT / "calls/services.py").read_text())
    return next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
    )


def called_by(function: ast.FunctionDef) -> list[str]:
    return [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]


def test_one_function_has_the_carrier_dial_customers() -> None:
    found = {(file, function) for file, function, _ in functions_that_place()}
    assert DIALS_CUSTOMERS in found
    assert found <= {DIALS_CUSTOMERS, *DIALS_REPS}


def test_it_is_reached_only_through_what_uses_a_decision_up() -> None:
    """``use`` is the first thing that ``place_call`` does, and it raises without a decision."""
    tree = ast.parse((PROJECT / "calls/services.py").read_text())
    callers = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and "_dial_out" in called_by(node)
    ]
    assert callers == ["place_call"]
    first = functions_named("place_call").body[1]  # after its docstring
    assert isinstance(first, ast.Expr)
    assert ast.unparse(first) == "use(decision)"


# ---------------------------------------------------------------- at random

NUMBERS = ("+14155550199", "+14155550177", "+12125550133")
STEPS = ("want", "place_what_is_due", "dial_by_hand", "opt_out", "dial_bare", "dial_again")
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(NUMBERS)), max_size=14)


class TestWhateverIsDone(TestCase):
    """Dials wanted, placed, placed by hand and again, while people opt out."""

    business: Business
    user: User
    leads: dict[str, Lead]

    @pytest.fixture(autouse=True)
    def _with_carrier(self, carrier: ScriptedCarrier, monkeypatch: MonkeyPatch) -> None:
        monkeypatch.setattr("leads.gate.clock.now", lambda: FRIDAY_NOON)

    def begin(self) -> ScriptedCarrier:
        self.business = create_business("Bright Solar", prompt="You sell solar panels.")
        add_number(self.business, "+14155550100")
        self.user = add_user("sue@example.com", name="Sue", superuser=True)
        DialRules.objects.create(business=self.business, ai_needs_consent=False, rest_minutes=0)
        source = LeadSource.MANUAL
        self.leads = {
            number: create_lead(self.business, source=source, phone=number) for number in NUMBERS
        }
        carrier = get_carrier()
        assert isinstance(carrier, ScriptedCarrier)
        carrier.dialled.clear()
        return carrier

    def do(self, step: str, number: str) -> None:
        getattr(self, step)(number)

    def want(self, number: str) -> None:
        lead = self.leads[number]
        dialing.request_dial(lead, kind=DialKind.AI, origin=DialOrigin.CADENCE)

    def place_what_is_due(self, _: str) -> None:
        for dial_id in dialing.due_dials(1):
            placing.place_dial(dial_id)

    def dial_by_hand(self, number: str) -> None:
        placing.dial_now(self.business, number, user=self.user, override_reason="Because.")

    def opt_out(self, number: str) -> None:
        suppress(self.business, phone=number, source=SuppressionSource.CALLER)

    def dial_bare(self, number: str) -> None:
        calls.place_call(permit(self.business, phone=number, kind=DialKind.AI))

    def dial_again(self, number: str) -> None:
        for decision in DialDecision.objects.filter(phone=number):
            calls.place_call(decision)

    @given(steps)
    @hypothesis_settings(max_examples=25, deadline=None)
    def test_each_dial_has_a_line_that_allowed_it(self, wanted: list[tuple[str, str]]) -> None:
        carrier = self.begin()
        for step, number in wanted:
            dialled, in_peace = len(carrier.dialled), set(self.suppressed())
            with contextlib.suppress(SalesdeskError):  # a refusal: what was dialled counts
                self.do(step, number)
            assert not {order.to for order in carrier.dialled[dialled:]} & in_peace
        self.check(carrier)

    def suppressed(self) -> list[str]:
        return list(Suppression.objects.values_list("phone", flat=True))

    def check(self, carrier: ScriptedCarrier) -> None:
        numbers = sorted(order.to for order in carrier.dialled)
        assert numbers == sorted(Attempt.objects.values_list("phone", flat=True))
        assert numbers == sorted(Call.objects.values_list("to_number", flat=True))
        for attempt in Attempt.objects.select_related("decision"):
            assert attempt.decision.allowed
            assert attempt.phone == attempt.decision.phone
        for line in DialDecision.objects.all():
            again = decide(from_json(line.facts))
            assert line.allowed == (again.allowed or line.overridden)
            assert list(again.reasons) == line.reasons
        for dial in Dial.objects.exclude(call_id=""):
            assert dial.decision is not None
            assert dial.decision.allowed
