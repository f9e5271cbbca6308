"""What may be done to documents, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from knowledge import push, services
from knowledge.enums import Vendor
from knowledge.models import Document, Passage, Site
from knowledge.parsing import Unreadable, limits
from knowledge.tests.conftest import SAMPLES, AddSample, finish
from knowledge.web.fetch import Page
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, ProviderError

PAGE = (
    b"<!doctype html><html><head><title>Calls API</title></head><body><main><h1>Calls</h1><p>%s</p>"
)
URL = "https://docs.example.com/calls"


@pytest.fixture
def site(business: Business, words_model: str) -> Site:
    return Site.objects.create(
        business=business, vendor=Vendor.TWILIO, name="Twilio docs", start_url="https://x.example"
    )


@pytest.fixture
def document(business: Business, words_model: str) -> Document:
    return services.add_text(business, title="Pay", text="# Pay\n\nCash is fine.", by=None)


def page(words: str, noise: str = "") -> bytes:
    return PAGE % words.encode() + f"</main><script>{noise}</script></body></html>".encode()


# ---------------------------------------------------------------- adding


def test_what_is_added_waits_for_the_worker(
    business: Business, words_model: str, manager: User
) -> None:
    document = services.add_text(
        business,
        title=" How to  pay ",
        text="Cash.\r\nCards.\x00",
        by=manager,
        tags=["Money", "money"],
    )
    document.refresh_from_db()
    assert (document.title, document.text) == ("How to pay", "Cash.\nCards.")
    assert (document.status, document.version, document.is_searchable) == ("pending", 0, False)
    assert (document.tags, document.type, document.added_by) == (["money"], "other", manager)


def test_a_file_is_known_by_its_content_not_its_name(add_sample: AddSample) -> None:
    data = (SAMPLES / "solar-owners-handbook.pdf").read_bytes()
    document = add_sample("winter-tips.txt")
    assert document.content_type == "text/plain"
    services.replace_file(document, ContentFile(data, name="still.txt"))
    assert document.content_type == "application/pdf"
    assert finish(document).page_count == 4


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"x" * (limits.BYTES + 1), "larger than 25 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(
    business: Business, words_model: str, data: bytes, sentence: str
) -> None:
    with pytest.raises(Unreadable, match=sentence):
        services.add_file(business, ContentFile(data, name="a.pdf"), by=None)
    assert not Document.objects.exists()


def test_a_stored_name_gives_no_way_out_of_the_directory(
    business: Business, words_model: str, settings: Settings
) -> None:
    file = ContentFile(b"Some text.", name="x")
    file.name = "../../etc/pass wd.TXT"
    document = services.add_file(business, file, by=None)
    assert Path(document.file.path).is_relative_to(settings.MEDIA_ROOT)
    assert str(document.file.name).endswith("-etcpass-wd.txt")


@pytest.mark.parametrize(
    "fields", [{"title": " "}, {"text": " \n"}, {"type": "poem"}, {"chunking": "by taste"}]
)
def test_nonsense_is_refused(business: Business, words_model: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        services.add_text(business, **{"title": "T", "text": "Text.", "by": None, **fields})


@pytest.mark.parametrize("url", ["nonsense", "ftp://example.com/x", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(business: Business, words_model: str, url: str) -> None:
    with pytest.raises(InvalidInput):
        services.add_url(business, url, by=None)


def test_a_page_is_added_once_for_each_business(
    business: Business, other_business: Business, words_model: str
) -> None:
    services.add_url(business, URL, by=None)
    services.add_url(other_business, URL, by=None)
    with pytest.raises(Conflict):
        services.add_url(business, URL, by=None)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://[::1]/", "http://nas.local/a"])
def test_a_page_of_a_private_network_is_not_kept(business: Business, url: str) -> None:
    with pytest.raises(InvalidInput, match="private network"):
        services.add_url(business, url, by=None)
    assert not Document.objects.exists()


def test_a_page_is_fetched_by_the_worker(
    business: Business, words_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Page(url=URL, html=page("Dial it."), etag='"1"', last_modified="", title="")
    monkeypatch.setattr("knowledge.processing.fetch_page", lambda url: answer)
    document = finish(services.add_url(business, URL, by=None))
    assert (document.status, document.title, document.etag) == ("ready", "Calls API", '"1"')
    assert document.passages.get().text == "Dial it."


def test_a_page_deleted_while_it_is_fetched_leaves_no_file(
    business: Business, words_model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = services.add_url(business, URL, by=None)
    key = document.pk

    def fetch(url: str) -> Page:
        services.delete_document(document)
        return Page(url=URL, html=page("Dial it."), etag="", last_modified="", title="")

    monkeypatch.setattr("knowledge.processing.fetch_page", fetch)
    services.process_document(key)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_a_page_that_cannot_be_fetched_says_why(
    business: Business, words_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(url: str) -> Page:
        raise ProviderError("The page is not there (404).")

    monkeypatch.setattr("knowledge.processing.fetch_page", refuse)
    document = finish(services.add_url(business, URL, by=None))
    assert (document.status, document.error) == ("failed", "The page is not there (404).")


# ---------------------------------------------------------------- changing


def test_editing_what_is_known_processes_nothing(document: Document) -> None:
    finish(document)
    services.edit_document(document, title="Paying", type="financing", tags=["A", "b "])
    document.refresh_from_db()
    assert (document.title, document.type, document.tags) == ("Paying", "financing", ["a", "b"])
    assert document.status == "ready"


@pytest.mark.parametrize("fields", [{"title": " "}, {"type": "poem"}, {"chunking": "by taste"}])
def test_editing_refuses_nonsense(document: Document, fields: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        services.edit_document(document, **fields)


def test_only_what_people_may_edit_is_edited(document: Document) -> None:
    with pytest.raises(TypeError, match="version"):
        services.edit_document(document, version=7)


def test_only_written_text_is_changed_as_text(add_sample: AddSample, document: Document) -> None:
    with pytest.raises(Conflict):
        services.change_text(add_sample("winter-tips.txt"), "New.")
    with pytest.raises(Conflict):
        services.replace_file(document, ContentFile(b"New.", name="a.txt"))


def test_the_old_file_goes_when_the_new_one_is_kept(
    add_sample: AddSample,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    document = add_sample("winter-tips.txt")
    old = str(document.file.name)
    with django_capture_on_commit_callbacks() as callbacks:
        services.replace_file(document, ContentFile(b"New.", name="new.txt"))
        assert default_storage.exists(old)
    for callback in callbacks:
        callback()
    assert not default_storage.exists(old)
    assert default_storage.exists(str(document.file.name))


def test_a_deleted_document_leaves_nothing(
    add_sample: AddSample,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    document = finish(add_sample("winter-tips.txt"))
    name = str(document.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_document(document)
    assert not Document.objects.exists()
    assert not Passage.objects.exists()
    assert not default_storage.exists(name)


def test_what_is_queued_reaches_the_worker_after_commit(
    business: Business,
    words_model: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    queued: list[int] = []
    monkeypatch.setattr("knowledge.tasks.process_document.delay", queued.append)
    with django_capture_on_commit_callbacks(execute=True):
        document = services.add_text(business, title="T", text="Text.", by=None)
        assert queued == []
    assert queued == [document.pk]


# ---------------------------------------------------------------- pages of a site


def test_a_page_of_a_site_is_kept_with_what_the_site_says(site: Site) -> None:
    document = services.store_page(
        site, URL, html=page("Dial it."), title="Calls", etag='"1"', type="api_reference"
    )
    assert document is not None
    finish(document)
    assert (document.origin, document.title, document.vendor) == ("site", "Calls", "Twilio")
    assert (document.type, document.etag) == ("api_reference", '"1"')


def test_a_page_that_differs_in_markup_only_is_unchanged(site: Site) -> None:
    document = services.store_page(site, URL, html=page("Dial it."), etag='"1"')
    assert document is not None
    finish(document)
    assert services.store_page(site, URL, html=page("Dial it.", "nonce"), etag='"2"') is None
    document.refresh_from_db()
    assert (document.version, document.etag, document.status) == (1, '"2"', "ready")


def test_a_changed_page_is_the_next_version(site: Site) -> None:
    finish(services.store_page(site, URL, html=page("Dial it."), title="Calls") or Document())
    again = services.store_page(site, URL, html=page("Ring it."), version_label="v2")
    assert again is not None
    assert (again.title, again.passages.get().text) == ("Calls", "Dial it.")
    finish(again)
    assert (again.version, again.version_label) == (2, "v2")
    assert again.passages.get().text == "Ring it."


def test_a_page_that_still_waits_is_not_stored_again(site: Site) -> None:
    document = services.store_page(site, URL, html=page("Dial it."), etag='"1"')
    assert document is not None
    assert services.store_page(site, URL, html=page("Dial it."), etag='"2"') is None
    assert services.store_page(site, URL, html=page("Dial it.", "nonce"), etag='"3"') is None
    stored = document.file.name
    document.refresh_from_db()
    assert (document.file.name, document.etag, document.version) == (stored, '"3"', 0)
    assert finish(document).version == 1


def test_a_page_that_goes_back_while_it_waits_is_stored(site: Site) -> None:
    document = finish(services.store_page(site, URL, html=page("Dial it.")) or Document())
    assert services.store_page(site, URL, html=page("Ring it.")) is not None
    assert services.store_page(site, URL, html=page("Dial it.")) is not None
    finish(document)
    assert (document.passages.get().text, document.status) == ("Dial it.", "ready")


def test_a_page_that_failed_is_tried_again(site: Site) -> None:
    document = services.store_page(site, URL, html=page("Dial it."))
    assert document is not None
    Document.objects.update(status="failed", error="No connection.")
    again = services.store_page(site, URL, html=page("Dial it."))
    assert again is not None
    assert finish(again).status == "ready"


def test_a_retired_page_is_no_longer_found_and_may_come_back(site: Site) -> None:
    document = finish(services.store_page(site, URL, html=page("Dial it.")) or Document())
    services.retire_page(document)
    services.retire_page(document)
    assert not document.is_searchable
    assert not document.passages.exists()
    assert document.versions.count() == 1
    with pytest.raises(Conflict):
        services.reprocess(document)
    back = services.store_page(site, URL, html=page("Dial it."))
    assert back is not None and back.pk != document.pk


# ---------------------------------------------------------------- news


async def test_news_carry_ids_only() -> None:
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(push.document_group("abc"), channel)
    await layer.group_add(push.business_group(7), channel)
    await _to_thread(push.document_news, "ready", document_id="abc", business_id=7)
    message = {"type": "document.news", "event": "ready", "document": "abc", "business": 7}
    assert [await layer.receive(channel) for _ in range(2)] == [message, message]
    assert json.loads(json.dumps(message)) == message


async def _to_thread(function: Any, *args: Any, **kwargs: Any) -> None:
    import asyncio

    await asyncio.to_thread(function, *args, **kwargs)
