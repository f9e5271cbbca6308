import sys

import pytest

from calls.bench import servers
from salesdesk.lib.errors import NotConfigured


def test_the_default_is_the_server_that_the_demo_runs() -> None:
    command = servers.command_for(servers.DEFAULT, 9001)
    assert command[0] == sys.executable
    assert command[command.index("--ws") + 1] == "websockets-sansio"
    assert command[command.index("--port") + 1] == "9001"
    assert servers.APPLICATION in command


def test_only_the_application_differs_with_the_stock_consumer() -> None:
    ours = servers.command_for(servers.DEFAULT, 9001)
    stock = servers.command_for(servers.DEFAULT, 9001, stock_consumer=True)
    assert [pair for pair in zip(ours, stock, strict=True) if pair[0] != pair[1]] == [
        (servers.APPLICATION, servers.STOCK)
    ]


def test_a_server_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "find_spec", lambda package: None)
    with pytest.raises(NotConfigured, match="pip install granian"):
        servers.command_for("granian", 9001)
