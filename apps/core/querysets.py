"""Querysets that refuse to answer until somebody says for whom they ask.

A health model's default manager is a `ScopedManager`. Its querysets raise `UnscopedQuery` when evaluated,
unless they went through `.visible_to(actor)` (or another of the model's own scopes) or, in the few files where
a reason is written down, `.unscoped(why="…")`. A forgotten scope is then an exception in a test, never
somebody else's record on a screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self, TypeVar

from django.db import models

from apps.core.actor import Actor

ModelT = TypeVar("ModelT", bound=models.Model)


class UnscopedQuery(RuntimeError):
    """A health model was queried without saying for whom."""


class ScopedQuerySet(models.QuerySet[ModelT, ModelT]):
    """A queryset that must be scoped before it is evaluated. Subclasses define `rows_visible_to`."""

    _scope: str | None = None
    _scope_actor: Actor | None = None

    def visible_to(self, actor: Actor) -> Self:
        """The rows that exist for `actor`: the only definition, for lists, pages and checks alike."""
        return self.rows_visible_to(actor).scoped(f"visible_to:{actor.capacity}", actor)

    def rows_visible_to(self, actor: Actor) -> Self:
        """The filter behind `visible_to`, written once by each model."""
        raise NotImplementedError(f"{type(self).__name__} does not say which rows an actor sees.")

    def unscoped(self, *, why: str) -> Self:
        """All rows. `why` is for the reader; `tests/architecture` lists the files that may call this."""
        if not why.strip():
            raise ValueError("unscoped() needs a reason.")
        return self.scoped(f"unscoped:{why}", None)

    def scoped(self, scope: str, actor: Actor | None) -> Self:
        """A copy marked as scoped. For the querysets of health models only: views never call it."""
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone._scope = scope
        clone._scope_actor = actor
        return clone

    # What follows makes evaluation impossible without a scope, and carries the scope along every copy.

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._scope = self._scope
        clone._scope_actor = self._scope_actor
        return clone

    def require_scope(self) -> None:
        """Raises UnscopedQuery unless somebody said for whom they ask."""
        if self._scope is None and not self.query.is_empty():
            raise UnscopedQuery(f"{self.model.__name__} was queried without .visible_to(actor): say for whom you ask.")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self.require_scope()
        super()._fetch_all()
        if self._scope_actor is not None:
            mark_shown(self._result_cache or (), self._scope_actor)

    def iterator(self, chunk_size: int | None = None) -> Iterator[ModelT]:
        self.require_scope()
        return super().iterator(chunk_size)

    def count(self) -> int:
        self.require_scope()
        return super().count()

    def exists(self) -> bool:
        self.require_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.require_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self.require_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self.require_scope()
        return super().delete()

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self.require_scope()
        return super().resolve_expression(*args, **kwargs)

    def _refuse_to_combine(self, *others: Any, **options: Any) -> Any:
        raise UnscopedQuery("Rows of two scopes have no scope: say both conditions in one filter.")

    def __or__(self, other: Any) -> Self:
        """The rows of either, which nobody has asked for yet: a model's own scope says for whom they are."""
        either: Self = super().__or__(other)._chain()  # type: ignore[attr-defined]
        either._scope, either._scope_actor = None, None
        return either

    # Django would give the rows of the second the scope, and the actor, of the first.
    __and__ = __xor__ = _refuse_to_combine
    union = intersection = difference = _refuse_to_combine


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Default manager of health models. Build one with `ScopedManager.of(MyQuerySet)`."""

    @classmethod
    def of(cls, queryset_class: type[ScopedQuerySet[Any]]) -> Any:
        """A manager whose querysets are `queryset_class`."""
        return models.Manager.from_queryset(queryset_class, class_name=f"{queryset_class.__name__}Manager")()


def mark_shown(items: Iterable[Any], actor: Actor) -> None:
    """Notes on those of `items` that are rows of a model that they were fetched for `actor`."""
    for item in items:
        if isinstance(item, models.Model):
            item._state.seen_by = actor  # type: ignore[attr-defined]


def was_shown_to(item: models.Model, actor: Actor) -> bool:
    """True when `item` was fetched through `.visible_to(actor)` for this very actor."""
    return getattr(item._state, "seen_by", None) == actor
