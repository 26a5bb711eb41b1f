"""Every setting of the service, from environment variables AFTERGLOW_*."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MOST_BASE_CHARACTERS = 80


class Settings(BaseSettings):
    """Read once at start and handed in; nothing reads the environment later."""

    model_config = SettingsConfigDict(env_prefix="AFTERGLOW_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = Field(
        default="development",
        description="`production` refuses to start with anything that is only fit for one desk.",
    )
    database_url: str = Field(
        default="sqlite:///data/afterglow.db",
        description="`sqlite:///path` or `postgresql://…` (several hosts allowed).",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Origin of share links: scheme and host, at most 80 characters.",
    )
    keys_file: Path = Field(default=Path("data/keys.json"), description="The key ring, mode 0600.")
    keys: str = Field(
        default="", description="The key ring as JSON, in place of the file.", repr=False
    )
    mail_transport: Literal["directory", "console", "smtp"] = Field(
        default="directory", description="How mail leaves: `directory`, `console` or `smtp`."
    )
    mail_dir: Path = Field(
        default=Path("data/mail"), description="Where the `directory` transport writes mail."
    )
    mail_sender: str = Field(
        default="Afterglow <no-reply@localhost>", description="Name and address mail comes from."
    )
    smtp_host: str = Field(default="localhost", description="Mail relay of the `smtp` transport.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls"] = Field(
        default="starttls", description="`starttls` or `tls`; the certificate is always checked."
    )
    smtp_user: str = Field(default="", description="User at the mail relay; empty for none.")
    smtp_password: str = Field(default="", description="Password at the mail relay.", repr=False)
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Origins (a JSON list) that may call the patient's API in browsers."
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Networks (a JSON list) whose X-Forwarded-For and -Proto count."
    )
    access_token_minutes: int = Field(
        default=10, ge=1, le=60, description="Life of an access token."
    )
    refresh_idle_days: int = Field(
        default=30, ge=1, le=365, description="A refresh token unused for so long ends."
    )
    refresh_absolute_days: int = Field(
        default=180, ge=1, le=730, description="A device is signed out after so long at the latest."
    )
    mail_code_minutes: int = Field(default=10, ge=1, le=60, description="Life of a mailed code.")
    step_up_minutes: int = Field(
        default=5, ge=1, le=15, description="How long a fresh proof of identity counts."
    )
    devices_at_most: int = Field(
        default=10, ge=1, le=100, description="Devices signed in to one account at once."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Refuse what cannot serve: a long public URL, and desk-only mail in production."""
        if len(self.public_url) > MOST_BASE_CHARACTERS or self.public_url.endswith("/"):
            raise ValueError("AFTERGLOW_PUBLIC_URL has at most 80 characters and no final slash")
        if not self.public_url.startswith(("http://", "https://")):
            raise ValueError("AFTERGLOW_PUBLIC_URL begins with http:// or https://")
        if self.environment == "production" and self.mail_transport != "smtp":
            raise ValueError("production sends mail by smtp")
        return self
