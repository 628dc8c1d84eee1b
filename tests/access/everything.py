"""Camille's record with a document of every type in every state, and who should see which, from the data alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from apps.access import decisions
from apps.access.models import Grant
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents.models import Document, fold
from apps.files.models import StoredFile
from apps.professionals.models import Professional
from tests.access.control import decide, emergency, inside, professional, regulator
from tests.access.habilitation_data import ALL_TYPES, OPEN
from tests.documents.factories import ready_file
from tests.support.cast import World

#: A word in every title.
WORD = "Canari"


@dataclass(frozen=True)
class Fate:
    """What happened to a document. `author` is somebody of the cast, None for a paper of Camille's."""

    name: str
    author: str | None = None
    is_masked: bool = False
    is_deleted: bool = False
    is_arriving: bool = False
    #: It waits to be announced; a minor keeps it secret. Neither limits professionals.
    is_withheld: bool = False
    is_secret: bool = False
    #: The fate of the version that replaced it.
    replaced_by: str = ""


FATES = (
    Fate("libre"),
    Fate("masque", is_masked=True),
    Fate("benali", author="benali"),
    Fate("benali-masque", author="benali", is_masked=True),
    Fate("aubry", author="aubry"),
    Fate("aubry-masque", author="aubry", is_masked=True),
    Fate("aubry-annonce", author="aubry", is_withheld=True),
    Fate("aubry-secret", author="aubry", is_secret=True),
    Fate("jete", is_deleted=True),
    Fate("jete-benali", author="benali", is_deleted=True),
    Fate("attendu", is_arriving=True),
    Fate("ancien", replaced_by="libre"),
    Fate("ancien-masque", is_masked=True, replaced_by="masque"),
)


@dataclass(frozen=True)
class Told:
    """One document as it was put there."""

    pk: UUID
    type_code: str
    fate: Fate

    @property
    def title(self) -> str:
        return f"{WORD} {self.type_code} {self.fate.name}"

    @property
    def stands(self) -> bool:
        """It arrived, and is not in the bin."""
        return not (self.fate.is_deleted or self.fate.is_arriving)

    def is_read_by(self, *, profession: str, asker: str | None, sees_masked: bool) -> bool:
        """The rules of the facts once more: the author always; anybody else by the matrix, and unless it is masked."""
        if not self.stands:
            return False
        if asker is not None and self.fate.author == asker:
            return True
        return self.type_code in OPEN.get(profession, frozenset()) and (sees_masked or not self.fate.is_masked)

    def is_known_to(self, capacity: Capacity) -> bool:
        """On the patient's side: what waits for nobody, and for whoever acts for the patient, no secret."""
        is_kept = self.fate.is_withheld or (self.fate.is_secret and capacity != Capacity.HOLDER)
        return self.stands and not is_kept


@dataclass(frozen=True)
class Everything:
    """The record. What `listed` and `read` hold for somebody differ by the versions that were replaced."""

    world: World
    told: tuple[Told, ...]

    def read(self, *, profession: str, asker: str | None = None, sees_masked: bool = False) -> set[Told]:
        return {one for one in self.told if one.is_read_by(profession=profession, asker=asker, sees_masked=sees_masked)}

    def standing(self) -> set[Told]:
        """What Calepin itself reads."""
        return {one for one in self.told if one.stands}

    def known_to(self, capacity: Capacity) -> set[Told]:
        """What the patient's side reads, by the right of whoever looks."""
        return {one for one in self.told if one.is_known_to(capacity)}


def listed(read: Iterable[Told]) -> set[Told]:
    """Of what somebody may read, what is in lists: versions in force."""
    return {one for one in read if not one.fate.replaced_by}


def titles(documents: Iterable[Told]) -> set[str]:
    return {one.title for one in documents}


def fill(world: World, *, types: Iterable[str] = ALL_TYPES, fates: Iterable[Fate] = FATES) -> Everything:
    """Puts a document of each type and fate in Camille's record. No file can be opened."""
    rows, told = [], []
    ids: dict[tuple[str, str], UUID] = {}
    for type_code in types:
        for fate in fates:
            row = _row(world, type_code, fate)
            row.replaced_by_id = ids[type_code, fate.replaced_by] if fate.replaced_by else None
            ids[type_code, fate.name] = row.pk
            rows.append(row)
            told.append(Told(row.pk, type_code, fate))
    StoredFile.objects.bulk_create(row.file for row in rows)
    everything = Document.objects.unscoped(why="a test fills a record")
    everything.bulk_create(rows)
    return Everything(world, tuple(told))


def _row(world: World, type_code: str, fate: Fate) -> Document:
    camille = world.user("camille")
    author = professional(world, fate.author) if fate.author else None
    title = f"{WORD} {type_code} {fate.name}"
    return Document(
        record=world.cast.records["camille"],
        file=ready_file(world),
        type_code=type_code,
        title=title,
        folded=fold(title),
        act_on=(world.at - timedelta(days=len(title))).date(),
        author=author,
        author_label=author.display_name if author else "",
        added_at=world.at,
        added_by=camille,
        arrived_at=None if fate.is_arriving else world.at,
        masked_at=world.at if fate.is_masked else None,
        masked_by=camille if fate.is_masked else None,
        deleted_at=world.at if fate.is_deleted else None,
        deleted_by=camille if fate.is_deleted else None,
        withheld_until=world.at + timedelta(days=20) if fate.is_withheld else None,
        hidden_from_representatives=fate.is_secret,
    )


# --- By what right a professional enters ------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """One way into Camille's record: who takes it, and whether it opens what is masked."""

    name: str
    key: str
    sees_masked: bool

    def open(self, world: World) -> str:
        """Takes every step that leads through it. The alias of the right."""
        match self.name:
            case "consent":
                return world.grant("benali", "camille").alias
            case "administrator":
                decisions.name_administrator(actor=world.camille, professional=professional(world, "benali"), at=now())
                return world.grant("benali", "camille").alias
            case _:
                decide(world, masked=self.sees_masked)
                regulator(world)
                return emergency(world, "aubry", mode=self._origin).alias

    @property
    def _origin(self) -> Grant.Origin:
        return Grant.Origin.REGULATION if self.name.startswith("centre 15") else Grant.Origin.BREAK_GLASS


DOORS = (
    Door("consent", "benali", sees_masked=False),
    Door("administrator", "benali", sees_masked=True),
    Door("break-glass", "aubry", sees_masked=False),
    Door("break-glass, masked too", "aubry", sees_masked=True),
    Door("centre 15", "aubry", sees_masked=False),
    Door("centre 15, masked too", "aubry", sees_masked=True),
)


def practise(world: World, key: str, profession: str) -> None:
    """Somebody of the cast changes trade."""
    Professional.objects.filter(pk=professional(world, key).pk).update(profession=profession)


def in_every_trade(world: World, door: Door, alias: str) -> Iterator[tuple[str, Actor]]:
    """The actor behind `door` in each profession, as the middleware makes it."""
    for profession in OPEN:
        practise(world, door.key, profession)
        actor = inside(world, door.key, alias)
        assert (actor.profession, actor.sees_masked) == (profession, door.sees_masked)
        assert (actor.capacity == Capacity.EMERGENCY) is (door.key == "aubry")
        yield profession, actor
