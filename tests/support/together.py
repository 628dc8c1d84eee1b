"""The same thing done several times at one moment, as impatient fingers and retrying programs do."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def all_at_once(act: Callable[[], object], *, times: int = 4) -> list[Exception]:
    """Does the same thing in several threads at the same moment. What they raised."""
    start, failures = threading.Barrier(times), []

    def one() -> None:
        try:
            start.wait()
            act()
        except Exception as failure:  # noqa: BLE001  a thread's failure is reported by the caller
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
