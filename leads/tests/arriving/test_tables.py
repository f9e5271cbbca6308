"""Files as they come: other encodings, other signs between cells, broken, too large."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from leads.arriving import tables
from leads.arriving.columns import FACT, guess, headers_key, problem_of, values_of
from salesdesk.lib.errors import InvalidInput


def read(data: bytes) -> list[list[str]]:
    file = io.BytesIO(data)
    return list(tables.rows_of(file, tables.detect(file)))


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_come_through_in_any_usual_encoding(encoding: str) -> None:
    text = "Name;Stadt\nJosé Müller;Zürich\nÆsa Ångström;Malmö\nFrançois Lefèvre;Besançon\n"
    rows = read(text.encode(encoding))
    assert rows[1] == ["José Müller", "Zürich"]
    assert rows[3] == ["François Lefèvre", "Besançon"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_cells_are_told_apart_by_any_usual_sign(sign: str) -> None:
    text = f'Name{sign}Note\n"Lopez{sign} Maria"{sign}"two\nlines"\n'
    assert read(text.encode())[1] == [f"Lopez{sign} Maria", "two\nlines"]


def test_a_workbook_gives_numbers_and_days_as_they_were_typed() -> None:
    data = workbook(["Phone", "Day", "Value"], [4155550199, date(2026, 3, 1), 12.5], [None] * 3)
    assert read(data) == [["Phone", "Day", "Value"], ["4155550199", "2026-03-01", "12.5"]]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"PK\x03\x04broken", "broken"),
        (b"\x89PNG\r\n\x1a\n\x00\x00rest", "neither a CSV nor an Excel file"),
        (b'a,b\n"no end,1\n' + b"x" * 200_000, "does not end"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read(data)


def test_another_zip_is_no_workbook() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(InvalidInput, match="neither CSV nor"):
        read(stored.getvalue())


def test_a_workbook_whose_sheet_is_broken_says_so() -> None:
    stored = io.BytesIO(workbook(["Name"], ["Maria"]))
    broken = io.BytesIO()
    with zipfile.ZipFile(stored) as whole, zipfile.ZipFile(broken, "w") as made:
        for name in whole.namelist():
            data = whole.read(name)
            made.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(InvalidInput, match="broken"):
        read(broken.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_UNPACKED", 100)
    with pytest.raises(InvalidInput, match="too large"):
        read(workbook(["Name"], ["Maria"]))


def test_more_rows_than_are_taken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert len(read(b"Name\na\nb\n")) == 3
    with pytest.raises(InvalidInput, match="split the file"):
        read(b"Name\na\nb\nc\n")


def test_cells_that_a_spreadsheet_would_run_are_made_harmless_and_read_back() -> None:
    bad = ["=1+1", "+1 415 555 0199", "-2", "@SUM(A1)", "\tx", "plain", "it's"]
    written = "".join(tables.csv_lines(iter([bad])))
    [read_back] = read(written.encode())
    assert written.startswith("'=1+1,'+1 415 555 0199,'-2,'@SUM(A1)")
    assert read_back == bad


# ---------------------------------------------------------------- columns


def test_columns_are_guessed_by_their_names_and_by_what_stands_there() -> None:
    headers = ["First Name", "Surname", "E-Mail Address", "Kontakt", "Roof", "Phone", "Mobile"]
    rows = [["Maria", "Lopez", "m@x.org", "(415) 555-0199", "tile", "4155550100", "4155550101"]]
    assert guess(headers, rows) == {
        0: "first_name",
        1: "last_name",
        2: "email",
        3: "phone",
        4: FACT,
        5: FACT,
        6: FACT,
    }


def test_a_mapping_must_say_who_and_each_once() -> None:
    assert "two columns" in problem_of({0: "phone", 1: "phone"})
    assert "says who" in problem_of({0: "city", 1: FACT})
    assert problem_of({0: "phone", 1: "message", 2: "message", 3: FACT, 4: FACT}) == ""


def test_a_row_becomes_values_and_facts_never_take_a_fields_place() -> None:
    mapping = {0: "phone", 1: FACT, 2: "message", 3: "message", 4: ""}
    headers = ["Tel", "Phone", "Note", "More", "Secret"]
    cells = ["1", "2", "a", "b", "c"]
    assert values_of(cells, mapping, headers) == {
        "phone": "1",
        "other_phone": "2",
        "message": "a\nb",
    }
    assert values_of(["1"], mapping, headers) == {"phone": "1"}


def test_the_same_headers_have_the_same_key() -> None:
    assert headers_key(["E-Mail", "Name"]) == headers_key(["e mail", "NAME "])
    assert headers_key(["E-Mail", "Name"]) != headers_key(["Name", "E-Mail"])
