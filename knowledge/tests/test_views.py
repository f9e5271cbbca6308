"""The knowledge pages: lists, adding, one document, search, use."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from knowledge import services
from knowledge.embeddings.change import run_change
from knowledge.enums import Chunking, DocumentStatus, Origin
from knowledge.models import Crawl, Document, EmbeddingChange, PassageUse
from knowledge.tests.conftest import SAMPLES, AddSample, finish
from knowledge.web.services import add_site, start_sync
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import give_role
from salesdesk.businesses.models import Business
from salesdesk.lib.uploads import LARGEST_REQUEST, TOO_LARGE

pytestmark = pytest.mark.usefixtures("words_model")

ClientFor = Callable[[User | None], Client]
LIST = "/knowledge/"
HTMX = {"HX-Request": "true"}


def shown(client: Client, query: str = "") -> list[str]:
    """Titles in the order of the list."""
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return [document.title for document in response.context["page_obj"]]


def write(business: Business, title: str, text: str = "Words.", **about: Any) -> Document:
    return services.add_text(business, title=title, text=text, by=None, **about)


# ---------------------------------------------------------------- the list


def test_the_list_is_of_ones_own_businesses(
    business: Business, other_business: Business, rep: User, outsider: User, client_for: ClientFor
) -> None:
    write(business, "Ours")
    write(other_business, "Theirs")

    assert shown(client_for(rep)) == ["Ours"]
    assert shown(client_for(outsider)) == ["Theirs"]


def test_filters(business: Business, manager: User, client_for: ClientFor) -> None:
    write(business, "Prices", type="price_list", vendor="Velmora", tags=["Solar"])
    write(business, "Visits", type="procedure", source="The 2026 handbook")
    Document.objects.filter(title="Visits").update(status=DocumentStatus.FAILED)
    client = client_for(manager)

    assert shown(client, "?type=price_list") == ["Prices"]
    assert shown(client, "?vendor=velmora") == ["Prices"]
    assert shown(client, "?tag=SOLAR") == ["Prices"]
    assert shown(client, "?status=failed") == ["Visits"]
    assert shown(client, "?search=handbook") == ["Visits"]
    assert shown(client, "?origin=upload") == []
    assert shown(client, "?sort=title") == ["Prices", "Visits"]
    assert client.get(f"{LIST}?status=lost").status_code == 422


def test_a_retired_page_is_not_listed(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    services.retire_page(write(business, "Gone"))

    assert shown(client_for(manager)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_queries_however_long(
    rows: int,
    business: Business,
    manager: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        finish(write(business, f"Document {number}"))
    client = client_for(manager)
    client.get(LIST)

    with django_assert_num_queries(8):
        client.get(LIST)


@pytest.mark.parametrize("rows", [1, 3])
def test_sites_ask_the_same_queries_however_many(
    rows: int,
    business: Business,
    manager: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        start_sync(add_site(business, f"https://docs{number}.example.com/"), by=manager)
    client = client_for(manager)
    client.get(reverse("knowledge:sites"))

    with django_assert_num_queries(6):
        client.get(reverse("knowledge:sites"))


# ---------------------------------------------------------------- adding


def upload(client: Client, business: Business, *names: str, **headers: str) -> Any:
    files = [SimpleUploadedFile(name, (SAMPLES / name).read_bytes()) for name in names]
    values = {"business": business.public_id, "chunking": "paragraph", "files": files}
    return client.post(reverse("knowledge:upload"), values, headers=headers)


def test_several_files_at_once(business: Business, manager: User, client_for: ClientFor) -> None:
    response = upload(client_for(manager), business, "winter-tips.txt", "open-house.html")

    assert response.headers["Location"] == LIST
    added = Document.objects.order_by("pk").values_list("source", "origin", "added_by")
    assert list(added) == [
        ("winter-tips.txt", Origin.UPLOAD, manager.pk),
        ("open-house.html", Origin.UPLOAD, manager.pk),
    ]


def test_a_file_that_is_refused_keeps_no_other_out(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    names = ("broken/picture.pdf", "winter-tips.txt")

    response = upload(client_for(manager), business, *names, **HTMX)

    assert response.status_code == 422
    assert "This is a PNG picture" in response.content.decode()
    assert Document.objects.get().source == "winter-tips.txt"


def test_more_files_than_are_taken_at_a_time(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    response = upload(client_for(manager), business, *["winter-tips.txt"] * 21)

    assert response.status_code == 422
    assert "20 files at a time at most." in response.content.decode()
    assert not Document.objects.exists()


def test_a_request_that_is_too_large_is_turned_away_unread(
    manager: User, client_for: ClientFor
) -> None:
    length = {"CONTENT_LENGTH": str(LARGEST_REQUEST + 1)}

    page = client_for(manager).post(reverse("knowledge:upload"), **length)  # type: ignore[arg-type]
    api = client_for(manager).post("/api/v1/knowledge/upload", **length)  # type: ignore[arg-type]

    assert (page.status_code, api.status_code) == (413, 413)
    assert TOO_LARGE in page.content.decode()
    assert api.json()["error"]["code"] == "too_large"


def test_a_private_address_is_refused_in_a_sentence(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    values = {
        "business": business.public_id,
        "url": "http://127.0.0.1/",
        "chunking": "paragraph",
    }

    response = client_for(manager).post(reverse("knowledge:by_url"), values)

    assert response.status_code == 422
    assert "The address leads into a private network" in response.content.decode()


def test_only_who_has_several_businesses_is_asked_for_which(
    business: Business, other_business: Business, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    one = client.get(reverse("knowledge:write")).context["form"]["business"]
    give_role(manager, business_id=other_business.pk, role=Role.MANAGER)
    several = client.get(reverse("knowledge:write")).context["form"]["business"]

    assert one.is_hidden and business.public_id in str(one)
    assert not several.is_hidden and other_business.public_id in str(several)


def test_a_page_that_is_there_already_is_not_added_twice(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    values = {
        "business": business.public_id,
        "url": "https://example.com/warranty",
        "chunking": "paragraph",
    }
    client = client_for(manager)

    first = client.post(reverse("knowledge:by_url"), values)
    again = client.post(reverse("knowledge:by_url"), values)

    assert (first.status_code, again.status_code) == (302, 422)
    assert "This page is among the documents already." in again.content.decode()


def test_the_passages_of_a_text_are_shown_before_it_is_kept(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    values = {
        "business": business.public_id,
        "text": "# Hours\n\nWe open at nine.\n\n# Prices\n\nA visit is free.",
        "chunking": "paragraph",
    }

    response = client_for(manager).post(reverse("knowledge:preview_text"), values, headers=HTMX)

    html = response.content.decode()
    assert "2 passages" in html
    assert html.index("Hours") < html.index("We open at nine.") < html.index("Prices")
    assert not Document.objects.exists()


# ---------------------------------------------------------------- one document


def test_the_original_comes_as_an_attachment_that_is_not_run(
    add_sample: AddSample, rep: User, client_for: ClientFor
) -> None:
    document = add_sample("open-house.html")

    response = client_for(rep).get(reverse("knowledge:file", args=[document.public_id]))

    assert response.headers["Content-Disposition"] == 'attachment; filename="open-house.html"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "application/octet-stream"


def test_a_document_shows_pages_versions_and_who_changed_it(
    add_sample: AddSample, manager: User, client_for: ClientFor
) -> None:
    document = finish(add_sample("solar-owners-handbook.pdf"))
    client = client_for(manager)
    client.post(
        reverse("knowledge:edit", args=[document.public_id]),
        {"title": "The handbook", "type": "guide", "tags": "Solar, solar , owners"},
    )

    response = client.get(reverse("knowledge:document", args=[document.public_id]))

    html = response.content.decode()
    assert "page 4" in html
    assert "Version 1" in html
    assert response.context["document"].tags == ["solar", "owners"]
    [deed] = response.context["deeds"]
    assert deed.who == "Mary"
    assert "tags, title, type" in deed.what


def test_passages_are_shown_page_by_page(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    parts = [f"# Part {n}\n\nWhat part {n} is about." for n in range(30)]
    document = finish(write(business, "Parts", "\n\n".join(parts)))
    address = reverse("knowledge:document", args=[document.public_id])

    response = client_for(manager).get(f"{address}?page=2", headers=HTMX)

    assert [p.heading for p in response.context["page_obj"]] == [f"Part {n}" for n in range(25, 30)]
    assert response.content.decode().lstrip().startswith('<div id="passages"')


def test_a_citation_leads_to_the_page_of_its_passage(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    parts = [f"# Part {n}\n\nWhat part {n} is about." for n in range(30)]
    document = finish(write(business, "Parts", "\n\n".join(parts)))
    cited = document.passages.get(heading="Part 27").public_id
    address = reverse("knowledge:document", args=[document.public_id])
    client = client_for(manager)

    assert f'id="passage-{cited}"' in client.get(f"{address}?passage={cited}").content.decode()
    assert client.get(f"{address}?passage=none").context["page_obj"].number == 1


def test_another_way_of_cutting_processes_it_again(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    document = finish(write(business, "Hours", "We open at nine. We close at five."))
    address = reverse("knowledge:chunking", args=[document.public_id])
    client = client_for(manager)

    client.post(address, {"chunking": "sentence"})

    document.refresh_from_db()
    assert (document.chunking, document.status) == (Chunking.SENTENCE, DocumentStatus.PENDING)
    assert client.get(f"{address}?chunking=lines").status_code == 422


def test_another_file_is_the_next_version(
    add_sample: AddSample, manager: User, client_for: ClientFor
) -> None:
    document = finish(add_sample("winter-tips.txt"))
    address = reverse("knowledge:replace", args=[document.public_id])
    client = client_for(manager)

    refused = client.post(address, {"file": SimpleUploadedFile("tips.txt", b" ")})
    taken = client.post(address, {"file": SimpleUploadedFile("tips.txt", b"Keep warm.")})

    assert (refused.status_code, taken.status_code) == (422, 302)
    document.refresh_from_db()
    assert (document.version, finish(document).version) == (1, 2)
    assert [passage.text for passage in document.passages.all()] == ["Keep warm."]


def test_a_file_that_fails_says_why(
    add_sample: AddSample, rep: User, client_for: ClientFor
) -> None:
    document = finish(add_sample("broken/encrypted.pdf"))

    response = client_for(rep).get(reverse("knowledge:document", args=[document.public_id]))

    assert "The file is encrypted; save it without a password." in response.content.decode()


# ---------------------------------------------------------------- search and use


def test_search_shows_every_step(business: Business, rep: User, client_for: ClientFor) -> None:
    finish(write(business, "Warranty", "The inverter warranty lasts twelve years."))

    response = client_for(rep).get(
        reverse("knowledge:search"), {"q": "how long is the inverter warranty"}
    )

    html = response.content.decode()
    for step in ("Understood", "Meant", "Expanded", "Found", "Reranked", "Compressed"):
        assert step in html
    [part] = response.context["answer"].steps.parts
    assert [found.title for found in part.by_words] == ["Warranty"]


def test_search_finds_nothing_of_other_businesses(
    business: Business, outsider: User, client_for: ClientFor
) -> None:
    finish(write(business, "Warranty", "The inverter warranty lasts twelve years."))
    query = {"q": "how long is the inverter warranty"}
    client = client_for(outsider)

    response = client.get(reverse("knowledge:search"), query)
    forbidden = client.get(reverse("knowledge:search"), {**query, "business": business.public_id})

    assert response.context["answer"].found == ()
    assert forbidden.status_code == 422


def test_who_has_no_documents_is_told_so(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    nothing = client.get(reverse("knowledge:search"), {"q": "warranty"}).content.decode()
    finish(write(business, "Prices", "A visit is free."))
    other = client.get(reverse("knowledge:search"), {"q": "warranty"}).content.decode()

    assert "nothing to answer from yet" in nothing
    assert "Reranked" not in nothing
    assert "The documents do not answer this" in other


def test_use_is_counted_and_what_is_never_used_or_stale_is_listed(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    used, unused = finish(write(business, "Used")), finish(write(business, "Unused"))
    passage = used.passages.get()
    for call in ("one", "two", "two"):
        PassageUse.objects.create(
            business=business, document=used, passage=passage, used_in=call, score=0.9
        )
    long_ago = timezone.now() - datetime.timedelta(days=200)
    Document.objects.filter(pk=unused.pk).update(updated_at=long_ago)

    usage = client_for(rep).get(reverse("knowledge:usage")).context["usage"]

    [most] = usage.most_used
    assert (most["title"], most["times"], most["conversations"]) == ("Used", 3, 2)
    assert [document.title for document in usage.never_used] == ["Unused"]
    assert [document.title for document in usage.stale] == ["Unused"]


def test_a_site_that_is_being_read_is_not_deleted(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    site = add_site(business, "https://docs.example.com/")
    start_sync(site, by=manager)

    response = client_for(manager).post(reverse("knowledge:delete_site", args=[site.public_id]))

    assert response.status_code == 409
    assert "is being read; stop that first." in response.content.decode()
    site.refresh_from_db()


def test_a_reading_tells_what_went_wrong(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    site = add_site(business, "https://docs.example.com/")
    crawl = start_sync(site)
    wrong = [{"url": "https://docs.example.com/a", "message": "The server answered 500."}]
    Crawl.objects.filter(pk=crawl.pk).update(
        status="done", pages_found=3, pages_done=2, pages_failed=1, errors=wrong
    )

    response = client_for(rep).get(reverse("knowledge:site", args=[site.public_id]))

    html = response.content.decode()
    assert "The server answered 500." in html
    assert "https://docs.example.com/a" in html
    assert "Read now" not in html


# ---------------------------------------------------------------- settings


def test_a_change_of_the_model_shows_its_progress_until_it_is_done(
    business: Business, manager: User, client_for: ClientFor, settings: Settings
) -> None:
    settings.EMBEDDING_MODELS = {
        **settings.EMBEDDING_MODELS,
        "test/other": settings.EMBEDDING_MODELS[settings.EMBEDDING_MODEL],
    }
    finish(write(business, "Hours"))
    client = client_for(manager)
    address = f"{reverse('knowledge:settings')}?business={business.public_id}"
    change_address = f"{reverse('knowledge:change_model')}?business={business.public_id}"

    assert client.post(change_address, {"model": "test/other"}).status_code == 302
    assert client.post(change_address, {"model": "test/other"}).status_code == 409
    before = client.get(address, headers={**HTMX, "HX-Target": "model-change"}).content.decode()
    run_change(EmbeddingChange.objects.get().pk)
    after = client.get(address, headers={**HTMX, "HX-Target": "model-change"}).content.decode()

    assert "every 2s" in before and 'data-status="waiting"' in before
    assert "every 2s" not in after and 'data-status="done"' in after
    assert "<html" not in after


def test_a_model_that_is_none_is_refused(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).post(reverse("knowledge:change_model"), {"model": "psychic"})

    assert response.status_code == 422
    assert not EmbeddingChange.objects.exists()
