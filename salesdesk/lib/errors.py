"""What can go wrong, as a short tree: each class is mapped once to a page, once to the API.

The message of every error here is written for a person and may be shown as it stands.
"""


class SalesdeskError(Exception):
    """Base of every refusal the product makes on purpose."""

    code = "error"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(SalesdeskError):
    """The user may see the object but not do this to it."""

    code = "not_allowed"
    status = 403


class NotFound(SalesdeskError):
    """The object does not exist, or not for this user."""

    code = "not_found"
    status = 404


class Conflict(SalesdeskError):
    """The object is in a state in which this cannot be done."""

    code = "conflict"
    status = 409


class InvalidTransition(Conflict):
    """A state machine was asked for a step that it does not have."""

    code = "invalid_transition"


class InvalidInput(SalesdeskError):
    """A value that the caller gave cannot be used; the message says which and why."""

    code = "invalid"
    status = 422


class TooMany(SalesdeskError):
    """Asked too often; ``retry_after`` says for how many seconds it is no use to ask again."""

    code = "throttled"
    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotConfigured(SalesdeskError):
    """A setting that this needs is missing; the message says which."""

    code = "not_configured"
    status = 409


class ProviderError(SalesdeskError):
    """A service outside (carrier, speech, model) refused or failed.

    ``retryable`` says whether the same request may succeed later; tasks retry only then.
    """

    code = "provider_error"
    status = 502

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class NotInstalled(ProviderError):
    """A part that one may leave out is not on this machine; the message says which."""
