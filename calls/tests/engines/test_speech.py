import pytest

from calls.engines.speech import make_backend
from salesdesk.lib.errors import NotConfigured


class Backend:
    def __init__(self, name: str, *, size: int = 1) -> None:
        self.name, self.size = name, size


PATH = f"{__name__}.Backend"


def test_a_backend_is_built_from_its_path_with_its_options() -> None:
    backend = make_backend({"BACKEND": PATH, "OPTIONS": {"size": 3}}, "ears")
    assert (backend.name, backend.size) == ("ears", 3)


def test_options_may_be_left_out() -> None:
    assert make_backend({"BACKEND": PATH}, "ears").size == 1


@pytest.mark.parametrize("entry", [{"BACKEND": "calls.nothing.Here"}, {"BACKEND": "plain"}, {}])
def test_a_path_that_leads_nowhere_is_named(entry: dict[str, str]) -> None:
    with pytest.raises(NotConfigured, match=entry.get("BACKEND", "cannot be loaded")):
        make_backend(entry)
