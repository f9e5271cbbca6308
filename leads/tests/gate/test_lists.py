"""Do-not-call lists from files."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from leads.enums import DialKind, ListKind
from leads.gate.lists import delete_list, import_list, number_in
from leads.gate.services import permit
from leads.models import DoNotCallEntry, DoNotCallList
from leads.tests.conftest import MARIA
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput


def today() -> date:
    return timezone.now().date()


def phones() -> set[str]:
    return set(DoNotCallEntry.objects.values_list("phone", flat=True))


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("4155550199", MARIA),
        ("415,5550199", MARIA),
        (" 415 , 5550199 ", MARIA),
        ("+1 415-555-0199", MARIA),
        ('"(415) 555-0199"', MARIA),
        ("Maria,Lopez,415.555.0199,maria@example.com", MARIA),
        ("+44 20 7123 4567", "+442071234567"),
        ("phone", ""),
        ("12345", ""),
        ("1155550199", ""),
        ("", ""),
    ],
)
def test_a_number_is_found_in_a_line(line: str, number: str) -> None:
    assert number_in(line) == number


@pytest.mark.django_db
@pytest.mark.usefixtures("daytime")
class TestImporting:
    def test_the_gate_heeds_it(self, business: Business) -> None:
        assert permit(business, phone=MARIA, kind=DialKind.REP).allowed
        lines = ["\ufeffPhone\n", "4155550199\n", "(415) 555-0199\n", "nonsense\n"]
        imported = import_list(business, lines, name="US", kind=ListKind.NATIONAL, as_of=today())
        assert (imported.taken, imported.unreadable) == (1, 1)
        assert imported.problems == [(4, "nonsense")]
        refused = permit(business, phone=MARIA, kind=DialKind.REP)
        assert refused.reasons == ["do_not_call_list"]
        assert refused.facts["lists"] == ["US"]

    def test_the_same_name_replaces_the_numbers(self, business: Business) -> None:
        for number in ("4155550199", "4155550177"):
            import_list(business, [number], name=" US ", kind="national", as_of=today())
        assert phones() == {"+14155550177"}
        assert DoNotCallList.objects.get().count == 1

    def test_of_another_business_it_says_nothing(
        self, business: Business, other_business: Business
    ) -> None:
        import_list(other_business, ["4155550199"], name="US", kind="own", as_of=today())
        assert permit(business, phone=MARIA, kind=DialKind.REP).allowed

    def test_an_old_registry_stops_all_calls(self, business: Business) -> None:
        old = timezone.now().date() - timedelta(days=400)
        import_list(business, ["4155550177"], name="US", kind="national", as_of=old)
        assert permit(business, phone=MARIA, kind=DialKind.REP).reasons == ["list_too_old"]

    def test_an_own_list_may_be_old(self, business: Business) -> None:
        import_list(business, ["4155550177"], name="Own", kind="own", as_of=date(2020, 1, 1))
        assert permit(business, phone=MARIA, kind=DialKind.REP).allowed

    @pytest.mark.parametrize(
        ("name", "as_of", "lines"),
        [
            ("", date(2026, 1, 1), ["4155550199"]),
            ("x" * 81, date(2026, 1, 1), ["4155550199"]),
            ("US", date(2999, 1, 1), ["4155550199"]),
            ("US", date(2026, 1, 1), ["", "nothing"]),
        ],
    )
    def test_what_cannot_be_changes_nothing(
        self, name: str, as_of: date, lines: list[str], business: Business
    ) -> None:
        import_list(business, ["4155550177"], name="US", kind="national", as_of=date(2026, 1, 1))
        with pytest.raises(InvalidInput):
            import_list(business, lines, name=name, kind="national", as_of=as_of)
        assert phones() == {"+14155550177"}

    def test_it_can_be_deleted(self, business: Business) -> None:
        imported = import_list(business, ["4155550199"], name="US", kind="own", as_of=today())
        delete_list(imported.into)
        assert phones() == set()

    def test_from_the_command_line(self, business: Business, tmp_path: Path) -> None:
        file, out = tmp_path / "list.txt", io.StringIO()
        file.write_text("4155550199\n4155550177\n")
        options = {"business": business.name, "name": "US", "date": today()}
        call_command("import_do_not_call", file, stdout=out, **options)
        assert out.getvalue() == "US: 2 numbers, 0 lines without one.\n"
        with pytest.raises(CommandError, match="no business"):
            call_command("import_do_not_call", file, **{**options, "business": "Nobody"})
