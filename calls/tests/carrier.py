"""A carrier for tests: takes every call unless told to refuse, and remembers what it was asked."""

from collections.abc import Callable

from calls.carriers.base import Dial
from salesdesk.lib.errors import SalesdeskError


class ScriptedCarrier:
    """Set ``refusal`` to have every request refused with that error, ``meanwhile`` to have
    something happen, once, while it places a call."""

    def __init__(self) -> None:
        self.dialled: list[Dial] = []
        self.hung_up: list[str] = []
        self.redirected: list[tuple[str, str]] = []
        self.statuses: dict[str, str] = {}
        self.refusal: SalesdeskError | None = None
        self.meanwhile: Callable[[], object] | None = None

    def place(self, dial: Dial) -> str:
        self._maybe_refuse()
        self.dialled.append(dial)
        sid = f"CA{len(self.dialled):032x}"
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()
        return sid

    def hang_up(self, sid: str) -> None:
        self._maybe_refuse()
        self.hung_up.append(sid)

    def redirect(self, sid: str, url: str) -> None:
        self._maybe_refuse()
        self.redirected.append((sid, url))

    def status(self, sid: str) -> str:
        self._maybe_refuse()
        return self.statuses.get(sid, "")

    def signature_is_valid(self, url: str, parameters: dict[str, str], signature: str) -> bool:
        return signature == "valid"

    def _maybe_refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal
