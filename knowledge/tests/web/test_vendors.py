"""What an address tells about a page."""

import pytest

from knowledge.enums import DocumentType, Vendor
from knowledge.web.urls import Scope, normalise
from knowledge.web.vendors import PRESETS, type_of, vendor_of, version_of


def test_every_vendor_has_a_preset_whose_start_is_its_own() -> None:
    assert set(PRESETS) == set(Vendor) - {Vendor.CUSTOM}
    for vendor, preset in PRESETS.items():
        assert vendor_of(preset.start_url) == vendor
        assert normalise(preset.start_url) == preset.start_url
        assert Scope.of(preset.start_url, preset.path_prefixes).has(preset.start_url)


@pytest.mark.parametrize(
    ("url", "vendor"),
    [
        ("https://platform.openai.com/docs/guides/realtime", Vendor.OPENAI),
        ("https://www.twilio.com/docs/voice", Vendor.TWILIO),
        ("https://developers.ringcentral.com/guide/voice", Vendor.RINGCENTRAL),
        ("https://developers.hubspot.com/docs/api/crm/contacts", Vendor.HUBSPOT),
        ("https://cloud.google.com/speech-to-text/docs", Vendor.GOOGLE_CLOUD),
        ("https://docs.cloud.google.com/run/docs", Vendor.GOOGLE_CLOUD),
        ("https://www.google.com/search", Vendor.CUSTOM),
        ("https://nottwilio.com/docs", Vendor.CUSTOM),
        ("https://twilio.com.evil.example/docs", Vendor.CUSTOM),
        ("https://docs.example.com/", Vendor.CUSTOM),
    ],
)
def test_a_vendor_is_known_by_the_address(url: str, vendor: Vendor) -> None:
    assert vendor_of(url) == vendor


@pytest.mark.parametrize(
    ("url", "type_"),
    [
        ("https://developers.openai.com/api/docs/guides/realtime", DocumentType.GUIDE),
        ("https://platform.openai.com/docs/api-reference/realtime", DocumentType.API_REFERENCE),
        ("https://developers.openai.com/api/reference/resources", DocumentType.API_REFERENCE),
        ("https://developers.openai.com/api/docs/changelog", DocumentType.CHANGELOG),
        ("https://developers.openai.com/api/docs/quickstart", DocumentType.TUTORIAL),
        ("https://www.twilio.com/docs/voice/api/call-resource", DocumentType.API_REFERENCE),
        ("https://www.twilio.com/docs/voice/twiml/stream", DocumentType.API_REFERENCE),
        ("https://www.twilio.com/docs/voice/tutorials/how-to-respond", DocumentType.TUTORIAL),
        ("https://www.twilio.com/docs/voice/quickstart/python", DocumentType.TUTORIAL),
        ("https://www.twilio.com/docs/voice/media-streams", DocumentType.GUIDE),
        ("https://developers.ringcentral.com/guide/voice/call-log", DocumentType.GUIDE),
        ("https://developers.ringcentral.com/guide/voice/quick-start", DocumentType.TUTORIAL),
        ("https://developers.ringcentral.com/api-reference/Fax", DocumentType.API_REFERENCE),
        ("https://developers.ringcentral.com/changelog", DocumentType.CHANGELOG),
        ("https://developers.hubspot.com/docs/api-reference/crm", DocumentType.API_REFERENCE),
        ("https://developers.hubspot.com/docs/reference/api/crm", DocumentType.API_REFERENCE),
        ("https://developers.hubspot.com/docs/guides/crm/using", DocumentType.GUIDE),
        ("https://developers.hubspot.com/docs/getting-started/overview", DocumentType.TUTORIAL),
        ("https://developers.hubspot.com/changelog/new-api", DocumentType.CHANGELOG),
        (
            "https://cloud.google.com/run/docs/reference/rest/v2/services",
            DocumentType.API_REFERENCE,
        ),
        ("https://cloud.google.com/run/docs/quickstarts/build", DocumentType.TUTORIAL),
        ("https://cloud.google.com/run/docs/release-notes", DocumentType.CHANGELOG),
        ("https://cloud.google.com/run/docs/overview/what-is", DocumentType.GUIDE),
    ],
)
def test_pages_of_vendors_are_sorted_by_their_rules(url: str, type_: DocumentType) -> None:
    assert type_of(url, vendor=vendor_of(url)) == type_


@pytest.mark.parametrize(
    ("path", "title", "type_"),
    [
        ("/api/leads", "", DocumentType.API_REFERENCE),
        ("/rapid/leads", "", DocumentType.OTHER),
        ("/getting-started", "", DocumentType.TUTORIAL),
        ("/guides/install", "", DocumentType.GUIDE),
        ("/faq", "", DocumentType.FAQ),
        ("/release-notes/2026", "", DocumentType.CHANGELOG),
        ("/warranty-terms", "", DocumentType.WARRANTY),
        ("/pricing", "", DocumentType.PRICE_LIST),
        ("/financing/loans", "", DocumentType.FINANCING),
        ("/p/17", "Quick start: your first quote", DocumentType.TUTORIAL),
        ("/p/17", "REST API of the planner", DocumentType.API_REFERENCE),
        ("/p/17", "Our team", DocumentType.OTHER),
    ],
)
def test_pages_of_other_sites_are_sorted_by_address_and_title(
    path: str, title: str, type_: DocumentType
) -> None:
    assert type_of(f"https://docs.example.com{path}", title) == type_


@pytest.mark.parametrize(
    ("path", "title", "said", "version"),
    [
        ("/v2/leads", "", "", "v2"),
        ("/docs/v1.3.2/leads", "", "", "v1.3.2"),
        ("/rest/v1beta1/projects", "", "", "v1beta1"),
        ("/docs/2010-04-01/calls", "", "", "2010-04-01"),
        ("/api/2026-03/contacts", "", "", "2026-03"),
        ("/en/5.2/topics", "", "", "5.2"),
        ("/en/5.x/topics", "", "", "5.x"),
        ("/crm-contacts-v3/guide", "", "", "v3"),
        ("/v1/migrate/v2", "", "", "v2"),
        ("/v2/leads", "", "4.1", "4.1"),
        ("/leads", "Leads API v7", "", "v7"),
        ("/leads", "Leads", "", ""),
        ("/ipv6/setup", "", "", ""),
        ("/blog/2026-03-01/news", "", "", ""),
        ("/calls/14155550100", "", "", ""),
    ],
)
def test_versions_are_found(path: str, title: str, said: str, version: str) -> None:
    assert version_of(f"https://docs.example.com{path}", title, said) == version
