"""A Realtime API of our own: speaks the GA protocol, by script, on a loopback port.

Tests, benchmarks and people without an API key stand on it. It checks what it is sent and what it
sends with the ``openai`` package's own types, and refuses what the API refuses.
"""

from calls.engines.fake_realtime.bench import BenchRealtime
from calls.engines.fake_realtime.script import SCRIPTS, Failure, Script, ToolCall, Turn
from calls.engines.fake_realtime.server import FakeRealtime

__all__ = ["SCRIPTS", "BenchRealtime", "Failure", "FakeRealtime", "Script", "ToolCall", "Turn"]
