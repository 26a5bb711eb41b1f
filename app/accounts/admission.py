"""Which limits stand before a sign-in by password."""

from functools import partial
from uuid import uuid4

from app.accounts import store_accounts, store_devices
from app.accounts.derivation import read_refresh_token
from app.accounts.issuing import recognised
from app.accounts.tokens import TokenMalformed
from app.database import Database
from app.limits import Bucket
from app.throttling import Throttles
from app.throttling.throttles import Taken
from app.vault import Vault


class Admission:
    """Counts tries. A device that the account knows has its own, so no stranger can use them up."""

    def __init__(self, database: Database, vault: Vault, throttles: Throttles) -> None:
        """One a process."""
        self._database = database
        self._vault = vault
        self._throttles = throttles

    async def admit(self, email_index: bytes, place: str, known_device: str | None) -> Taken:
        """Count a try; the bucket to be emptied by `succeeded` when the password is right.

        `place`: where the client is in the network. `known_device`: the last refresh token that
        the device held, alive or not. Raises RateLimited.
        """
        device = known_device and await self._device_of(email_index, known_device)
        tries: Taken = (
            (Bucket.SIGN_IN_KNOWN_DEVICE, device)
            if device
            else (Bucket.SIGN_IN_UNKNOWN_DEVICE, email_index.hex())
        )
        # The breaker is for strangers: a crowd of them keeps out no device that an account knows.
        breaker: list[Taken] = [] if device else [(Bucket.SIGN_IN_SERVICE, "")]
        await self._throttles.take((Bucket.SIGN_IN_ADDRESS, place), tries, *breaker)
        return tries

    async def succeeded(self, tries: Taken) -> None:
        """Whoever was counted there knows the password."""
        await self._throttles.forget(*tries)

    async def _device_of(self, email_index: bytes, token: str) -> str | None:
        """The account and device that a refresh token was made for, if the address is theirs."""
        try:
            claim = read_refresh_token(token)
        except TokenMalformed:
            return None
        account = await self._database.read(
            None, partial(store_accounts.find_account, email_index=email_index)
        )
        # Without an account the same is read, in vain: time tells nothing of the address.
        account_id = account.account_id if account else uuid4()
        device = await self._database.read(
            account_id,
            partial(store_devices.load_device, account_id=account_id, device_id=claim.device_id),
        )
        if device is None or recognised(self._vault, device, claim) is None:
            return None
        return f"{account_id} {claim.device_id}"
