"""The sockets of the knowledge pages: progress and news, as the pages' own partials."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.urls import reverse

from knowledge import pages, push
from knowledge.models import Document
from knowledge.permissions import businesses_where, get_document_for, get_site_for
from knowledge.web.push import site_group, sites_group
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import NotFound
from salesdesk.lib.fragments import ShownList, update
from salesdesk.lib.page_socket import PageSocket


class KnowledgeSocket(PageSocket):
    """News of all documents, crawls and settings of the businesses that the user belongs to."""

    templates = "knowledge"
    pause_seconds = 0.5
    groups_of_business: ClassVar[tuple[Callable[[int], str], ...]] = (push.business_group,)

    def groups_to_join(self) -> set[str]:
        known = businesses_where(self.user, Ability.VIEW_KNOWLEDGE)
        keys = known.order_by().values_list("pk", flat=True)
        groups = {group(key) for key in keys for group in self.groups_of_business}
        if not groups:
            raise NotFound("You are in no business.")
        return groups

    def note(self, message: dict[str, Any]) -> str:
        return str(message.get("document") or message.get("site") or "all")

    async def document_news(self, message: dict[str, Any]) -> None:
        self.mark(message)

    async def site_news(self, message: dict[str, Any]) -> None:
        self.mark(message)


class DocumentListSocket(KnowledgeSocket):
    """The list: the rows of the page that the query string asks for."""

    async def connect(self) -> None:
        self.shown = ShownList("document-rows", wrapper="tbody")
        await super().connect()

    def page_path(self) -> str:
        return reverse("knowledge:list")

    def read_changes(self, stale: set[str]) -> list[str]:
        listed = pages.document_list(self.user, self.query)
        by_id = {f"document-{document.public_id}": document for document in listed.page}
        rows = self.shown.changes(
            list(by_id), {f"document-{each}" for each in stale}, lambda row: self._row(by_id[row])
        )
        links = update(self.render("list.html#pages", listed.context()), "document-pages")
        numbers = {"numbers": pages.Numbers.of(self.user)}
        return [*rows, links + update(self.render("list.html#numbers", numbers), "numbers")]

    def _row(self, document: Document) -> str:
        return self.render("list.html#row", {"document": document})


class DocumentSocket(KnowledgeSocket):
    """The page of one document: status and progress; its passages when they are new."""

    async def connect(self) -> None:
        self.document_id = self.scope["url_route"]["kwargs"]["document_id"]
        self.version: int | None = None
        await super().connect()

    def groups_to_join(self) -> set[str]:
        get_document_for(self.user, self.document_id)
        return {push.document_group(self.document_id)}

    def page_path(self) -> str:
        return reverse("knowledge:document", args=[self.document_id])

    def read_changes(self, stale: set[str]) -> list[str]:
        document = get_document_for(self.user, self.document_id)
        context = pages.header_context(document)
        fragments = [
            update(self.render("document.html#header", context), "document-header"),
            update(self.render("document.html#facts", context), "document-facts"),
        ]
        if self.version != document.version:
            self.version = document.version
            fragments += self._passages(document)
        return ["\n".join(fragments)]

    def _passages(self, document: Document) -> list[str]:
        page = pages.passages_page(document, self.query.get("page"))
        passages = {"document": document, "page_obj": page}
        versions = {"versions": pages.versions_of(document), "document": document}
        return [
            update(self.render("document.html#passages", passages), "passages"),
            update(self.render("document.html#versions", versions), "versions"),
        ]


class SiteListSocket(KnowledgeSocket):
    groups_of_business = (sites_group,)

    async def connect(self) -> None:
        self.shown = ShownList("site-rows", wrapper="tbody")
        await super().connect()

    def page_path(self) -> str:
        return reverse("knowledge:sites")

    def read_changes(self, stale: set[str]) -> list[str]:
        by_id = {f"site-{site.public_id}": site for site in pages.visible_sites(self.user)}
        return self.shown.changes(
            list(by_id),
            {f"site-{each}" for each in stale},
            lambda row: self.render("sites.html#row", {"site": by_id[row]}),
        )


class SiteSocket(KnowledgeSocket):
    """The page of one site: how far its reading is."""

    async def connect(self) -> None:
        self.site_id = self.scope["url_route"]["kwargs"]["site_id"]
        await super().connect()

    def groups_to_join(self) -> set[str]:
        get_site_for(self.user, self.site_id)
        return {site_group(self.site_id)}

    def page_path(self) -> str:
        return reverse("knowledge:site", args=[self.site_id])

    def read_changes(self, stale: set[str]) -> list[str]:
        site = get_site_for(self.user, self.site_id)
        html = self.render("site.html#reading", pages.site_context(self.user, site))
        return [update(html, "site-reading")]
