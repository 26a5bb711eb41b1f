"""A story of one patient on two devices, and what every reader has to see of it."""

from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Any

from tests.replicas.pair import Pair
from tests.service import Patient, Service, an_entry
from tests.sharing.links import Link, opened, share

DAY = "2026-06-01"


@dataclass(slots=True)
class Diary:
    """What was written, by whom, and a reader of a live link."""

    service: Service
    pair: Pair
    random: Random
    devices: list[Patient]
    link: Link
    moods: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id: score and revision of every entry that lives."""
    gone: set[str] = field(default_factory=set)
    paused: bool = False

    @classmethod
    async def begun(cls, service: Service, pair: Pair, random: Random) -> "Diary":
        """A new patient with two devices and a link."""
        first = await service.sign_up()
        second = await first.sign_in_again()
        link = await share(first, scope={"include_notes": True, "kinds": ["mood"]}, mode="live")
        return cls(service, pair, random, [first, second], link)

    async def step(self) -> None:
        """One thing happens."""
        steps = [self._create] * 3 + [self._list] * 4 + [self._trend] * 3 + [self._open]
        steps += [self._turn] * 3 + ([self._change, self._delete] if self.moods else [])
        await self.random.choice(steps)()

    async def _create(self) -> None:
        score = self.random.randint(0, 10)
        draft = an_entry(score=score, note=f"n{self.random.getrandbits(64):016x}")
        entry = (await self._someone().save(draft))["entry"]
        self._keep(entry)

    async def _change(self) -> None:
        entry_id, old = self.random.choice(sorted(self.moods.items()))
        body = {"score": self.random.randint(0, 10), "note": f"n{self.random.getrandbits(64):016x}"}
        tag = {"If-Match": f'"{old["revision"]}"'}
        answer = await self._someone().ask("PATCH", f"/v1/entries/{entry_id}", tag, json=body)
        assert answer.status_code == 200, answer.text
        self.gone.add(old["note"])
        self._keep(answer.json()["entry"])

    async def _delete(self) -> None:
        entry_id, old = self.random.choice(sorted(self.moods.items()))
        tag = {"If-Match": f'"{old["revision"]}"'}
        answer = await self._someone().ask("DELETE", f"/v1/entries/{entry_id}", tag)
        assert answer.status_code == 204, answer.text
        self.gone.add(self.moods.pop(entry_id)["note"])

    async def _turn(self) -> None:
        """The replica stops or goes on, or it is waited for."""
        if self.paused:
            await self.pair.resume()
        elif self.random.random() < 0.5:
            await self.pair.pause()
        else:
            await self.pair.in_step()
            return
        self.paused = not self.paused

    async def _list(self) -> None:
        answer = await self._someone().ask("GET", "/v1/entries?limit=200")
        found = {each["id"]: self._of(each) for each in answer.json()["items"]}
        assert found == self.moods

    async def _trend(self) -> None:
        answer = await self._someone().ask("GET", "/v1/trends/daily?metric=mood")
        (row,) = [each for each in answer.json()["days"] if each["date"] == DAY]
        scores = [each["score"] for each in self.moods.values()]
        seen = [row.get(name) for name in ("n", "value", "min", "max")]
        assert seen == [len(scores), *(of(scores) if scores else None for of in (median, min, max))]

    async def _open(self) -> None:
        text = str(await opened(self.service, self.link))
        assert all(each["note"] in text for each in self.moods.values())
        assert not any(each in text for each in self.gone)

    def _someone(self) -> Patient:
        return self.random.choice(self.devices)

    def _keep(self, entry: dict[str, Any]) -> None:
        self.moods[entry["id"]] = self._of(entry)

    @staticmethod
    def _of(entry: dict[str, Any]) -> dict[str, Any]:
        return {name: entry[name] for name in ("score", "note", "revision")}
