"""What readers used, told so coarsely that nobody is recognised by it."""

UNKNOWN = "unknown"
PROGRAM = "program"
SCANNER = "scanner or link preview"
PHONE = "browser on a phone"
TABLET = "browser on a tablet"
COMPUTER = "browser on a computer"

SCANNERS = ("bot", "crawl", "spider", "preview", "scan", "facebookexternalhit", "whatsapp", "slack")
PHONES = ("iphone", "ipod", "mobile", "phone")
TABLETS = ("ipad", "tablet", "kindle", "android")


def coarse_client(user_agent: str | None) -> str:
    """One of six words for a User-Agent header; it is a claim, like everything a reader sends."""
    told = (user_agent or "").lower()
    if not told.strip():
        return UNKNOWN
    if any(mark in told for mark in SCANNERS):
        return SCANNER
    if not told.startswith("mozilla/"):
        return PROGRAM
    if "ipad" not in told and any(mark in told for mark in PHONES):
        return PHONE
    return TABLET if any(mark in told for mark in TABLETS) else COMPUTER
