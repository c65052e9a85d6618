"""RSS 2.0 with the event module, and Atom news that only speaks of events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.sample_city.cycle import CYCLE, Change, dates, hours, occurrences
from app.sample_city.records import News, Publisher
from app.sample_city.wording import long_date
from app.sample_city.write_html import render


@dataclass(frozen=True, slots=True)
class Item:
    """A published piece of news; `published` is aware."""

    news: News
    published: datetime

    @property
    def uid(self) -> str:
        """Constant identifier of this appearance."""
        return f"{self.news.slug}-{self.published:%Y%m%d}"

    @property
    def text(self) -> str:
        """The piece, with the day it speaks of in words."""
        day = self.published.date() + timedelta(days=self.news.days_ahead)
        return self.news.text.strip().replace("{day}", long_date(day))


def event_feed(
    publisher: Publisher, today: date, changes: frozenset[Change], base_url: str
) -> bytes:
    """RSS whose items carry `ev:startdate` (purl.org/rss/1.0/modules/event); newest first."""
    found = [each for event in publisher.events for each in occurrences(event, today, changes)]
    found.sort(key=lambda each: (each.planned, each.uid), reverse=True)
    return render("rss.xml", publisher=publisher, occurrences=found, base_url=base_url)


def news_feed(publisher: Publisher, today: date, base_url: str) -> bytes:
    """Atom news of the past cycle, newest first; no entry carries the date of an event."""
    return render("atom.xml", publisher=publisher, items=items(publisher, today), base_url=base_url)


def items(publisher: Publisher, today: date) -> list[Item]:
    """What was published in the eight weeks up to and including `today`, newest first."""
    found = [Item(news, moment) for news in publisher.news for moment in _moments(news, today)]
    return sorted(found, key=lambda item: (item.published, item.uid), reverse=True)


def _moments(news: News, today: date) -> Iterator[datetime]:
    tomorrow = today + timedelta(days=1)
    for day in dates([news.week], news.day, tomorrow - CYCLE, tomorrow):
        yield hours(day, "06:30")[0]
