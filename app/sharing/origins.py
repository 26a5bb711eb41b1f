"""Where readers ask for content, and where the page that shows it stands."""

from dataclasses import dataclass
from urllib.parse import urlsplit

VIEWER_PATH = "/view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """`links`: the public origin. `viewer`: the host of the page; empty where it is the same."""

    links: str
    viewer: str = ""

    @property
    def page(self) -> str:
        """The address of the viewer."""
        return (self.viewer or self.links) + VIEWER_PATH

    @property
    def asked(self) -> str:
        """The one origin that the page may ask: scheme, host and port."""
        scheme, host, *_ = urlsplit(self.links)
        return f"{scheme}://{host}"

    @property
    def apart(self) -> bool:
        """Whether the page has a host of its own."""
        return bool(self.viewer) and self.viewer != self.links
