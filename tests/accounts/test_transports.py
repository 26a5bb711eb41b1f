"""Mail leaves into a folder, to standard output, or to a relay over checked TLS."""

import stat
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from app.accounts.mail import Mail
from app.accounts.transports import (
    ConsoleTransport,
    DirectoryTransport,
    MailNotTaken,
    SmtpTransport,
    message_of,
    transport_of,
)
from app.settings import Settings
from tests.accounts.relay import relay
from tests.clocks import SetClock
from tests.process import served

SENDER = "Some App <no-reply@app.example>"
MAIL = UUID("0f0d1c52-0000-4000-8000-000000000001")


def a_message(clock: SetClock) -> EmailMessage:
    mail = Mail(to="alex@example.org", subject="Über", text="Hej!\n")
    return message_of(mail, MAIL, clock.now, SENDER)


def test_a_mail_file_is_its_owners_alone_and_whole(clock: SetClock, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mail"
    transport = DirectoryTransport(folder, clock)
    for _ in range(3):
        transport.deliver(a_message(clock))
    files = sorted(folder.iterdir())
    assert len(files) == 3
    assert all(file.name.startswith("20260601T120000") for file in files)
    assert all(file.suffix == ".eml" for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"Hej!" in files[0].read_bytes()


def test_a_folder_that_cannot_be_written_keeps_the_mail_waiting(
    clock: SetClock, tmp_path: Path
) -> None:
    (tmp_path / "mail").write_text("a file stands here")
    with pytest.raises(MailNotTaken):
        DirectoryTransport(tmp_path / "mail", clock).deliver(a_message(clock))


def test_a_message_names_the_sender_and_no_machine(clock: SetClock) -> None:
    message = a_message(clock)
    assert message["From"] == SENDER
    assert message["Message-ID"] == f"<{MAIL}@app.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message["Date"] == "Mon, 01 Jun 2026 12:00:00 +0000"


def test_the_console_shows_recipient_subject_and_text(
    clock: SetClock, capsys: pytest.CaptureFixture[str]
) -> None:
    ConsoleTransport().deliver(a_message(clock))
    assert capsys.readouterr().out == "To: alex@example.org\nSubject: Über\n\nHej!\n\n"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_relay_gets_mail_over_checked_tls_alone(
    clock: SetClock, tmp_path: Path, security: str
) -> None:
    with relay(tmp_path, implicit=security == "tls") as (heard, trust):
        settings = Settings(
            mail_transport="smtp",
            smtp_host="localhost",
            smtp_port=heard.port,
            smtp_security=security,
            smtp_user="app",
            smtp_password="secret",
        )
        SmtpTransport(settings, trust).deliver(a_message(clock))
        assert "rcpt TO:<alex@example.org>" in heard.heard
        assert "Hej!" in heard.heard
        assert any(line.startswith("AUTH PLAIN") for line in heard.heard)
        assert [line for line in heard.in_clear if not line.startswith("ehlo")] == (
            [] if security == "tls" else ["STARTTLS"]
        )
        before = len(heard.heard)
        with pytest.raises(MailNotTaken):
            SmtpTransport(settings).deliver(a_message(clock))
        assert "Hej!" not in heard.heard[before:]


def test_a_relay_that_is_not_there_keeps_the_mail_waiting(clock: SetClock) -> None:
    settings = Settings(mail_transport="smtp", smtp_host="localhost", smtp_port=1)
    with pytest.raises(MailNotTaken):
        SmtpTransport(settings).deliver(a_message(clock))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("directory", DirectoryTransport), ("console", ConsoleTransport), ("smtp", SmtpTransport)],
)
def test_settings_name_the_transport(clock: SetClock, name: str, kind: type[object]) -> None:
    settings = Settings.model_validate({"mail_transport": name})
    assert isinstance(transport_of(settings, clock), kind)


@pytest.mark.parametrize(("transport", "written"), [("directory", True), ("console", False)])
def test_a_server_says_at_its_start_where_mail_is_written(
    own_sqlite_url: str, tmp_path: Path, transport: str, *, written: bool
) -> None:
    with served(own_sqlite_url, tmp_path, {"AFTERGLOW_MAIL_TRANSPORT": transport}):
        told = (tmp_path / "log").read_text().splitlines()
    assert (f"Mail is written to {tmp_path / 'mail'}" in told) == written
