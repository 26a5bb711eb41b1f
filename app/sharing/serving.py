"""Handing out the file: one transaction counts the opening, tells it and gives the bytes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app.database import DatabaseOverloaded, Transaction
from app.sharing.accesses import Visit, access_of, write_access
from app.sharing.equipment import Equipment
from app.sharing.refusals import ShareNotFound
from app.sharing.sealed import OpenedShare
from app.sharing.shl import new_secret, secret_hash
from app.sharing.store import StoredShare
from app.sharing.store_files import FileMark, StoredTicket, add_ticket, is_kept, load_jwe
from app.sharing.store_openings import count_opening, is_busy
from app.vault import PatientKeys
from app.web.problems import RateLimited

TICKET_LIFE = timedelta(minutes=10)
SECONDS = 60
MOST_FILES = 3
"""Made for one reader, who has to be unlucky to need a second."""


class Served(NamedTuple):
    """A file for a reader: its bytes, or a ticket to fetch them with, never both."""

    share: StoredShare
    file: FileMark
    jwe: bytes | None
    ticket: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A reader who may see the file of a share.

    `embeds` says whether a file of so many bytes is handed out itself. `file` is what was made for
    this reader, whatever was saved since.
    """

    share: OpenedShare
    visit: Visit
    embeds: Callable[[int], bool]
    file: FileMark | None = None


class Gone(Exception):
    """The file was dropped for a newer one while it was being handed out."""


class Serving:
    """Hands files out; one object a process."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def serve(self, admission: Admission) -> Served:
        """The file, its opening counted. Raises ShareNotFound or RateLimited.

        A live link whose journal has moved on makes its file first, outside any transaction.
        Raises DatabaseOverloaded when other processes drop it again and again.
        """
        share = admission.share
        try:
            served = await self._settled(admission)
            for _ in range(MOST_FILES):
                if served is not None:
                    break
                served = await self._settled(await self._renewed(admission))
        except ShareNotFound:
            admission.visit.leaves(share.row, "refused")
            raise
        if served is None:
            raise DatabaseOverloaded("the file of a link was dropped too often")
        if not share.row.openings:  # then it may have been the first, which is told by mail
            self._equipment.news.wake()
        return served

    async def _renewed(self, admission: Admission) -> Admission:
        """The same with a file of its own. Raises ShareNotFound where none can be made."""
        share = admission.share
        if share.row.mode == "snapshot" or share.secrets is None:
            raise ShareNotFound  # what was frozen is dropped with its link, and never made again
        file = await self._equipment.files.renew(share, share.secrets)
        if file is None:
            raise ShareNotFound
        return replace(admission, file=file)

    async def _settled(self, admission: Admission) -> Served | None:
        """None when the file must be made. Raises ShareNotFound or RateLimited."""
        row = admission.share.row

        async def work(transaction: Transaction) -> Served | None:
            keys = await self._equipment.vault.patient(transaction, row.account_id)
            file = admission.file
            if file is None:
                file = await self._equipment.files.current(transaction, keys, admission.share)
            return file and await self._counted(transaction, keys, admission, file)

        try:
            return await self._equipment.database.write(row.account_id, work)
        except Gone:  # and nothing was counted
            return None

    async def _counted(
        self, transaction: Transaction, keys: PatientKeys, admission: Admission, file: FileMark
    ) -> Served:
        """Counting locks the share: from then on nobody drops a file of it."""
        row, now = admission.share.row, self._equipment.clock()
        opening = await count_opening(transaction, row.account_id, row.id, now)
        if opening is None:
            if await is_busy(transaction, row.account_id, row.id, now):
                raise RateLimited(SECONDS - now.second)
            raise ShareNotFound
        served = await _hand_out(transaction, admission, file, now)
        if opening.number == 1:
            await self._equipment.news.first_opened(transaction, keys, now)
        as_opened = row._replace(tries_left=opening.tries_left)
        access = access_of(as_opened, admission.visit.visitor, "opened")
        await write_access(transaction, keys, access, now)
        return served


async def _hand_out(
    transaction: Transaction, admission: Admission, file: FileMark, now: datetime
) -> Served:
    """Raises Gone."""
    row = admission.share.row
    if admission.embeds(file.length):
        jwe = await load_jwe(transaction, row.account_id, row.id, file.id)
        if jwe is None:
            raise Gone
        return Served(row, file, jwe, None)
    if not await is_kept(transaction, row.account_id, row.id, file.id):
        raise Gone
    ticket = new_secret()
    kept = StoredTicket(secret_hash(ticket), row.account_id, row.id, file.id, now + TICKET_LIFE)
    await add_ticket(transaction, kept)
    return Served(row, file, None, ticket)
