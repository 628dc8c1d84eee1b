"""Says how the tests run before Django reads its settings: test mode, a data folder that lasts one run.

`tests/conftest.py` imports this first. pytest itself needs no option: `pytest` alone, in any folder of the
project, runs on SQLite; `DATABASE_URL` points the same tests at another database.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django

os.environ["CALEPIN_MODE"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
# Playwright keeps an event loop in the test's thread; Django would take its own calls there for mistakes.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

if "CALEPIN_TEST_DATA_DIR" not in os.environ:
    # xdist's workers inherit the variable: one folder for a run, removed by the process that made it.
    made = tempfile.mkdtemp(prefix="calepin-tests-")
    os.environ["CALEPIN_TEST_DATA_DIR"] = made
    atexit.register(shutil.rmtree, made, ignore_errors=True)
os.environ["CALEPIN_DATA_DIR"] = os.environ["CALEPIN_TEST_DATA_DIR"]
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(Path(os.environ["CALEPIN_DATA_DIR"], "hypothesis"))
# What collectstatic would have made: pages of tests take their files from the apps themselves.
Path(os.environ["CALEPIN_DATA_DIR"], "static").mkdir(exist_ok=True)

django.setup()

# What `make` compiles: easy pages in tests read the twins as they are now.
from apps.reading.translations import compile_catalogues  # noqa: E402

compile_catalogues()
