"""The templates and the compiled front end: what the content security policy and the build ask."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
ICON = re.compile(r'components/icon\.html" with name="([\w-]+)"')
ICON_PARAMETER = re.compile(r'\bicon="([\w-]+)"')


@pytest.mark.parametrize("name", PAGES)
def test_template_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_template_has_nothing_that_the_policy_forbids(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    assert not re.search(r"<style|\sstyle=[\"']|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on", source)


@pytest.mark.parametrize("name", PAGES)
def test_template_opens_with_its_context(name: str) -> None:
    assert (TEMPLATES / name).read_text().startswith("{# ")


@pytest.mark.parametrize("name", PAGES)
def test_icons_are_in_the_sprite(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    sprite = (ROOT / "static/img/icons.svg").read_text()
    wanted = {*ICON.findall(source), *ICON_PARAMETER.findall(source)}
    assert {icon for icon in wanted if f'<symbol id="{icon}"' not in sprite} == set()


def test_what_asks_first_is_a_form_or_its_button() -> None:
    """``app.js`` asks when a form is submitted, and only then."""
    sources = "".join((TEMPLATES / name).read_text() for name in PAGES)
    tags = re.findall(r"<(\w+)\b[^<]*\sdata-confirm=", sources)
    assert len(tags) == sources.count(" data-confirm=")
    assert set(tags) <= {"form", "button"}


def test_stylesheet_asks_nobody_else() -> None:
    urls = re.findall(r"url\((.*?)\)", (ROOT / "static/css/app.css").read_text())
    assert urls == ["../fonts/inter-latin.woff2"]


def test_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
