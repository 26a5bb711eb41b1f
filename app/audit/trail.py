"""A patient's chain as the patient reads it."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from app.audit.chain import Link
from app.audit.store_pages import load_page, newest_number
from app.database import Database, Transaction


class TrailPage(NamedTuple):
    """Where the chain ends, the events of a page, and the number that the next one begins with.

    `links` is None for a client that has seen this already.
    """

    newest: int
    links: list[Link] | None
    following: int | None


class Trail:
    """Reads chains; one object a process."""

    def __init__(self, database: Database) -> None:
        """One a process."""
        self._database = database

    async def page(
        self, account_id: UUID, start: int | None, limit: int, known: Callable[[int], bool]
    ) -> TrailPage:
        """Events from number `start` down, or from the newest.

        `known` tells whether the client has what there is while the chain ends at a number.
        """

        async def work(transaction: Transaction) -> TrailPage:
            newest = await newest_number(transaction, account_id)
            if known(newest):
                return TrailPage(newest, None, None)
            first = newest if start is None else start
            links = await load_page(transaction, account_id, first, limit + 1)
            following = links[limit].seq if len(links) > limit else None
            return TrailPage(newest, links[:limit], following)

        return await self._database.read(account_id, work)
