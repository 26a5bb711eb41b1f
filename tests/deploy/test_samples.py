"""What the samples for operators say, held against what the service does."""

import re
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.main import create_app
from tests.deploy.production import in_production
from tests.engines import own_postgresql_server

pytestmark = pytest.mark.anyio
SAMPLES = Path(__file__).parents[2] / "deploy"
PROXY = "10.1.2.3"


async def test_the_check_of_a_proxy_on_another_host_is_answered(tmp_path: Path) -> None:
    """In production plain http from outside is refused, unless a trusted proxy says otherwise."""
    (told,) = re.findall(r"http-check send .*", (SAMPLES / "haproxy.cfg").read_text())
    headers = dict(re.findall(r"hdr (\S+) (\S+)", told))
    app = create_app(in_production(tmp_path, (f"{PROXY}/32",)))
    way = httpx.ASGITransport(app=app, client=(PROXY, 50000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=way, base_url="http://localhost") as check,
    ):
        assert (await check.get("/readyz")).status_code == 400
        assert (await check.get("/readyz", headers=headers)).status_code == 200


def test_a_call_that_systemd_forbids_is_refused_and_kills_nobody() -> None:
    """Threads that hash lower their priority, which is among the forbidden ones."""
    unit = (SAMPLES / "afterglow.service").read_text()
    assert "SystemCallFilter=~@privileged @resources\n" in unit
    assert "\nSystemCallErrorNumber=EPERM\n" in unit


async def test_postgresql_takes_every_setting_of_its_sample() -> None:
    sample = SAMPLES / "postgresql.conf"
    meant = re.findall(r"^(\w+) = (\w+)$", sample.read_text(), re.MULTILINE)
    assert len(meant) == sample.read_text().count("=") - 1  # and the line that includes it
    with own_postgresql_server(sample) as url:
        server = await asyncpg.connect(url)
        try:
            told = [await server.fetchval("SELECT current_setting($1)", name) for name, _ in meant]
        finally:
            await server.close()
    assert [value for _, value in meant] == told
