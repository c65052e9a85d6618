"""Sources that tell the same are named to a person, and nothing is done unasked."""

from uuid import UUID

from app.services import ingest, sources
from app.services.resources import Resources
from app.store import sources as store
from tests.conftest import NOW
from tests.seed import add_source, listing, tell
from tests.servers import redirect
from tests.services.publisher import TWELVE, Service, vevent


def told(world: Resources, source: UUID) -> list[str]:
    """What the single source says of its twins, which the list of all says too."""
    with world.database.read() as session:
        one = sources.overview(session, source, NOW)
        (same,) = [item for item in sources.overviews(session, NOW) if item.row.id == source]
    assert one.twins == same.twins
    return [twin.text for twin in one.twins]


def test_A7_two_addresses_that_lead_to_one_calendar_are_reported_as_one(service: Service) -> None:
    service.publisher.says(*TWELVE)
    service.publisher.answers["/old.ics"] = redirect(service.publisher.server.url("/feed.ics"))
    first, second = service.add(name="Gull Room"), service.add("/old.ics", name="Old Gull")
    service.poll(first)
    service.poll(second)
    assert told(service.world, second) == [
        "It is the same calendar as Gull Room: one of the two is enough."
    ]
    assert told(service.world, first) == [
        "It is the same calendar as Old Gull: one of the two is enough."
    ]
    with service.world.database.write() as session:
        ingest.remove_source(session, second, NOW)
    assert told(service.world, first) == []


def test_A7_a_permanent_redirect_to_another_source_is_never_followed_onto_it(
    service: Service,
) -> None:
    service.publisher.says(*TWELVE)
    target = service.publisher.server.url("/feed.ics")
    service.publisher.answers["/old.ics"] = redirect(target, 301)
    first, second = service.add(), service.add("/old.ics", name="Old Gull")
    service.poll(first)
    for _ in range(5):
        service.poll(second)
        service.publisher.says(
            *TWELVE, vevent("One more", days=20)
        )  # other bytes than the first has
    with service.world.database.read() as session:
        assert store.get(session, second).url != target
    assert "the same calendar as Gull Room" in told(service.world, second)[0]


def test_D9_two_producers_for_one_venue_are_reported_as_such(world: Resources) -> None:
    evenings = [listing(f"Evening of {name}", days=day) for day, name in enumerate("ABCDEF", 2)]
    venue, seller, other = (add_source(world, name) for name in ("Gull Room", "Tickets", "Town"))
    tell(world, venue, evenings)
    tell(world, seller, [*evenings[:5], listing("Elsewhere", days=12, place=None)])
    tell(world, other, [*evenings[:2], listing("Market", days=3), listing("Fair", days=4)])
    assert told(world, venue) == ["5 of its 6 coming events are also told by Tickets."]
    assert told(world, seller) == ["5 of its 6 coming events are also told by Gull Room."]
    assert told(world, other) == [], "half of a town's calendar is its own"
