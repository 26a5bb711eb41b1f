"""What may be on a disk whose power went: images of a database, rebuilt from a stream of calls."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from tests.faults.disk import Call, File, Record

SECTOR = 512
HALF = 0.5
KEPT = (File.DATABASE, File.WAL)
"""What lasts: the index beside them is made anew when nobody holds it."""


class Fate(Enum):
    """What became of the calls that no sync followed."""

    DROPPED = "dropped"
    KEPT = "kept"
    REORDERED = "reordered"
    TORN = "torn"


@dataclass(slots=True)
class Surface:
    """One file: what is certainly on the disk, and what may be."""

    certain: bytearray
    pending: list[Record] = field(default_factory=list)

    def take(self, record: Record) -> None:
        """A call was done."""
        if record.call is not Call.SYNC:
            self.pending.append(record)
            return
        for each in self.pending:
            apply(self.certain, each)
        self.pending.clear()

    def after(self, fate: Fate, random: Random) -> bytearray:
        """What is there when the power comes back."""
        image = bytearray(self.certain)
        for each in survivors(self.pending, fate, random):
            apply(image, each)
        return image


def surfaces(initial: Mapping[File, bytes]) -> dict[File, Surface]:
    """The files before the first call."""
    return {file: Surface(bytearray(initial.get(file, b""))) for file in KEPT}


def survivors(pending: Iterable[Record], fate: Fate, random: Random) -> list[Record]:
    """The calls that reached the disk, in the order they reached it."""
    if fate is Fate.DROPPED:
        return []
    if fate is Fate.KEPT:
        return [*pending]
    parts = [*pending] if fate is Fate.REORDERED else [p for each in pending for p in torn(each)]
    left = [each for each in parts if random.random() < HALF]
    random.shuffle(left)
    return left


def torn(record: Record) -> Iterator[Record]:
    """A write by the sectors it touches; anything else whole."""
    if record.call is not Call.WRITE:
        yield record
        return
    begun, end = record.offset, record.offset + len(record.data)
    while begun < end:
        until = min(end, (begun // SECTOR + 1) * SECTOR)
        part = record.data[begun - record.offset : until - record.offset]
        yield record._replace(offset=begun, data=part)
        begun = until


def apply(image: bytearray, record: Record) -> None:
    """Do to the image what the call did to the file."""
    lacking = record.offset - len(image)
    if lacking > 0:
        image.extend(bytes(lacking))
    if record.call is Call.TRUNCATE:
        del image[record.offset :]
    else:
        image[record.offset : record.offset + len(record.data)] = record.data
