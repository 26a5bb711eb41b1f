"""Coming back into an account, or changing its password: a mailed code is the proof.

The way back is as strong as the mailbox. Where a passkey is demanded it stays demanded, unless a
recovery code of the account comes along.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from app.accounts import store_accounts as store
from app.accounts.codes import MailedCodes
from app.accounts.equipment import Equipment
from app.accounts.issuing import DeviceAbout, start_device
from app.accounts.letters import FALLBACK, Letter
from app.accounts.mail import Recipient, when
from app.accounts.passwords import refuse_poor
from app.accounts.profile import load_recipient
from app.accounts.refusals import CodeRefused, PasskeyRequired, RecoveryHold
from app.accounts.registration import CodeRequest, NewAccount, make_recovery_codes
from app.accounts.store_accounts import StoredAccount
from app.accounts.store_devices import revoke_all
from app.accounts.store_mail import drop_mail, replace_code
from app.accounts.store_recovery import (
    drop_recovery_codes,
    mark_recovered,
    recovered_at,
    use_recovery_code,
)
from app.accounts.telling import tell_of_device
from app.accounts.tokens import TokenKind, TokenMalformed, fingerprint
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction
from app.vault import PatientKeys
from app.web.identity import SignedIn

HOLD = timedelta(hours=24)
"""So long after a recovery nothing leaves the account by export or a new link."""


async def require_no_hold(transaction: Transaction, signed_in: SignedIn, now: datetime) -> None:
    """Let the work go on only if the account was not just recovered. Raises RecoveryHold."""
    recovered = await recovered_at(transaction, signed_in.account_id)
    if recovered is not None and now < recovered + HOLD:
        raise RecoveryHold


@dataclass(frozen=True, slots=True)
class Return:
    """Who wants to come back, and on which device."""

    code_request: UUID
    digits: str
    new_password: str
    about: DeviceAbout
    request_id: str
    recovery_code: str | None = None


class Recovery:
    """Lets patients back in, without telling anybody which addresses have an account."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment
        self._codes = MailedCodes(equipment, "recovery")

    async def start(self, email: str) -> CodeRequest:
        """Mail a code if there is an account; the same work and answer if there is none.

        An address that got many mails lately gets none, and the answer does not tell.
        Raises BusyHashing.
        """
        equipment = self._equipment
        code, digits = await self._codes.draw(email, email.encode(), equipment.clock())
        seconds = equipment.spans.code.seconds
        facts = {"code": digits, "minutes": str(seconds // 60)}
        mails = await equipment.may_mail(code.email_index)

        async def write(transaction: Transaction) -> None:
            known = await store.find_account(transaction, code.email_index)
            if not mails:
                return  # a code that nobody gets takes no other's place
            await replace_code(transaction, code)
            mail_id = await equipment.mailer.post(
                transaction, Recipient(email, FALLBACK), Letter.RECOVERY_CODE, facts
            )
            # As many statements for an address that is known: one more would be heard in the time.
            unwanted = mail_id if known is None else uuid4()
            if unwanted is not None:
                await drop_mail(transaction, unwanted)

        await equipment.database.write(None, write)
        equipment.outbox.wake()
        return CodeRequest(code.request_id, seconds)

    async def finish(self, coming: Return) -> NewAccount:
        """Set the new password, sign every device out, and this one in with new recovery codes.

        Raises CodeRefused, InvalidRequest for a password that breaks rules, PasskeyRequired or
        BusyHashing. What is refused leaves the mailed code as good as before, less one try; a
        password that is poor for any address costs none.
        """
        equipment = self._equipment
        await equipment.refuse_poor(coming.new_password, "", "/new_password")
        email = (await self._codes.check(coming.code_request, coming.digits)).decode()
        refuse_poor(coming.new_password, email, "/new_password")
        password_hash = await equipment.hasher.hash(coming.new_password)
        index = equipment.address_index(email)
        account = await equipment.database.read(
            None, lambda transaction: store.find_account(transaction, index)
        )
        if account is None:
            raise CodeRefused
        account_id = account.account_id
        if account.locked_at is not None:
            raise CodeRefused().about(account_id)

        async def write(transaction: Transaction) -> NewAccount:
            # The account before the code, as who erases: else each may wait for the other.
            await self._check(transaction, account_id, coming)
            await self._codes.use(transaction, coming.code_request)
            keys = await equipment.vault.patient(transaction, account_id)
            await store.save_password_hash(transaction, account_id, password_hash)
            return await self._begin_anew(transaction, keys, coming)

        started = await equipment.database.write(account_id, write)
        tell_of_device("account.recovered", started.start, "code")
        equipment.outbox.wake()
        return started

    async def _check(self, transaction: Transaction, account_id: UUID, coming: Return) -> None:
        """Lift the demand for a passkey by a recovery code; without one it bars the way."""
        account = await store.lock_account(transaction, account_id)
        if account is None or account.locked_at is not None:
            raise CodeRefused
        if coming.recovery_code is not None:
            await self._spend(transaction, account, coming.recovery_code)
        elif account.passkey_required_at is not None:
            raise PasskeyRequired().about(account_id)

    async def _spend(self, transaction: Transaction, account: StoredAccount, code: str) -> None:
        try:
            hashed = fingerprint(TokenKind.RECOVERY, code)
        except TokenMalformed:
            raise CodeRefused().about(account.account_id) from None
        if not await use_recovery_code(transaction, account.account_id, hashed):
            raise CodeRefused().about(account.account_id)
        await store.require_passkey(transaction, account.account_id, None)

    async def _begin_anew(
        self, transaction: Transaction, keys: PatientKeys, coming: Return
    ) -> NewAccount:
        equipment, account_id = self._equipment, keys.account_id
        now = equipment.clock()
        await revoke_all(transaction, account_id, now)
        await mark_recovered(transaction, account_id, now)
        await drop_recovery_codes(transaction, account_id)
        codes = await make_recovery_codes(transaction, account_id, now)
        start = await start_device(
            transaction, equipment.vault, keys, coming.about, equipment.spans, now
        )
        actor = Actor("device", str(start.device.id), coming.request_id)
        event = AuditEvent(now, actor, "account.recovered", "account", str(account_id))
        await append_event(transaction, account_id, event)
        patient = await load_recipient(transaction, keys)
        facts = {"when": when(now)}
        await equipment.mailer.post(transaction, patient, Letter.RECOVERY_USED, facts)
        return NewAccount(start, codes)
