"""Handing out the file: one transaction counts the opening, tells it and gives the bytes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app.database import Transaction
from app.sharing.accesses import Visit, access_of, write_access
from app.sharing.equipment import Equipment
from app.sharing.refusals import ShareNotFound
from app.sharing.sealed import OpenedShare
from app.sharing.shl import new_secret, secret_hash
from app.sharing.store import StoredShare
from app.sharing.store_files import FileMark, StoredTicket, add_ticket, load_jwe, newest_file
from app.sharing.store_openings import count_opening, is_busy
from app.vault import PatientKeys
from app.web.problems import RateLimited, Refusal

TICKET_LIFE = timedelta(minutes=10)
SECONDS = 60


class Served(NamedTuple):
    """A file for a reader: its bytes, or a ticket to fetch them with, never both."""

    share: StoredShare
    file: FileMark
    jwe: bytes | None
    ticket: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A reader who may see the file of a share.

    `embeds` says whether a file of so many bytes is handed out itself. `fresh`: the newest file
    was made for this reader, whatever was saved since.
    """

    share: OpenedShare
    visit: Visit
    embeds: Callable[[int], bool]
    fresh: bool = False


class Serving:
    """Hands files out; one object a process."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def serve(self, admission: Admission) -> Served:
        """The file, its opening counted. Raises ShareNotFound or RateLimited.

        A live link whose journal has moved on makes its file first, outside any transaction.
        """
        share = admission.share
        settled = await self._settled(admission)
        if settled is None and share.secrets is not None:
            await self._equipment.files.renew(share, share.secrets)
            settled = await self._settled(replace(admission, fresh=True))
        if isinstance(settled, Served):
            self._equipment.news.wake()
            return settled
        if isinstance(settled, RateLimited):
            raise settled
        admission.visit.leaves(share.row, "refused")
        raise ShareNotFound

    async def _settled(self, admission: Admission) -> Served | Refusal | None:
        """None when the file must be made."""
        row = admission.share.row

        async def work(transaction: Transaction) -> Served | Refusal | None:
            keys = await self._equipment.vault.patient(transaction, row.account_id)
            file = await self._file(transaction, keys, admission)
            return file and await self._counted(transaction, keys, admission, file)

        return await self._equipment.database.write(row.account_id, work)

    async def _file(
        self, transaction: Transaction, keys: PatientKeys, admission: Admission
    ) -> FileMark | None:
        share = admission.share
        if admission.fresh:
            return await newest_file(transaction, keys.account_id, share.row.id)
        return await self._equipment.files.current(transaction, keys, share)

    async def _counted(
        self, transaction: Transaction, keys: PatientKeys, admission: Admission, file: FileMark
    ) -> Served | Refusal:
        row, now = admission.share.row, self._equipment.clock()
        opening = await count_opening(transaction, row.account_id, row.id, now)
        if opening is None:
            busy = await is_busy(transaction, row.account_id, row.id, now)
            return RateLimited(SECONDS - now.second) if busy else ShareNotFound()
        if opening.number == 1:
            await self._equipment.news.first_opened(transaction, keys, now)
        served = await _hand_out(transaction, admission, file, now)
        as_opened = row._replace(tries_left=opening.tries_left)
        access = access_of(as_opened, admission.visit.visitor, "opened")
        await write_access(transaction, keys, access, now)
        return served


async def _hand_out(
    transaction: Transaction, admission: Admission, file: FileMark, now: datetime
) -> Served:
    row = admission.share.row
    if admission.embeds(file.length):
        jwe = await load_jwe(transaction, row.account_id, row.id, file.id)
        return Served(row, file, jwe, None)
    ticket = new_secret()
    kept = StoredTicket(secret_hash(ticket), row.account_id, row.id, file.id, now + TICKET_LIFE)
    await add_ticket(transaction, kept)
    return Served(row, file, None, ticket)
