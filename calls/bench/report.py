"""The benchmark's JSON: figures, goals, and the machine they were measured on."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from calls.bench import figures
from calls.bench.figures import Phase
from salesdesk.lib.bench.figures import percentile

PERCENTILES = (50, 95, 99)
PACKAGES = ("uvicorn", "uvloop", "websockets", "picows", "openai", "channels")
MOST_RATIO = 1.5
MOST_DELAY_MS = {"p95": 2.0, "p99": 5.0}
MOST_CLEAR_MS = 25.0
MOST_MEMORY_KB = 1024.0


def report(
    relay: Sequence[Phase],
    salesdesk: Sequence[Phase],
    server: str,
    with_documents: Sequence[Phase] = (),
) -> dict[str, Any]:
    """Everything measured; `docs/benchmarks.md` explains each name."""
    recorded, expected = figures.utterances(salesdesk)
    both = [*relay, *salesdesk]
    measured = {
        "processor_ms_per_call_second": _processor(relay, salesdesk),
        "added_delay_ms": _delays(relay, salesdesk),
        "clear_ms": _clears(salesdesk),
        "memory_kb_per_call": round(median(map(figures.memory_kb_per_call, salesdesk)), 1),
        "frames_sent": figures.total(both, "sent"),
        "frames_lost": figures.total(both, "lost"),
        "frames_strange": figures.total(both, "strange"),
        "clears_missing": figures.total(both, "clears_missing"),
        "utterances_recorded": recorded,
        "utterances_expected": expected,
        "load_late_ms_p99": round(max(phase.late_ms_p99 for phase in both), 2),
    }
    return {
        "bench": "voice",
        "calls": len(salesdesk[0].calls),
        "seconds": salesdesk[0].seconds,
        "rounds": len(salesdesk),
        "server": server,
        **measured,
        **({"with_documents": _beside(relay, salesdesk, with_documents)} if with_documents else {}),
        "goals": goals(measured),
        "machine": machine(),
    }


def _beside(
    relay: Sequence[Phase], without: Sequence[Phase], phases: Sequence[Phase]
) -> dict[str, Any]:
    """The same calls to a business whose documents are searched while callers speak."""
    plain, searching = _percentiles(without), _percentiles(phases)
    return {
        "processor_ms_per_call_second": _processor(relay, phases),
        "added_delay_ms": _delays(relay, phases),
        "over_without_documents": {name: round(searching[name] - plain[name], 2) for name in plain},
        "clear_ms": _clears(phases),
        "frames_lost": figures.total(phases, "lost"),
    }


def _processor(relay: Sequence[Phase], salesdesk: Sequence[Phase]) -> dict[str, Any]:
    by_phase = {
        "relay": [round(figures.processor_ms(phase), 2) for phase in relay],
        "salesdesk": [round(figures.processor_ms(phase), 2) for phase in salesdesk],
    }
    middle = {bridge: median(values) for bridge, values in by_phase.items()}
    ratio = middle["salesdesk"] / middle["relay"] if middle["relay"] else None
    rounded = {bridge: round(value, 2) for bridge, value in middle.items()}
    return {**rounded, "ratio": ratio and round(ratio, 2), "by_round": by_phase}


def _delays(relay: Sequence[Phase], salesdesk: Sequence[Phase]) -> dict[str, Any]:
    ours = _percentiles(salesdesk)
    theirs = _percentiles(relay)
    over = {name: round(ours[name] - theirs[name], 2) for name in ours}
    worst = round(figures.worst_delay_ms(salesdesk, 99), 2)
    return {**ours, "worst_call_p99": worst, "relay": theirs, "over_relay": over}


def _percentiles(phases: Sequence[Phase]) -> dict[str, float]:
    return {f"p{p}": round(figures.delay_ms(phases, p), 2) for p in PERCENTILES}


def _clears(phases: Sequence[Phase]) -> dict[str, Any]:
    clears = figures.clear_ms(phases)
    return {
        "p50": round(percentile(clears, 50), 2),
        "p95": round(percentile(clears, 95), 2),
        "max": round(max(clears, default=0.0), 2),
        "count": len(clears),
    }


def goals(measured: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each goal with its limit, what was measured and whether that passes."""
    delay = measured["added_delay_ms"]
    lost = measured["utterances_expected"] - measured["utterances_recorded"]
    return {
        "processor_ratio": _most(MOST_RATIO, measured["processor_ms_per_call_second"]["ratio"]),
        **{f"delay_{p}_ms": _most(most, delay[p]) for p, most in MOST_DELAY_MS.items()},
        "clear_max_ms": _most(MOST_CLEAR_MS, measured["clear_ms"]["max"]),
        "clears_missing": _most(0, measured["clears_missing"]),
        "memory_kb_per_call": _most(MOST_MEMORY_KB, measured["memory_kb_per_call"]),
        "frames_lost": _most(0, measured["frames_lost"]),
        "utterances_lost": _most(0, lost),
    }


def _most(limit: float, value: float | None) -> dict[str, Any]:
    return {"at_most": limit, "measured": value, "pass": value is not None and value <= limit}


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "processor": _processor_name(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _processor_name() -> str:
    """As Linux knows it; elsewhere what Python can say."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
