"""The process that owns one embedded server, and stops it when its last user is gone.

Run as a script (`python -I keeper.py ORDER`, ORDER being JSON as `service` writes it) so that it
needs the standard library only and starts in a few milliseconds.
"""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
LOG_BYTES = 1_000_000


def die_with_parent(number: int) -> None:
    """Ask the kernel to send us this signal when our parent dies; Linux only, elsewhere nothing.

    For use between fork and exec.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def keep(order: dict[str, Any]) -> None:
    """Run the server until it ends by itself or nobody holds a lease on it."""
    directory = Path(order["directory"])
    server = start(order, directory)
    note = {"pid": server.pid, "argv": order["argv"], "stop_signal": order["stop_signal"]}
    (directory / "server.json").write_text(json.dumps(note))
    stop = partial(server.send_signal, order["stop_signal"])
    signal.signal(signal.SIGTERM, lambda *_: stop())
    threading.Thread(target=stop_when_unused, args=(directory, stop), daemon=True).start()
    server.wait()
    (directory / "ready").unlink(missing_ok=True)
    (directory / "server.json").unlink(missing_ok=True)


def start(order: dict[str, Any], directory: Path) -> "subprocess.Popen[bytes]":
    with open_log(directory / "server.log") as log:
        return subprocess.Popen(
            order["argv"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=order["user"],
            group=order["group"],
            extra_groups=None if order["user"] is None else [],
            preexec_fn=partial(die_with_parent, order["stop_signal"]),
        )


def open_log(path: Path) -> Any:
    """The log to append to; begun anew once it is long."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.unlink()
    return path.open("ab")


def stop_when_unused(directory: Path, stop: "partial[None]") -> None:
    """Wait for the last lease to go; ours then keeps new users waiting until we have ended."""
    lease = os.open(directory / "lease", os.O_RDWR)
    fcntl.flock(lease, fcntl.LOCK_EX)
    stop()


if __name__ == "__main__":
    keep(json.loads(sys.argv[1]))
