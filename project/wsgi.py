"""WSGI entry point: `granian --interface wsgi project.wsgi:application`."""

import gc
import os

# What is loaded lives as long as the process. Python would walk through it again and again, while it starts and in the
# middle of somebody's request, to find that out: what a request takes is nearly all given back without its help.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import get_resolver  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()

# Loads every view now: Django would while the first visitor of each process waits.
_patterns = get_resolver().url_patterns

gc.freeze()
gc.set_threshold(50_000, 20, 20)
gc.enable()
