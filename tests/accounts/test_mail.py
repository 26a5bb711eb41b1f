"""Mail is decided in the transaction, leaves after it, and is never lost silently."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.accounts import outbox
from app.accounts.letters import Letter
from app.accounts.mail import Mail, Mailer, Recipient
from app.accounts.outbox import Outbox
from app.accounts.recovery import Return
from app.accounts.store_mail import OUTBOX
from app.accounts.transports import (
    MailNotTaken,
)
from app.database import Database, Transaction, open_database
from app.vault import KeyRingRefused, Vault
from tests.accounts.client import Client
from tests.accounts.house import PASSWORD, PHONE, RING, House, an_address
from tests.accounts.passkeys.stories import begin, enter, finish, step_up
from tests.authenticator import Authenticator
from tests.clocks import SetClock
from tests.engines import sqlite_url
from tests.waiting import until

pytestmark = pytest.mark.anyio
FACTS = {"code": "12345678", "minutes": "10"}
WAITING = select(func.count()).select_from(OUTBOX)
SENDER = "Some App <no-reply@app.example>"


class StubbornTransport:
    """A relay that refuses so many times before it takes a mail."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.offered: list[EmailMessage] = []
        self.taken: list[EmailMessage] = []

    def deliver(self, message: EmailMessage) -> None:
        self.offered.append(message)
        if self.refusals:
            self.refusals -= 1
            raise MailNotTaken("not now")
        self.taken.append(message)


class Post:
    """An outbox of its own, on a database that nobody else uses."""

    def __init__(self, database: Database, clock: SetClock, refusals: int = 0) -> None:
        self.database = database
        self.clock = clock
        self.vault = Vault(RING, clock)
        self.transport = StubbornTransport(refusals)
        self.outbox = Outbox(database, self.vault, clock, self.transport, SENDER)

    async def post(self, to: str = "alex@example.org", *, fail: bool = False) -> None:
        async def work(transaction: Transaction) -> None:
            recipient = Recipient(to, "en")
            mailer = Mailer(self.vault, self.clock)
            await mailer.post(transaction, recipient, Letter.SIGN_UP_CODE, FACTS)
            if fail:
                raise LookupError

        await self.database.write(None, work)

    async def waiting(self) -> int:
        rows = await self.database.read(None, lambda work: work.fetch(WAITING))
        return int(rows[0][0])


@pytest.fixture
async def alone(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Database]:
    opened = await open_database(sqlite_url(tmp_path))
    yield opened
    await opened.close()


async def test_a_mail_goes_out_once_and_leaves_no_row(alone: Database, clock: SetClock) -> None:
    post = Post(alone, clock)
    await post.post()
    assert await post.waiting() == 1
    await asyncio.gather(*(post.outbox.send_due() for _ in range(3)))
    assert len(post.transport.taken) == 1
    assert await post.waiting() == 0


async def test_two_workers_send_a_mail_once(alone: Database, clock: SetClock) -> None:
    first, second = Post(alone, clock), Post(alone, clock)
    for _ in range(30):
        await first.post()
    await asyncio.gather(first.outbox.send_due(), second.outbox.send_due())
    assert len(first.transport.taken) + len(second.transport.taken) == 30


async def test_a_transaction_that_fails_posts_nothing(alone: Database, clock: SetClock) -> None:
    post = Post(alone, clock)
    with pytest.raises(LookupError):
        await post.post(fail=True)
    await post.outbox.send_due()
    assert post.transport.taken == []


async def test_a_waiting_mail_lies_sealed(alone: Database, clock: SetClock) -> None:
    post = Post(alone, clock)
    await post.post()
    rows = await alone.read(None, lambda work: work.fetch(select(OUTBOX.c.id, OUTBOX.c.sealed)))
    mail_id, sealed = rows[0]
    assert isinstance(mail_id, UUID)
    for secret in (b"12345678", b"alex", b"code"):
        assert secret not in sealed
    assert Mail.opened(post.vault, mail_id, sealed).to == "alex@example.org"


async def test_a_refused_mail_is_tried_again_later_and_later(
    alone: Database, clock: SetClock
) -> None:
    post = Post(alone, clock, refusals=3)
    await post.post()
    for wait in (30, 60, 120):
        await post.outbox.send_due()
        clock.advance(seconds=wait - 1)
        await post.outbox.send_due()
        assert post.transport.taken == []
        clock.advance(seconds=1)
    await post.outbox.send_due()
    assert len(post.transport.taken) == 1
    assert (post.outbox.sent, post.outbox.dropped) == (1, 0)
    assert len({each.as_bytes() for each in post.transport.offered}) == 1
    assert len({each["Message-ID"] for each in post.transport.offered}) == 1


