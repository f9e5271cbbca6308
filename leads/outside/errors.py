"""What outside services refuse, in words for people. No word of an answer is passed on."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from salesdesk.lib.errors import NotConfigured, ProviderError


class Gone(ProviderError):
    """The service does not have what was asked for."""


class AlreadyThere(ProviderError):
    """The service has this one already (409)."""


class ChangedMeanwhile(ProviderError):
    """Somebody changed it between our reading and our writing (412)."""


REFUSALS: Mapping[int, tuple[type[ProviderError], str]] = {
    401: (ProviderError, "does not accept the credentials. Enter them again."),
    403: (ProviderError, "does not let this account do that."),
    404: (Gone, "does not have this any more, or this account may not see it."),
    409: (AlreadyThere, "has this already."),
    410: (Gone, "does not have this any more."),
    412: (ChangedMeanwhile, "says that somebody has just changed this."),
}
"""What is refused for good, by the status of the answer."""


def refusal(service: str, status: int, *, is_limit: bool = False) -> ProviderError:
    """The error for an answer with this HTTP status.

    ``is_limit``: its body says that there were too many requests.
    """
    if status == 429 or is_limit:
        return ProviderError(f"{service} has had too many requests for now.", retryable=True)
    if status >= 500:
        return ProviderError(f"{service} has trouble at the moment.", retryable=True)
    kind, words = REFUSALS.get(status, (ProviderError, f"did not accept the request ({status})."))
    return kind(f"{service} {words}")


def too_slow(service: str) -> ProviderError:
    return ProviderError(f"{service} did not answer in time.", retryable=True)


def unreachable(service: str) -> ProviderError:
    return ProviderError(f"{service} could not be reached.", retryable=True)


def malformed(service: str) -> ProviderError:
    return ProviderError(f"{service} gave an answer that nobody understands.", retryable=True)


def checked_address(service: str, url: str, *, allow_http: bool) -> str:
    """The address that the settings give. Raises ``NotConfigured`` unless it is https.

    ``allow_http`` is for servers of tests on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        raise NotConfigured(f"The address of {service} must begin with https://.")
    return url.rstrip("/")
