"""What a site lets robots read (RFC 9309)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from knowledge.web.addresses import Refused, WebError
from knowledge.web.fetch import ANY_TYPE, ROBOT_NAME, Fetcher

LONGEST_FILE_BYTES = 500 * 1024
LONGEST_DELAY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Robots:
    """A site's rules. ``delay_seconds`` is its wish for a pause between requests, at most 30."""

    rules: Protego
    delay_seconds: float = 0.0
    sitemaps: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Robots":
        rules = Protego.parse(text)
        delay = rules.crawl_delay(ROBOT_NAME) or 0.0
        rate = rules.request_rate(ROBOT_NAME)
        if rate and rate.requests:
            delay = max(delay, rate.seconds / rate.requests)
        return cls(rules, min(delay, LONGEST_DELAY_SECONDS), tuple(rules.sitemaps))

    def allows(self, url: str) -> bool:
        return bool(self.rules.can_fetch(url, ROBOT_NAME))

    def check(self, url: str) -> None:
        """Raises :class:`Refused` for what the site does not want read."""
        if not self.allows(url):
            raise Refused("The site's robots.txt asks robots to keep away from this page.")


def read_robots(fetcher: Fetcher, start_url: str) -> str:
    """The robots.txt of the start's host; empty where there is none (status 400 to 499).

    Raises :class:`WebError` where they cannot be read: nothing may be read then.
    """
    parts = urlsplit(start_url)
    try:
        answer = fetcher.get(f"{parts.scheme}://{parts.netloc}/robots.txt", types=ANY_TYPE)
    except WebError as error:
        if 400 <= error.http_status < 500 and error.http_status != 429:
            return ""
        raise WebError(
            f"The site's robots.txt could not be read, so nothing is read: {error.message}",
            retryable=error.retryable,
            http_status=error.http_status,
            retry_after=error.retry_after,
        ) from None
    text = answer.body[:LONGEST_FILE_BYTES].decode("utf-8-sig", "replace")
    return text.replace("\0", "")
