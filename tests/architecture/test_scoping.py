"""Nobody reads a health model without saying for whom."""

from __future__ import annotations

import ast
from pathlib import Path

from django.apps import apps
from django.db import models

from apps.core.querysets import ScopedQuerySet
from tests.architecture.source import files, is_view, tree

APPS = files("apps", suffix=".py")

#: The only files that may step out of a scope; each call says why.
UNSCOPED = {
    "apps/access/consent.py",
    "apps/access/decisions.py",
    "apps/access/emergencies.py",
    "apps/access/explanations.py",
    "apps/access/finding.py",
    "apps/access/overview.py",
    "apps/access/retention.py",
    "apps/access/right.py",
    "apps/access/secrecy.py",
    "apps/access/selectors.py",
    "apps/access/services.py",
    "apps/access/spaces.py",
    "apps/access/support.py",
    "apps/audit/chain.py",
    "apps/audit/verify.py",
    "apps/documents/arrivals/mail.py",
    "apps/documents/arrivals/sets.py",
    "apps/documents/disclosure.py",
    "apps/documents/search/backfill.py",
    "apps/documents/search/index.py",
    "apps/documents/search/loading.py",
    "apps/documents/search/stamps.py",
    "apps/documents/selectors.py",
    "apps/documents/services.py",
    "apps/documents/versions.py",
    "apps/documents/sharing/services.py",
    "apps/notifications/dispatch.py",
    "apps/notifications/retention.py",
    "apps/notifications/services.py",
    "apps/records/services.py",
}
#: Models with a record that are not health data, and why they are not scoped by an actor.
NOT_SCOPED: dict[str, str] = {}


def _calls(path: Path, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_only_listed_files_step_out_of_a_scope() -> None:
    callers = {str(path) for path in APPS if _calls(path, "unscoped")}
    assert callers, "the guard itself must be in use"
    assert callers <= UNSCOPED, "read these again, then list them"
    assert callers >= UNSCOPED, "no longer needed in the list"


def test_every_unscoped_query_says_why_in_words() -> None:
    calls = [(path, call) for path in APPS for call in _calls(path, "unscoped")]
    assert calls
    for path, call in calls:
        (reason,) = [keyword.value for keyword in call.keywords if keyword.arg == "why"]
        assert isinstance(reason, ast.Constant), f"{path}:{call.lineno}"
        assert len(str(reason.value).split()) > 3, f"{path}:{call.lineno}"


def test_nobody_marks_a_queryset_as_scoped_but_its_model() -> None:
    callers = {str(path) for path in APPS if _calls(path, "scoped")}
    assert callers
    allowed = {str(path) for path in APPS if path.stem in ("models", "querysets") or "models" in path.parts}
    assert callers <= allowed


def test_every_model_that_belongs_to_a_record_is_guarded() -> None:
    found = {model._meta.label: model for model in apps.get_models() if _belongs_to_a_record(model)}
    assert found
    open_ones = [
        label
        for label, model in found.items()
        if label not in NOT_SCOPED and not isinstance(model._default_manager.all(), ScopedQuerySet)
    ]
    assert not open_ones
    assert NOT_SCOPED.keys() <= found.keys()


def _belongs_to_a_record(model: type[models.Model]) -> bool:
    return model.__module__.startswith("apps.") and any(
        field.get_attname_column()[0] == "record_id" for field in model._meta.concrete_fields
    )


def test_views_never_query() -> None:
    views = [path for path in APPS if is_view(path)]
    assert views
    offenders = [
        f"{path}:{node.lineno}"
        for path in views
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
    ]
    assert not offenders, "ask a selector or a service"
