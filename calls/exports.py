"""A call's transcript as a text file and as a PDF."""

import io
from collections.abc import Container, Iterable, Iterator
from functools import cache, partial
from html import escape
from itertools import groupby
from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from calls.models import Call, Utterance
from calls.templatetags.calls import clock, clock_ms, where_it_rang

FONT = "DejaVu Sans"
FONT_FILE = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
JAPANESE, KOREAN, CHINESE = "HeiseiKakuGo-W5", "HYGothic-Medium", "STSong-Light"
UNKNOWN = "\ufffd"

INK, MUTED = colors.HexColor("#1f2430"), colors.HexColor("#646a78")
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=15, leading=20, textColor=INK)
FACT = ParagraphStyle("fact", fontName=FONT, fontSize=9, leading=13, textColor=MUTED)
SPEAKER = ParagraphStyle(
    "speaker", fontName=FONT, fontSize=8, leading=11, textColor=MUTED, keepWithNext=1
)
SPOKEN = ParagraphStyle(
    "spoken", fontName=FONT, fontSize=10, leading=14, textColor=INK, spaceAfter=2.5 * mm
)


def facts_of(call: Call) -> list[tuple[str, str]]:
    """What stands above a transcript, as pairs of term and value."""
    started = where_it_rang(call.started_at, call)
    facts = [
        ("Business", str(call.business) if call.business else "None"),
        ("Direction", call.get_direction_display()),
        ("From", call.from_number),
        ("To", call.to_number),
        ("Started", f"{started:%Y-%m-%d %H:%M:%S %Z}"),
        ("Duration", clock(call.seconds)),
        ("Status", call.get_status_display()),
    ]
    if call.end_reason:
        facts.append(("Ended", call.get_end_reason_display()))
    return facts


def transcript_txt(call: Call, utterances: Iterable[Utterance]) -> str:
    """The facts, an empty line, then a line for each utterance: ``[0:42] Agent: …``."""
    facts = (f"{term}: {value}" for term, value in facts_of(call))
    spoken = (f"[{clock_ms(each.start_ms)}] {_who(each)}: {each.text}" for each in utterances)
    return "\n".join([f"Call {call.public_id}", *facts, "", *spoken]) + "\n"


def transcript_pdf(call: Call, utterances: Iterable[Utterance]) -> bytes:
    """The same on Letter pages, with a font that knows most alphabets."""
    register_fonts()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=LETTER,
        title=f"Transcript of call {call.public_id}",
        author="salesdesk",
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
    )
    document.build(
        [*_heading(call), *_conversation(utterances)],
        onFirstPage=_number_page,
        onLaterPages=_number_page,
    )
    return buffer.getvalue()


def _who(utterance: Utterance) -> str:
    name = utterance.get_speaker_display()
    return f"{name} (interrupted)" if utterance.interrupted else name


def _heading(call: Call) -> Iterator[Flowable]:
    yield Paragraph("Transcript", TITLE)
    for term, value in facts_of(call):
        yield Paragraph(f"{term}: {in_fonts(value)}", FACT)
    yield Spacer(0, 6 * mm)


def _conversation(utterances: Iterable[Utterance]) -> Iterator[Flowable]:
    for each in utterances:
        yield Paragraph(f"{clock_ms(each.start_ms)} · {_who(each)}", SPEAKER)
        yield Paragraph(in_fonts(each.text), SPOKEN)


def _number_page(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 8)
    canvas.setFillColor(MUTED)
    canvas.drawCentredString(LETTER[0] / 2, 11 * mm, f"Page {document.page}")
    canvas.restoreState()


# ---------------------------------------------------------------- alphabets


@cache
def register_fonts() -> Container[int]:
    """The code points that DejaVu has; it is embedded.

    For East Asian scripts a reader's own fonts are named.
    """
    font = TTFont(FONT, str(FONT_FILE))
    pdfmetrics.registerFont(font)
    for name in (JAPANESE, KOREAN, CHINESE):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(font.face.charToGlyph)


def in_fonts(text: str) -> str:
    """``text`` as reportlab's markup, each stretch in a font that has its characters."""
    ideographs = JAPANESE if any(_is_kana(character) for character in text) else CHINESE
    stretches = groupby(text, key=partial(_font_for, ideographs=ideographs))
    return "".join(_in_font(font, "".join(stretch)) for font, stretch in stretches)


def _in_font(font: str, stretch: str) -> str:
    if font == FONT:
        return escape(stretch)
    if not font:
        return UNKNOWN * len(stretch)
    return f'<font name="{font}">{escape(stretch)}</font>'


def _font_for(character: str, *, ideographs: str) -> str:
    """The font's name; empty for a character that no font at hand has."""
    if character.isspace() or ord(character) in register_fonts():
        return FONT
    if "\uac00" <= character <= "\ud7af" or "\u1100" <= character <= "\u11ff":
        return KOREAN
    if _is_kana(character):
        return JAPANESE
    if "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef":
        return ideographs
    return ""


def _is_kana(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff"
