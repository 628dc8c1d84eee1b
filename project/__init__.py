"""Calepin: settings, addresses, process entry points."""

from project.celery import app as celery_app

__all__ = ["celery_app"]
