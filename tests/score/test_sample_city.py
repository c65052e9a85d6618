"""The invented city says of each event what we ought to find; no feed carries it, nothing is fitted on it."""

import re
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from app.model.event import Event
from app.sample_city.city import upcoming
from app.sample_city.cycle import TIME_ZONE, Occurrence
from app.sample_city.records import Publisher
from app.sample_city.wording import place_name
from app.score import Understanding, understand
from scrapers.base import Offer, Place
from tests.score.conftest import Make

TODAY = date(2026, 11, 24)
_TAG = re.compile(r"<[^>]+>")


def event_of(publisher: Publisher, found: Occurrence, make: Make) -> Event:
    said = found.event
    place = place_name(said)
    return make(
        said.name,
        start=found.start,
        time_zone=TIME_ZONE,
        end=found.end,
        all_day=found.all_day,
        description=_TAG.sub(" ", said.text),
        organizer=said.organizer or publisher.name,
        location=Place(name=place) if place else None,
        virtual_location=said.online,
        offers=tuple(
            Offer(price_min=int(100 * each), price_max=int(100 * each)) for each in said.offers
        ),
        categories=said.categories,
    )


@pytest.fixture(scope="module")
def city(make: Make) -> dict[str, tuple[Occurrence, Understanding]]:
    """One date of each event of the city, and what we make of it."""
    found: dict[str, tuple[Occurrence, Understanding]] = {}
    for publisher, each in upcoming(TODAY):
        if each.event.slug not in found:
            found[each.event.slug] = each, understand(event_of(publisher, each, make))
    return found


City = dict[str, tuple[Occurrence, Understanding]]


def test_most_kinds_are_found(city: City) -> None:
    wrong = {
        slug: (each.event.kind, f.kind)
        for slug, (each, f) in city.items()
        if each.event.kind != f.kind
    }
    assert len(wrong) < 0.3 * len(city), wrong


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        ("symphony-patrons", "fundraiser_gala"),
        ("data-talk", "professional_talk"),
        ("candidate-hold", "not_an_event"),
    ],
)
def test_kinds_that_were_once_mistaken(city: City, slug: str, kind: str) -> None:
    assert city[slug][1].kind == kind


def test_every_circle_is_withheld_and_nothing_else(city: City) -> None:
    assert {slug for slug, (_, found) in city.items() if found.withheld == "circle"} == {
        slug for slug, (each, _) in city.items() if each.event.tier == "circle"
    }


def test_tiers_stand_in_order(city: City) -> None:
    """Of two events of different tier the higher one is nearly always ahead."""
    by_tier = {
        tier: np.array([f.any_field for each, f in city.values() if each.event.tier == tier])
        for tier in ("high", "middle", "low", "circle")
    }
    for above, below in pairwise(by_tier):
        ahead = by_tier[above][:, None] > by_tier[below][None]
        assert ahead.mean() > 0.75, (above, below)
