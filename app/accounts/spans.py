"""How long tokens, devices, codes and proofs live."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.settings import Settings

GRACE = timedelta(seconds=30)
"""How long a spent refresh token may come again although its successor is in use."""

SKEW = timedelta(minutes=1)
"""How far the clocks of two workers may lie apart."""


@dataclass(frozen=True, slots=True)
class Spans:
    """All of them positive."""

    access: timedelta
    idle: timedelta
    absolute: timedelta
    code: timedelta
    step_up: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Spans":
        """The spans in force."""
        return cls(
            access=timedelta(minutes=settings.access_token_minutes),
            idle=timedelta(days=settings.refresh_idle_days),
            absolute=timedelta(days=settings.refresh_absolute_days),
            code=timedelta(minutes=settings.mail_code_minutes),
            step_up=timedelta(minutes=settings.step_up_minutes),
        )

    def access_lives(self, expires_at: datetime, now: datetime) -> bool:
        """Whether an access token may be used.

        One that has longer to live than any token gets was issued by a clock that ran ahead: it
        is refused, lest it outlive the correction.
        """
        return now < expires_at <= now + self.access + SKEW

    def code_lives(self, expires_at: datetime, now: datetime) -> bool:
        """Whether a mailed code may be used; one of a clock that ran ahead is refused likewise."""
        return now < expires_at <= now + self.code + SKEW

    def access_is_fresh(self, issued_at: datetime, now: datetime) -> bool:
        """Whether at least half of an access token's life is left, so that it is given again."""
        left = issued_at + self.access - now
        return self.access / 2 <= left <= self.access + SKEW
