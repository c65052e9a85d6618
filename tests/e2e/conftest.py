"""One city and one service for all tests that only need them running."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.demo import today
from app.cli.world import now
from app.sample_city import server as sample_city
from app.sample_city.city import upcoming
from app.sample_city.cycle import ZONE, Occurrence
from tests.e2e.service import Api, Server, command, environment, eventually, free_port, running

PERSON = ("robin@harborfalls.example", "--name", "Robin", "--time-zone", "America/New_York",
          "--home", "41.93,-70.52", "--field", "software engineering")  # fmt: skip


@dataclass
class Town:
    """The city with a service that reads it, and somebody who lives there."""

    city: sample_city.Server
    server: Server
    api: Api
    env: dict[str, str]
    folder: Path
    changed: bool = False

    def move(self, uid: str, by: timedelta) -> None:
        """Let a publisher put an event off, and the service find out."""
        self.city.move(uid, by)
        self.changed = True
        self.read_again()

    def cancel(self, uid: str) -> None:
        """Let a publisher call an event off, and the service find out."""
        self.city.cancel(uid)
        self.changed = True
        self.read_again()

    def read_again(self) -> None:
        """Make every source due, and wait until the service's clock has polled them all."""
        before = {row["id"]: row["last_polled_at"] for row in self.sources()}
        for source_id in before:
            self.api.call("PATCH", f"sources/{source_id}", json={"paused": True})
            self.api.call("PATCH", f"sources/{source_id}", json={"paused": False})
        eventually(
            lambda: all(row["last_polled_at"] != before[row["id"]] for row in self.sources())
        )

    def coming(self, slug: str, days: int = 3) -> tuple[Occurrence, dict[str, Any]]:
        """The next date of an event that is at least so many days away: as the city has it, as we do."""
        soon = now().astimezone(ZONE) + timedelta(days=days)
        dates = (each for _, each in upcoming(soon.date()) if each.start > soon)
        date = next(each for each in dates if each.event.slug.startswith(slug))
        since = (date.start - timedelta(hours=1)).isoformat()
        return date, self.api.find(date.name, **{"from": since})

    def sources(self) -> list[dict[str, str]]:
        """The sources with their health."""
        found: list[dict[str, str]] = self.api.get("sources")["items"]
        return found


@pytest.fixture(scope="session")
def city() -> Iterator[sample_city.Server]:
    """Harbor Falls today."""
    with sample_city.serve("127.0.0.1", 0, today()) as streets:
        yield streets


@pytest.fixture(scope="session")
def running_town(
    city: sample_city.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """`gomeet serve` over the whole city, its clock ticking twice a second."""
    folder = tmp_path_factory.mktemp("town")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = environment(folder, city.url, base_url=url, tick_seconds="0.5")
    token = command("user", "add", *PERSON, env=env).stdout.strip()
    with running("serve", "--port", str(port), url=url, env=env, cwd=folder) as server:
        town = Town(city, server, Api(url, token), env, folder)
        for row in city.sources:
            body = {
                "url": row.url,
                "name": row.name,
                "time_zone": row.time_zone,
                "trust": row.trust,
            }
            town.api.call("POST", "sources", json=body)
        eventually(lambda: all(row["last_ok_at"] for row in town.sources()))
        yield town


@pytest.fixture
def town(running_town: Town) -> Iterator[Town]:
    """The town as it was announced, with nothing decided."""
    yield running_town
    for choice in running_town.api.get("choices")["items"]:
        running_town.api.call("DELETE", f"choices/{choice['event_id']}")
    if running_town.changed:
        running_town.city.undo()
        running_town.read_again()
        running_town.changed = False