async def test_a_mail_is_given_up_after_a_quarter_of_an_hour(
    alone: Database, clock: SetClock
) -> None:
    post = Post(alone, clock, refusals=99)
    await post.post()
    for _ in range(17):
        await post.outbox.send_due()
        clock.advance(minutes=1)
    assert await post.waiting() == 0
    assert (post.outbox.sent, post.outbox.dropped) == (0, 1)


async def test_a_mail_that_cannot_be_written_keeps_no_other_up_and_is_given_up(
    alone: Database, clock: SetClock
) -> None:
    post = Post(alone, clock)
    await post.post("=?us-ascii?q?a=0Ab?=@example.org")  # which the library reads as two lines
    clock.advance(seconds=1)
    await post.post()
    await post.outbox.send_due()
    assert [each["To"] for each in post.transport.taken] == ["alex@example.org"]
    for _ in range(17):
        clock.advance(minutes=1)
        await post.outbox.send_due()
    assert await post.waiting() == 0
    assert (post.outbox.sent, post.outbox.dropped) == (1, 1)


async def test_a_mail_waits_for_a_key_that_the_ring_lacks(
    alone: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> bytes:
        raise KeyRingRefused("the ring lacks a key that is in use")

    post = Post(alone, clock)
    await post.post()
    with monkeypatch.context() as patched:
        patched.setattr(post.vault, "open", refused)
        for _ in range(20):
            clock.advance(minutes=1)
            await post.outbox.send_due()
    assert (await post.waiting(), post.outbox.dropped) == (1, 0)
    clock.advance(hours=2)
    await post.outbox.send_due()
    assert (await post.waiting(), post.outbox.sent) == (0, 1)


async def test_mail_that_was_decided_leaves_by_itself(alone: Database, clock: SetClock) -> None:
    post = Post(alone, clock)
    sender = asyncio.ensure_future(post.outbox.run())
    await asyncio.sleep(0.01)
    await post.post()
    post.outbox.wake()
    await until(lambda: post.transport.taken)
    post.outbox.stop()
    await sender


async def test_the_sender_outlives_a_database_that_is_gone(
    alone: Database, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    post = Post(alone, clock)
    await alone.close()
    sender = asyncio.ensure_future(post.outbox.run())
    await until(lambda: "try again" in caplog.text)
    await asyncio.sleep(0.05)
    assert not sender.done()
    post.outbox.stop()
    await sender


async def test_the_room_sends_what_is_due_when_it_closes(house: House) -> None:
    address = an_address()
    async with house.accounts.sending_mail():
        await house.accounts.registration.register(
            address, "a rather long pass phrase", "en", "here"
        )
    assert any(address in path.read_text() for path in house.folder.glob("*.eml"))


async def test_at_a_stop_mails_that_a_slow_relay_has_not_taken_stay_for_the_next_start(
    alone: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a relay that is away would keep the service from ending for as long as it likes."""
    monkeypatch.setattr(outbox, "LAST_SECONDS", 0.0)
    post = Post(alone, clock)
    await post.post()
    post.outbox.stop()
    await post.outbox.run()
    assert (post.transport.taken, await post.waiting()) == ([], 1)


async def test_whatever_decides_a_mail_wakes_the_sender(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would leave when the sender looks next, which is seconds later."""
    woken: list[str] = []
    monkeypatch.setattr(house.accounts.outbox, "wake", lambda: woken.append("woken"))

    async def wakes(way: Awaitable[object]) -> bool:
        woken.clear()
        await way
        return woken == ["woken"]

    recovery, authenticator = house.accounts.recovery, Authenticator()
    assert await wakes(house.accounts.registration.register(an_address(), PASSWORD, "en", "here"))
    await client.sign_up()
    assert await wakes(client.ask("POST", "/v1/tokens", client.sign_in()))
    started = await begin(client)
    assert await wakes(finish(client, started, authenticator, require_passkey=True))
    assert await wakes(client.ask("POST", "/v1/tokens", client.sign_in()))  # it is refused
    assert await wakes(enter(client, authenticator))
    await step_up(client)
    (passkey,) = (await client.ask("GET", "/v1/passkeys")).json()["items"]
    assert await wakes(client.ask("DELETE", f"/v1/passkeys/{passkey['id']}"))
    assert await wakes(recovery.start(client.email))
    asked = await recovery.start(client.email)
    code = await house.code_for(client.email)
    coming = Return(asked.request_id, code, "eleven herons over the weir", PHONE, "request")
    assert await wakes(recovery.finish(coming))
