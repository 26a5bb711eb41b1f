"""Who calls: one read of one row by the fingerprint of the access token."""

from functools import partial

from app.accounts import store_devices, store_tokens
from app.accounts.equipment import Equipment
from app.accounts.store_tokens import AccessToken
from app.accounts.tokens import TokenKind, TokenMalformed, fingerprint
from app.web.identity import SignedIn
from app.web.problems import TokenInvalid


class TokenAuthenticator:
    """Knows the bearer of an access token. Nothing is cached: a revoked token is dead at once."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def __call__(self, token: str, *, writes: bool = False) -> SignedIn:
        """The account and device behind an access token. Raises TokenInvalid or RateLimited."""
        try:
            token_hash = fingerprint(TokenKind.ACCESS, token)
        except TokenMalformed:
            raise TokenInvalid from None
        found = await self._equipment.database.read(
            None, partial(store_tokens.find_token, token_hash=token_hash), brief=True
        )
        if found is None or not await self._lives(found):
            raise TokenInvalid
        if not found.confirmed:
            await self._confirm(found)
        self._equipment.throttles.pace(found.account_id, writes=writes)
        return SignedIn(found.account_id, found.device_id)

    async def _lives(self, token: AccessToken) -> bool:
        """Whether it may be used now.

        An expired one is forgotten when it is met, so that no clock set backwards revives it.
        """
        now = self._equipment.clock()
        if now >= token.expires_at:
            await self._equipment.database.write(
                token.account_id, partial(store_tokens.drop_token, token=token), brief=True
            )
        return self._equipment.spans.access_lives(token.expires_at, now)

    async def _confirm(self, token: AccessToken) -> None:
        """The first use shows that the device has got this generation: nobody loses it again."""
        now = self._equipment.clock()
        await self._equipment.database.write(
            token.account_id, partial(store_devices.confirm, token=token, now=now), brief=True
        )
