"""Every setting of the service, from environment variables AFTERGLOW_*."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.addresses import host_of, is_network, is_postgresql_address
from app.limits import OFF, limits_of

MOST_BASE_CHARACTERS = 80
POSTGRESQL = ("postgresql://", "postgres://")
DATABASES = ("sqlite:///", *POSTGRESQL)
BREACH_RANGES = (
    r"(https://[^/\s?#@]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)(/[^\s?#@]*[^/\s?#@])?"
)
"""By https, or on this host; a path may follow, but no final slash: the digits are put behind."""


class Settings(BaseSettings):
    """Read once at start and handed in; nothing reads the environment later."""

    model_config = SettingsConfigDict(
        env_prefix="AFTERGLOW_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    environment: Literal["development", "production"] = Field(
        default="development",
        description="`production` refuses to start with anything that is only fit for one desk.",
    )
    database_url: str = Field(
        default="sqlite:///data/afterglow.db",
        description="`sqlite:///path` or `postgresql://…` (several hosts allowed).",
        repr=False,
    )
    migration_url: str = Field(
        default="",
        description="The same database for its owner, who runs `migrate`; empty: as above.",
        repr=False,
    )
    replica_url: str = Field(
        default="",
        description="A replica of PostgreSQL that may answer lists, trends and live shares; "
        "empty: none.",
        repr=False,
    )
    database_connections: int = Field(
        default=8,
        ge=4,
        le=64,
        description="Connections of a worker to PostgreSQL at most, and as many to its replica.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Origin of share links: scheme and host, at most 80 characters.",
    )
    viewer_url: str = Field(
        default="",
        description="Origin of the clinician's page where it has a host of its own.",
    )
    snomed: bool = Field(
        default=True, description="Whether shares carry SNOMED CT codes beside their texts."
    )
    keys_file: Path = Field(default=Path("data/keys.json"), description="The key ring, mode 0600.")
    keys: str = Field(
        default="", description="The key ring as JSON, in place of the file.", repr=False
    )
    erasure_ledger: Path = Field(
        default=Path("data/erasures.jsonl"),
        description="The ledger of erasures, to be kept apart from the database and its backups.",
    )
    audit_roots: Path = Field(
        default=Path("data/audit-roots.jsonl"),
        description="The signed roots of the audit chains, to be kept apart from the database.",
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
    serve_docs: bool | None = Field(
        default=None,
        description="Whether `/docs` and `/openapi.json` answer; unset: outside production.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Networks (a JSON list) whose X-Forwarded-For and -Proto count."
    )
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="First port of the Prometheus metrics, on loopback; unset: none are served.",
    )
    hash_passes: int | None = Field(
        default=None,
        ge=2,
        le=64,
        description="Passes of argon2id a password hash; unset: 2, in production as many as take "
        "50 to 100 ms.",
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        le=60,
        description="How long a server that is told to stop still answers, while `/readyz` "
        "says 503.",
    )
    limits: str = Field(
        default="",
        max_length=2000,
        description="Limits in place of the defaults, as `sign_in.address=1000/15m,…`; `off` "
        "outside production only.",
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
    passkey_rp_id: str = Field(
        default="",
        max_length=253,
        description="Domain that passkeys are bound to; empty: the host of the public URL.",
    )
    passkey_rp_name: str = Field(
        default="Afterglow", max_length=64, description="What phones show beside a passkey."
    )
    passkey_origins: tuple[str, ...] = Field(
        default=(),
        description="Where passkeys may be used (a JSON list): `https://…` of apps in browsers, "
        "`android:apk-key-hash:…` of Android apps; empty: the public URL.",
    )
    oidc_issuer: str = Field(
        default="",
        max_length=200,
        description="OpenID Connect issuer (`https://…`) whose ID tokens sign in; empty: none.",
    )
    oidc_audience: str = Field(
        default="", max_length=200, description="Our client id at that issuer."
    )

    breach_range_url: str = Field(
        default="",
        max_length=200,
        description="Where new passwords are looked up among leaked ones, by five digits of their "
        "SHA-1 (`https://…/range`); empty: nowhere.",
        repr=False,  # a path may be all that a mirror asks of who may use it
    )

    @property
    def serves_docs(self) -> bool:
        """Whether the documentation page answers."""
        return self.environment != "production" if self.serve_docs is None else self.serve_docs

    @model_validator(mode="after")
    def _databases_are_known(self) -> Self:
        """Refuse what no engine of ours serves."""
        if not all(
            url.startswith(DATABASES) for url in (self.database_url, self.migration_url) if url
        ):
            raise ValueError(
                "AFTERGLOW_DATABASE_URL and AFTERGLOW_MIGRATION_URL begin with sqlite:/// or "
                "postgresql://"
            )
        return self

    @model_validator(mode="after")
    def _databases_can_be_found(self) -> Self:
        """Refuse what the driver would take to pieces at the wrong places, and quote."""
        for name in ("database_url", "migration_url", "replica_url"):
            url = getattr(self, name)
            if url.startswith(POSTGRESQL) and not is_postgresql_address(url):
                raise ValueError(
                    f"AFTERGLOW_{name.upper()} is no address of a database: percent-encode its "
                    "password"
                )
        return self

    @model_validator(mode="after")
    def _replica_follows(self) -> Self:
        """Refuse a replica of what has none."""
        if self.replica_url and not self.replica_url.startswith(POSTGRESQL):
            raise ValueError("AFTERGLOW_REPLICA_URL begins with postgresql://")
        if self.replica_url and not self.database_url.startswith(POSTGRESQL):
            raise ValueError("AFTERGLOW_REPLICA_URL needs PostgreSQL: SQLite has no replicas")
        return self

    @model_validator(mode="after")
    def _proxies_are_networks(self) -> Self:
        """Refuse what no worker could begin with."""
        if not all(is_network(each) for each in self.trusted_proxies):
            raise ValueError(
                "AFTERGLOW_TRUSTED_PROXIES holds networks, as 10.0.0.0/8, with no bit of a host set"
            )
        return self

    @model_validator(mode="after")
    def _asks_by_https(self) -> Self:
        """Refuse strangers that would be asked in clear, or who are named by half."""
        if bool(self.oidc_issuer) != bool(self.oidc_audience):
            raise ValueError("AFTERGLOW_OIDC_ISSUER and AFTERGLOW_OIDC_AUDIENCE go together")
        if self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            raise ValueError("AFTERGLOW_OIDC_ISSUER begins with https://")
        if self.breach_range_url and not re.fullmatch(BREACH_RANGES, self.breach_range_url):
            raise ValueError("AFTERGLOW_BREACH_RANGE_URL is https://host/path: no user, no query")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Refuse what cannot serve: a long public URL, and desk-only mail in production."""
        if len(self.public_url) > MOST_BASE_CHARACTERS or self.public_url.endswith("/"):
            raise ValueError("AFTERGLOW_PUBLIC_URL has at most 80 characters and no final slash")
        if not (self.public_url.startswith(("http://", "https://")) and host_of(self.public_url)):
            raise ValueError("AFTERGLOW_PUBLIC_URL begins with http:// or https:// and a host")
        if self.viewer_url and not re.fullmatch(r"https?://[^/]+", self.viewer_url):
            raise ValueError("AFTERGLOW_VIEWER_URL is a scheme and a host, without a path")
        limits_of(self.limits)
        if self.environment == "production" and self.limits == OFF:
            raise ValueError("production keeps limits: AFTERGLOW_LIMITS=off is for a desk")
        if self.environment == "production" and self.mail_transport != "smtp":
            raise ValueError("production sends mail by smtp: set AFTERGLOW_MAIL_TRANSPORT")
        return self
