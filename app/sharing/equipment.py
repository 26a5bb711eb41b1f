"""What every action of this room works with."""

from dataclasses import dataclass

from app.clock import Clock
from app.database import Database
from app.sharing.files import Files
from app.sharing.judge import PasscodeJudge
from app.sharing.material import Sources
from app.sharing.news import News
from app.throttling import Throttles
from app.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """Made once a process. `base` is the origin of links, `viewer` the page that shows them."""

    database: Database
    vault: Vault
    clock: Clock
    sources: Sources
    files: Files
    judge: PasscodeJudge
    news: News
    throttles: Throttles
    base: str
    viewer: str
