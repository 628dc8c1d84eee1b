"""What the tests of access rules share: who acts, what happened, what was said."""

from __future__ import annotations

from apps.access import decisions, emergencies, spaces
from apps.access.models import Grant
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.demo.people import CAMILLE
from apps.documents.models import Document
from apps.notifications.models import Notice
from apps.professionals.models import Professional
from tests.support.cast import World

NO_ACCESS = "Vous n’avez pas accès à ce dossier."
PERSON = emergencies.Person("Rivoire", "Camille", CAMILLE.traits.birth_date, "F")


def professional(world: World, key: str) -> Professional:
    return world.cast.professionals[key]


def practice(world: World, key: str) -> Actor:
    """A professional at work, in no record."""
    found = professional(world, key)
    return Actor(world.user(key).pk, Capacity.PROFESSIONAL, professional_id=found.pk, profession=found.profession)


def inside(world: World, key: str, alias: str) -> Actor:
    """The actor that the middleware makes from an address."""
    space = spaces.resolve(user=world.user(key), path=f"/pro/patients/{alias}/", at=now())
    assert space is not None
    return space.actor


def emergency(world: World, key: str = "aubry", **changes: object) -> Grant:
    record = world.cast.records["camille"]
    given = {"actor": practice(world, key), "record": record, "reason": "Inconsciente aux urgences", "at": now()}
    return emergencies.break_glass(**given | changes)  # type: ignore[arg-type]


def titles(actor: Actor) -> set[str]:
    return set(Document.objects.visible_to(actor).values_list("title", flat=True))


def told(world: World, key: str, kind: str) -> list[Notice]:
    notices = Notice.objects.unscoped(why="a test reads what people were told")
    return list(notices.filter(user=world.user(key), kind=kind))


def events(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.unscoped(why="a test reads the trail").filter(verb=verb).order_by("position"))


def form(**changes: str) -> dict[str, str]:
    born = CAMILLE.traits.birth_date
    given = {"birth_name": "Rivoire", "given_name": "Camille", "sex": "F", "motive": "unconscious"}
    given |= {"birth_date_day": str(born.day), "birth_date_month": str(born.month), "birth_date_year": str(born.year)}
    return given | {"reason": "Trouvée inanimée."} | changes


def decide(world: World, *, regulation: bool = True, break_glass: bool = True, masked: bool = False) -> None:
    decisions.decide_emergencies(
        actor=world.camille,
        allows_regulation=regulation,
        allows_break_glass=break_glass,
        shows_masked_in_emergency=masked,
        at=now(),
    )


def regulator(world: World) -> None:
    Professional.objects.filter(pk=professional(world, "aubry").pk).update(regulates_emergencies=True)
