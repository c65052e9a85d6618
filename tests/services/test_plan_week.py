"""De-crowding: the people of one installation are spread over what is as good."""

from collections import Counter
from dataclasses import replace

from app.services import choose, plan_week
from app.services.resources import Resources
from scrapers.base import Organization
from tests.conftest import NOW, PROFILE
from tests.seed import add_person, add_source, listing, tell

PEOPLE = 50
CAP = 3


def test_fifty_alike_are_spread_over_what_is_as_good(world: Resources) -> None:
    """FEATURES "De-crowding": everybody takes what is suggested, one evening each."""
    evenings = [
        listing(
            f"Networking Evening {number}",
            days=1 + number % 4,
            organizer=Organization(f"Hosts {number}"),
        )
        for number in range(20)
    ]
    tell(world, add_source(world), evenings)
    world = replace(world, settings=world.settings.model_copy(update={"crowd": CAP}))
    alike = replace(PROFILE, weekly_evenings=1)
    chances, sent = [], Counter[str]()
    for number in range(PEOPLE):
        person = add_person(world, f"p{number}@harborfalls.example", profile=alike)
        with world.database.write() as session:
            week = plan_week.plan(world, session, person, "2026-W48", NOW)
            (outing,) = week.outings
            choose.choose(session, person, outing.suggestion.event.id, "chosen", NOW)
        sent[outing.suggestion.event.name] += 1
        chances.append(week.chance)
    assert max(sent.values()) <= CAP
    assert max(chances) - sum(chances) / PEOPLE < 0.02, "the mean chance lost"


def test_who_is_last_hears_why(world: Resources) -> None:
    (event,) = tell(world, add_source(world), [listing()])
    world = replace(world, settings=world.settings.model_copy(update={"crowd": 1}))
    first = add_person(world, "ada@harborfalls.example")
    second = add_person(world, "sam@harborfalls.example")
    with world.database.write() as session:
        choose.choose(session, first, event, "chosen", NOW)
        (kept,) = plan_week.plan(world, session, first, "2026-W48", NOW).outings
        other = plan_week.plan(world, session, second, "2026-W48", NOW)
    assert kept.suggestion.event.id == event
    ((_, why),) = other.left_out
    assert (why.code, why.text) == ("crowded", "enough of us go there already")
