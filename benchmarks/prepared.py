"""What the reference is given: Afterglow's own answers, the patients' keys, a text to seal."""

import asyncio
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

from app.clock import system_clock
from app.database import open_database
from app.journal.kinds import read_content
from app.journal.store_ready import Stamp, keep_answer
from app.journal.stored import StoredEntry
from app.trends.kept_answer import EPOCH, KEPT_VERSION, KeptAnswer
from app.vault import PatientKeys
from app.web.json_body import JsonBody
from benchmarks.bare_ciphers import OVERHEAD, keep_secrets, read_secrets
from benchmarks.diary import members_of
from benchmarks.ground import Ground
from benchmarks.load import ask
from benchmarks.operations import OPERATIONS
from benchmarks.servers import Server
from benchmarks.trend_operations import TRENDS


def keep_answers(ground: Ground, afterglow: Server) -> None:
    """One answer of each operation, for bare to give."""
    asked = {each.name: each.make for each in OPERATIONS}
    asked |= {each.name: each.warm for each in TRENDS}
    for name, make in asked.items():
        answer = ask(afterglow.port, make(ground, 0)(0))
        (ground.folder / "answers" / name).write_bytes(answer)


async def keep_ready(ground: Ground) -> None:
    """Rows for bare to find where Afterglow finds ready answers: as long, but under open names."""
    database = await open_database(ground.databases.bare)
    secrets = read_secrets(_secrets_of(ground))
    try:
        for patient in ground.readers:
            stamp = Stamp(0, patient.head, 1, KEPT_VERSION)
            keys = PatientKeys(patient.account_id, {1: secrets[patient.account_id]})
            for name in (each.name for each in TRENDS):
                body = JsonBody.of_kept((ground.folder / "answers" / name).read_bytes())
                answer = KeptAnswer(EPOCH, EPOCH, '"' + 22 * "a" + '"', body)
                keep = partial(
                    keep_answer,
                    account_id=patient.account_id,
                    question=name,
                    stamp=stamp,
                    sealed=answer.sealed(keys, name, stamp),
                )
                await database.write(patient.account_id, keep)
    finally:
        await database.close()


def keep_keys(ground: Ground) -> None:
    """The patients' keys, so that bare opens and seals what Afterglow does."""
    accounts = [each.account_id for each in ground.patients]
    kept = _secrets_of(ground)
    asyncio.run(keep_secrets(ground.databases.bare, ground.folder / "keys.json", accounts, kept))


def _secrets_of(ground: Ground) -> Path:
    return ground.folder / "answers" / "secrets"


def keep_frame(ground: Ground) -> None:
    """As many bytes as a mood has when it is padded for its seal."""
    entry = StoredEntry(UUID(int=1), 1, system_clock(), system_clock())
    content = read_content("mood", members_of("mood", date(2026, 1, 1), 8), imported=True)
    entry.write(content)
    StoredEntry.seal_each(PatientKeys(UUID(int=1), {1: bytes(32)}), [entry])
    frame = bytes(len(entry.sealed or b"") - OVERHEAD)
    (ground.folder / "answers" / "frame").write_bytes(frame)
