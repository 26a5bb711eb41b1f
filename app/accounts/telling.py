"""What the log says of those who show who they are; who they are, it knows by the mark of a day."""

from collections.abc import Awaitable
from datetime import datetime

from app.accounts.issuing import Start
from app.accounts.refusals import CredentialsRefused, PasskeyRequired
from app.telemetry import EVENTS
from app.web.identity import SignedIn


async def told_sign_in(way: str, entering: Awaitable[Start]) -> Start:
    """Await a sign-in by `way` and tell how it went. Raises what it raises."""
    try:
        start = await entering
    except (CredentialsRefused, PasskeyRequired) as refusal:
        EVENTS("sign_in.refused", "warning", action=way, problem=refusal.code)
        raise
    tell_of_device("sign_in", start, way)
    return start


async def told_proof(way: str, signed_in: SignedIn, proving: Awaitable[datetime]) -> datetime:
    """Await a fresh proof by `way` and tell how it went. Raises what it raises."""
    account, device = signed_in.account_id, signed_in.device_id
    try:
        until = await proving
    except CredentialsRefused:
        EVENTS("step_up.refused", "warning", account=account, device=device, action=way)
        raise
    EVENTS("step_up", account=account, device=device, action=way)
    return until


def tell_of_device(event: str, start: Start, way: str) -> None:
    """Tell that a device was let in by `way`."""
    EVENTS(event, account=start.device.account_id, device=start.device.id, action=way)
