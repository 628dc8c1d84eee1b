"""What every test may use. The cast lives here; databases, Chromium, brokers and templates in `support`."""

import tests.support.environment  # noqa: F401  isort: skip  (names the mode before Django reads its settings)

pytest_plugins = [
    "tests.support.cast",
    "tests.support.audit_triggers",
    "tests.support.browser",
    "tests.support.databases",
    "tests.support.language",
    "tests.support.logs",
    "tests.support.prosante_connect",
    "tests.support.push_service",
    "tests.support.smtp_sink",
    "tests.support.tasks",
    "tests.support.templates",
]
