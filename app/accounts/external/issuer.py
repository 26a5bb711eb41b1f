"""The one issuer whose ID tokens are taken; loaded where the settings name one.

With it come an HTTP client and readers of foreign tokens: a tenth of a second and 7 MiB.
"""

from app.accounts.external.fetching import Fetcher
from app.accounts.external.id_tokens import IdTokens
from app.accounts.external.keys import IssuerKeys
from app.clock import Clock
from app.settings import Settings


def id_tokens_of(settings: Settings, clock: Clock, fetcher: Fetcher | None = None) -> IdTokens:
    """What reads the tokens of the issuer that the settings name."""
    keys = IssuerKeys(settings.oidc_issuer, fetcher or Fetcher(), clock)
    return IdTokens(settings.oidc_issuer, settings.oidc_audience, keys, clock)
