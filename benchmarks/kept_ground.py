"""A ground that outlives its run: what was seeded for an hour is measured more than once."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from benchmarks.ground import Databases, Extent, Ground, SeededPatient
from benchmarks.seeding_links import LIFE

NAME = "ground.json"
SPARE = timedelta(hours=2)
"""So long before its links end a ground is too old for a run."""


class OtherGround(Exception):
    """What lies in the folder is not what is asked for, or is too old."""


def keep(ground: Ground, seeded_at: datetime) -> None:
    """Write beside the databases what a later run has to know of them."""
    told = {
        "engine": ground.engine,
        "databases": asdict(ground.databases),
        "extent": asdict(ground.extent),
        "last_day": str(ground.last_day),
        "patients": [[str(each.account_id), each.token, each.head] for each in ground.patients],
        "links": ground.links,
        "seeded_at": seeded_at.isoformat(),
    }
    path = ground.folder / NAME
    path.touch(mode=0o600)
    path.write_text(json.dumps(told))


def kept_in(folder: Path, engine: str, extent: Extent) -> Ground | None:
    """The ground that an earlier run left in the folder, if one did. Raises OtherGround."""
    path = folder / NAME
    if not path.exists():
        if any(folder.glob("*.db")):
            raise OtherGround(f"{folder} was not seeded to its end: empty it")
        return None
    told = json.loads(path.read_text())
    if (told["engine"], told["extent"]) != (engine, asdict(extent)):
        raise OtherGround(f"{folder} holds {told['extent']} on {told['engine']}")
    if datetime.now(UTC) > datetime.fromisoformat(told["seeded_at"]) + LIFE - SPARE:
        raise OtherGround(f"the links in {folder} end too soon: seed it anew")
    return Ground(
        engine,
        folder,
        Databases(**told["databases"]),
        extent,
        date.fromisoformat(told["last_day"]),
        [SeededPatient(UUID(account), token, head) for account, token, head in told["patients"]],
        told["links"],
    )
