"""The programs of a whole installation on one machine: broker, web, worker, beat."""

from __future__ import annotations

import importlib
import socket
import sys
import time
import warnings
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection, HTTPException
from typing import Final

from celery import current_app
from celery.exceptions import SecurityWarning
from django.core.management.base import CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

from apps.core import broker
from apps.core.supervision import Program

WEB_WORKERS: Final = 2
WEB_THREADS: Final = 4
#: What the children would each import for themselves.
_SHARED_MODULES: Final = (
    "granian.server",
    "granian.wsgi",
    "celery.bin.celery",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "kombu.transport.redis",
)
_ANY: Final = ("0.0.0.0", "::")  # noqa: S104  recognised, not bound


def whole_installation(*, host: str, port: int) -> list[Program]:
    """What `manage.py up` keeps alive, in the order it starts; the broker only when it is embedded."""
    preload()
    programs = [Program("broker", broker.become_server, stops_last=True)] if broker.is_embedded() else []
    return [
        *programs,
        Program("web", partial(_run_web, host, port)),
        Program("worker", _run_worker),
        Program("beat", _run_beat),
        Program("calepin", partial(_announce, host, port), once=True),
    ]


def preload() -> None:
    """Import, once for all children, everything that serves a first request or runs a first task."""
    get_wsgi_application()
    list(get_resolver().url_patterns)
    current_app.finalize()
    current_app.loader.import_default_modules()
    for module in _SHARED_MODULES:
        importlib.import_module(module)
    connections.close_all()


def check_port(*, host: str, port: int) -> None:
    """Raise CommandError with what to type when somebody already listens on `port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Type: PORT={port + 1} make run"
            ) from error


def _run_web(host: str, port: int) -> None:
    """Granian over the application that the supervisor has already loaded."""
    from granian.constants import Interfaces
    from granian.server import Server

    application = get_wsgi_application()
    Server(
        "project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=WEB_WORKERS,
        blocking_threads=WEB_THREADS,
        # Threads that retire leave their database connection behind: let them live.
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=4,
        websockets=False,
        log_dictconfig={"handlers": {}, "loggers": {"_granian": {"handlers": [], "propagate": True}}},
        process_name="calepin: web (granian)",
    ).serve(target_loader=lambda: application, wrap_loader=False)


def _run_worker() -> None:
    """A Celery worker with a pool of processes; `settings.CELERY_*` says the rest."""
    broker.wait()
    # Celery warns root because of pickled messages; ours are JSON and nothing else is accepted.
    warnings.simplefilter("ignore", SecurityWarning)
    flags = ["--pool=prefork", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
    current_app.worker_main(["-q", "worker", *flags])


def _run_beat() -> None:
    """Celery's clock. It keeps when each entry ran last in a file of the data folder."""
    broker.wait()
    current_app.start(["-q", "beat", "-l", "INFO"])


def _announce(host: str, port: int) -> None:
    """Wait until a page answers, then say where."""
    here = "127.0.0.1" if host in _ANY else host
    while not _answers(here, port):
        time.sleep(0.05)
    sys.stdout.write(f"Calepin is ready: http://{'localhost' if here == '127.0.0.1' else here}:{port}/\n")
    for line in _other_ways(host, port):
        sys.stdout.write(f"  {line}\n")
    sys.stdout.write("  Ctrl-C stops everything; a second start keeps the data; `make reset` starts over.\n")


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/sante/vivant")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):  # not up yet
        return False
    finally:
        connection.close()


def _other_ways(host: str, port: int) -> Iterator[str]:
    if host in _ANY:
        yield f"from a phone on the same network: http://{_address_on_the_network()}:{port}/"
    elif host in ("127.0.0.1", "localhost"):
        yield "for a phone on the same network, start it with: HOST=0.0.0.0 make run"


def _address_on_the_network() -> str:
    """This machine's address as its neighbours see it; a UDP socket finds out without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:  # no network at all
            return "127.0.0.1"
        return str(probe.getsockname()[0])
