"""The reader's side: every step in the order that keeps links secret and tries counted."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from app.database import Transaction
from app.sharing.accesses import Accesses, Visit, access_of
from app.sharing.equipment import Equipment
from app.sharing.lifecycle import is_alive, is_readable
from app.sharing.manifest import ShareManifestRequest
from app.sharing.refusals import PasscodeNeeded, PasscodeWrong, ShareNotFound
from app.sharing.sealed import OpenedShare, opened_share
from app.sharing.serving import Admission, Served, Serving
from app.sharing.shl import secret_hash
from app.sharing.store import StoredShare, find_share
from app.sharing.store_files import find_ticketed, load_jwe
from app.sharing.store_openings import give_try_back, reserve_try
from app.telemetry import EVENTS
from app.vault import NoKey
from app.web.problems import MethodNotAllowed, TokenInvalid


class Readers:
    """Answers readers; one object a process."""

    def __init__(self, equipment: Equipment, accesses: Accesses) -> None:
        """One a process."""
        self._equipment = equipment
        self._accesses = accesses
        self._serving = Serving(equipment)

    async def open(self, token: str, asked: ShareManifestRequest, visit: Visit) -> Served:
        """The file of a link with a passcode.

        Raises ShareNotFound, PasscodeNeeded, PasscodeWrong or RateLimited.
        """
        share = self.living(await self._found(token), visit)
        if share.kind == "direct":
            raise ShareNotFound
        if asked.passcode is None:
            visit.leaves(share, "no_passcode")
            raise PasscodeNeeded(share.tries_left)
        with _nothing_of_the_erased():
            opened = await self._judged(share, asked.passcode, visit)
            admission = Admission(share=opened, visit=visit, embeds=asked.embeds)
            return await self._serving.serve(admission)

    async def find_direct(self, token: str) -> StoredShare | None:
        """A direct link, or one that is dead; None where there is none.

        Scanners of mail and previews of links come here: where a link with a passcode lives, they
        see and spend nothing. Raises MethodNotAllowed for that.
        """
        share = await self._found(token)
        if share and share.kind != "direct" and is_alive(share, self._equipment.clock()):
            raise MethodNotAllowed(["POST", "OPTIONS"])
        return share

    def living(self, share: StoredShare | None, visit: Visit) -> StoredShare:
        """The share, if it lives. Raises ShareNotFound."""
        if share is None:
            raise ShareNotFound
        if not is_alive(share, self._equipment.clock()):
            visit.leaves(share, "refused")
            raise ShareNotFound
        return share

    async def read_direct(self, share: StoredShare, visit: Visit) -> Served:
        """The file of a direct link. Raises ShareNotFound or RateLimited."""
        if share.kind != "direct":  # dead when it was found, and revived by a clock set back
            raise ShareNotFound
        with _nothing_of_the_erased():
            keys = await self._equipment.vault.patient_of(
                self._equipment.database, share.account_id
            )
            opened = opened_share(keys, share)
            return await self._serving.serve(
                Admission(share=opened, visit=visit, embeds=lambda _: True)
            )

    async def read_located(self, ticket: str, visit: Visit) -> bytes:
        """The file that a ticket opens. Raises ShareNotFound."""
        database, now = self._equipment.database, self._equipment.clock()
        find = partial(find_ticketed, ticket_hash=secret_hash(ticket), now=now)
        found = await database.read(None, find)
        if found is None:
            raise ShareNotFound
        share = found.share
        if not is_readable(share, now):
            visit.leaves(share, "refused", "file")
            raise ShareNotFound
        load = partial(
            load_jwe, account_id=share.account_id, share_id=share.id, file_id=found.file_id
        )
        jwe = await database.read(share.account_id, load)
        if jwe is None:
            raise ShareNotFound
        visit.leaves(share, "opened", "file")
        return jwe

    async def _found(self, token: str) -> StoredShare | None:
        find = partial(find_share, token_hash=secret_hash(token))
        return await self._equipment.database.read(None, find, brief=True)

    async def _judged(self, share: StoredShare, passcode: str, visit: Visit) -> OpenedShare:
        """The share, for whoever knows its passcode; the try is taken before it is judged.

        Raises PasscodeWrong, ShareNotFound or BusyHashing; the first alone spends the try.
        """
        await self._equipment.judge.refuse_if_full()
        now = self._equipment.clock()

        async def reserve(transaction: Transaction) -> tuple[int, OpenedShare] | None:
            left = await reserve_try(transaction, share.account_id, share.id, now)
            return None if left is None else (left, await self._opened(transaction, share))

        reserved = await self._equipment.database.write(share.account_id, reserve, brief=True)
        if reserved is None:
            visit.leaves(share, "refused")
            raise ShareNotFound
        left, opened = reserved
        if await self._fits(passcode, opened):
            return opened
        wrong = access_of(share, visit.visitor, "wrong_passcode")
        await self._accesses.tell(replace(wrong, tries_left=left))
        if left == 0:
            EVENTS("passcode.burnt", "warning", account=share.account_id)
        raise PasscodeWrong(left)

    async def _fits(self, passcode: str, share: OpenedShare) -> bool:
        """Whether the passcode is right. One that is, or was not judged, gets its try back.

        At once and by itself: whatever fails while the file is made or counted takes no try along.
        """
        try:
            secrets = share.secrets
            fits = secrets is not None and await self._equipment.judge.fits(passcode, secrets)
        except BaseException:
            await self._give_back(share.row)
            raise
        if fits:
            await self._give_back(share.row)
        return fits

    async def _give_back(self, share: StoredShare) -> None:
        """The reserved try; also for a reader who goes away meanwhile."""
        give_back = partial(give_try_back, account_id=share.account_id, share_id=share.id)
        database = self._equipment.database
        await asyncio.shield(database.write(share.account_id, give_back, brief=True))

    async def _opened(self, transaction: Transaction, share: StoredShare) -> OpenedShare:
        keys = await self._equipment.vault.patient(transaction, share.account_id)
        return opened_share(keys, share)


@contextmanager
def _nothing_of_the_erased() -> Iterator[None]:
    """An account that is erased while its link is opened has none. Raises ShareNotFound."""
    try:
        yield
    except (NoKey, TokenInvalid):  # the key is gone, or is still known and the profile is gone
        raise ShareNotFound from None
