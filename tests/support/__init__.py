"""The ground under the tests: environment, database servers, Chromium, Celery, strict templates."""
