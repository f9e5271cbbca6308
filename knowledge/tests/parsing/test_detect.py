"""What a file is, told by its content."""

import time

import pytest

from knowledge.parsing.detect import HTML, MARKDOWN, PDF, TEXT, content_type_of


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\n\njunk before %PDF-1.4", PDF),
        (b"<!DOCTYPE html><title>x</title>", HTML),
        (b"<?xml version='1.0'?>\n<!-- made by hand -->\n<html lang='en'>", HTML),
        (b"<p>One</p><p>Two</p><p>Three</p>", HTML),
        (b"<p>Hello</p>", HTML),
        (b"<title>Hours</title>\n<meta charset='utf-8'>\n<p>We open at nine.", HTML),
        (b"<!-- pasted --> <div class='note'>Hello", HTML),
        (b"<b>Hello</b>, caller", HTML),
        (b"<p align='center'>\n\n# Heading\n\n- item\n", MARKDOWN),
        (b"<https://example.com/> is where we are", TEXT),
        (b"<b> and <i> are marks of HTML", TEXT),
        (b"---\ntitle: x\n---\ntext", MARKDOWN),
        (b"# Heading\n\n- item\n- item", MARKDOWN),
        (b"| a | b |\n| --- | --- |\n", MARKDOWN),
        (b"Two plus 3 < 5, and that is all.", TEXT),
        (b"# only one sign of it", TEXT),
        ("Grüße".encode("cp1252"), TEXT),
    ],
)
def test_the_type_is_told_by_content(data: bytes, expected: str) -> None:
    assert content_type_of(data) == expected


@pytest.mark.parametrize("piece", [b"<!---->", b"[", b"<b>", b"|", b" \n", b"<p ", b"- "])
def test_no_file_takes_long_to_be_told(piece: bytes) -> None:
    began = time.process_time()
    assert content_type_of(b"x" + piece * 3000) == content_type_of(piece * 3000 + b"x") == TEXT
    assert time.process_time() - began < 2.0
