"""Passcodes are hashed and compared at places of their own, so that nobody waits behind them."""

from app.accounts.hashing_places import HashingPlaces
from app.sharing.passcodes import passcode_matches
from app.sharing.schemas import ShareDraft
from app.sharing.sealed import Secrets


class PasscodeJudge:
    """One object a process. A crowd at the sign-in keeps no reader of a link out."""

    def __init__(self) -> None:
        """The threads start when they are needed."""
        self._places = HashingPlaces("afterglow-passcode")

    async def secrets_for(self, draft: ShareDraft) -> Secrets:
        """Fresh secrets of a link, the hash of its passcode among them. Raises BusyHashing."""
        return await self._places.run(lambda: Secrets.made_for(draft))

    async def refuse_if_full(self) -> None:
        """Turn a reader away before a try is taken that nobody would judge. Raises BusyHashing."""
        await self._places.refuse_if_full()

    async def fits(self, attempt: str, secrets: Secrets) -> bool:
        """Whether the attempt is the link's passcode; False for a link without one.

        Raises BusyHashing.
        """
        verifier = secrets.verifier
        if verifier is None:
            return False
        return await self._places.run(
            lambda: passcode_matches(attempt, verifier, generated=secrets.generated)
        )

    def close(self) -> None:
        """Let running compares end; those that wait are dropped."""
        self._places.close()
