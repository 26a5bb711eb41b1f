"""What readers used, in words that recognise nobody."""

import pytest

from app.sharing.clients import coarse_client

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "client"),
    [
        (None, "unknown"),
        ("", "unknown"),
        ("  ", "unknown"),
        ("curl/8.5.0", "program"),
        ("python-httpx/0.28.1", "program"),
        ("node", "program"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36", "browser on a computer"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}", "browser on a computer"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI}", "browser on a computer"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101", "browser on a computer"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) {SAFARI} Mobile/15E148", "browser on a phone"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME} Mobile", "browser on a phone"),
        (f"Mozilla/5.0 (iPad; CPU OS 16_0) {SAFARI} Mobile/15E148", "browser on a tablet"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-X200) {CHROME}", "browser on a tablet"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", "scanner or link preview"),
        ("Slackbot-LinkExpanding 1.0", "scanner or link preview"),
        ("facebookexternalhit/1.1", "scanner or link preview"),
        ("WhatsApp/2.23.20.0", "scanner or link preview"),
        ("x" * 10_000, "program"),
    ],
)
def test_a_user_agent_becomes_one_of_six_words(user_agent: str | None, client: str) -> None:
    assert coarse_client(user_agent) == client
