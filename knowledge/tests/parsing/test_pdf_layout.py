"""Lines on pages become paragraphs below headings."""

from knowledge.parsing.pdf_layout import Line, Page, Table, elements_of_pages
from knowledge.types import Element


def line(text: str, top: float, *, size: float = 10, bold: bool = False) -> Line:
    return Line(text=text, size=size, bold=bold, left=50, top=top, bottom=top + size)


def page(number: int, *lines: Line, tables: tuple[Table, ...] = ()) -> Page:
    return Page(number=number, height=800, lines=lines, tables=tables)


def test_lines_close_together_are_one_paragraph() -> None:
    one = page(1, line("The first line", 100), line("and the second.", 112), line("Apart.", 150))
    assert [element.text for element in elements_of_pages([one])] == [
        "The first line and the second.",
        "Apart.",
    ]


def test_a_word_divided_at_the_line_end_is_put_together() -> None:
    one = page(1, line("The war-", 100), line("ranty holds.", 112))
    assert elements_of_pages([one])[0].text == "The warranty holds."


def test_larger_and_bolder_lines_are_headings_by_size() -> None:
    one = page(
        1,
        line("Manual", 100, size=20),
        line("Care", 140, size=14),
        line("Cleaning", 170, bold=True),
        line("Use water, and nothing else, to clean the glass of the panels.", 190),
        line("Repair", 230, size=14),
        line("Call us.", 260),
    )
    assert [element.heading for element in elements_of_pages([one])] == [
        ("Manual", "Care", "Cleaning"),
        ("Manual", "Repair"),
    ]


def test_headings_go_on_over_pages() -> None:
    pages = [page(1, line("Care", 100, size=16), line("One.", 200)), page(2, line("Two.", 200))]
    assert elements_of_pages(pages)[1] == Element("Two.", "text", ("Care",), 2)


def test_what_stands_on_most_pages_is_no_content() -> None:
    pages = [
        page(n, line("Acme manual", 20), line(f"Text of part {n * 7}.", 300), line(f"– {n} –", 770))
        for n in range(1, 5)
    ]
    assert [element.text for element in elements_of_pages(pages)] == [
        f"Text of part {n * 7}." for n in range(1, 5)
    ]


def test_bullets_and_numbers_make_list_items() -> None:
    one = page(1, line("• First", 100), line("goes on", 112), line("2) Second", 124))
    assert elements_of_pages([one]) == [
        Element("First goes on", "list", (), 1),
        Element("Second", "list", (), 1),
    ]


def test_a_table_stands_where_it_is_and_divides_paragraphs() -> None:
    table = Table(115, (("Size", "Price"), ("1", "$5")))
    one = page(1, line("Above.", 105), line("Below.", 118), tables=(table,))
    assert [element.text for element in elements_of_pages([one])] == [
        "Above.",
        "Size | Price\n1 | $5",
        "Below.",
    ]


def test_no_pages_give_nothing() -> None:
    assert elements_of_pages([]) == []
