"""WSGI entry point: `granian --interface wsgi project.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()

# What is loaded lives as long as the process. Python would walk through it again and again, in the middle of
# somebody's request, to find that out: the memory of a request is nearly all freed without the collector's help.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
