"""Signing up: an account is made when its address is shown to be the patient's, not before."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from app.accounts import store_accounts as store
from app.accounts.codes import MailedCodes
from app.accounts.equipment import Equipment
from app.accounts.issuing import DeviceAbout, Start, start_device
from app.accounts.letters import Letter
from app.accounts.mail import Recipient
from app.accounts.profile import begin_profile, email_place
from app.accounts.refusals import CodeRefused
from app.accounts.store_accounts import StoredAccount
from app.accounts.store_mail import replace_code
from app.accounts.telling import tell_of_device
from app.accounts.tokens import TokenKind, fingerprint, mint
from app.audit import Actor, AuditEvent, append_event, begin_chain
from app.database import Transaction, UniqueViolation
from app.limits import Bucket
from app.model import Model
from app.vault import PatientKeys

RECOVERY_CODES = 10
Newcomer = Callable[[Transaction, UUID], Awaitable[None]]
"""What another room does for a new account, in the transaction that makes it."""


class CodeRequest(NamedTuple):
    """A request that waits for its mailed code, for `expires_in` seconds."""

    request_id: UUID
    expires_in: int


class NewAccount(NamedTuple):
    """An account's first device, and its recovery codes, shown this once."""

    start: Start
    recovery_codes: list[str]


class SignUp(Model):
    """What waits, sealed, for the code."""

    email: str
    password_hash: str
    locale: str


class Registration:
    """Makes accounts, without telling anybody which addresses have one."""

    def __init__(self, equipment: Equipment, newcomers: Sequence[Newcomer]) -> None:
        """`newcomers` are called in order for each new account."""
        self._equipment = equipment
        self._newcomers = newcomers
        self._codes = MailedCodes(equipment, "sign_up")

    async def register(self, email: str, password: str, locale: str, place: str) -> CodeRequest:
        """Mail a code, or the news that there is an account already: the same work for both.

        An address that got many mails lately gets none, and the answer does not tell. `place`:
        where the client is in the network; what breaks the rules of passwords is no sign-up there.
        Raises InvalidRequest for a password that breaks them, RateLimited or BusyHashing.
        """
        throttles = self._equipment.throttles
        await throttles.take((Bucket.PASSWORD_ADDRESS, place))
        await self._equipment.refuse_poor(password, email, "/password")
        await throttles.take((Bucket.REGISTER_ADDRESS, place))
        password_hash = await self._equipment.hasher.hash(password)
        waiting = SignUp(email=email, password_hash=password_hash, locale=locale)
        payload = waiting.model_dump_json().encode()
        code, digits = await self._codes.draw(email, payload, self._equipment.clock())
        minutes = self._equipment.spans.code.seconds // 60
        facts = {"code": digits, "minutes": str(minutes)}
        mails = await self._equipment.may_mail(code.email_index)

        async def write(transaction: Transaction) -> None:
            known = await store.find_account(transaction, code.email_index)
            letter = Letter.ALREADY_REGISTERED if known else Letter.SIGN_UP_CODE
            if not mails:
                return  # a code that nobody gets takes no other's place
            await replace_code(transaction, code)
            recipient = Recipient(email, locale)
            await self._equipment.mailer.post(transaction, recipient, letter, facts)

        await self._equipment.database.write(None, write)
        self._equipment.outbox.wake()
        return CodeRequest(code.request_id, self._equipment.spans.code.seconds)

    async def verify(
        self, code_request: UUID, digits: str, about: DeviceAbout, request_id: str
    ) -> NewAccount:
        """Make the account that waited for this code. Raises CodeRefused or BusyHashing."""
        waiting = SignUp.model_validate_json(await self._codes.check(code_request, digits))
        account_id = uuid4()

        async def write(transaction: Transaction) -> NewAccount:
            await self._codes.use(transaction, code_request)
            keys = await self.make_account(
                transaction, account_id, waiting, self._equipment.address_index(waiting.email)
            )
            return await self._open_account(transaction, keys, about, request_id)

        try:
            made = await self._equipment.database.write(account_id, write)
        except UniqueViolation:  # the address has got an account meanwhile
            raise CodeRefused from None
        tell_of_device("account.created", made.start, "code")
        return made

    async def make_account(
        self, transaction: Transaction, account_id: UUID, waiting: SignUp, index: bytes
    ) -> PatientKeys:
        """The rows that every account has; `index` is what it is found by at sign-in."""
        now = self._equipment.clock()
        keys = await self._equipment.vault.make_patient(transaction, account_id)
        account = StoredAccount(
            account_id=account_id,
            password_hash=waiting.password_hash,
            locked_at=None,
            sealed_email=keys.seal(email_place(account_id), waiting.email.encode()),
        )
        await store.add_account(transaction, account, index, now)
        await begin_profile(transaction, keys, waiting.locale, now)
        for newcomer in self._newcomers:
            await newcomer(transaction, account_id)
        await begin_chain(transaction, account_id)
        return keys

    async def _open_account(
        self, transaction: Transaction, keys: PatientKeys, about: DeviceAbout, request_id: str
    ) -> NewAccount:
        """The first device, the recovery codes and the first link of the chain."""
        now, account_id = self._equipment.clock(), keys.account_id
        start = await start_device(
            transaction, self._equipment.vault, keys, about, self._equipment.spans, now
        )
        codes = await make_recovery_codes(transaction, account_id, now)
        actor = Actor("device", str(start.device.id), request_id)
        event = AuditEvent(now, actor, "account.created", "account", str(account_id))
        await append_event(transaction, account_id, event)
        return NewAccount(start, codes)


async def make_recovery_codes(
    transaction: Transaction, account_id: UUID, now: datetime
) -> list[str]:
    """Ten new ones, of which only the hashes are kept."""
    codes = [mint(TokenKind.RECOVERY) for _ in range(RECOVERY_CODES)]
    hashes = [fingerprint(TokenKind.RECOVERY, code) for code in codes]
    await store.add_recovery_codes(transaction, account_id, hashes, now)
    return codes
