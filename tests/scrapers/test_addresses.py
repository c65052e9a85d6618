from scrapers.addresses import feeds_at


def test_an_address_of_a_calendar_file_is_its_own_feed() -> None:
    [feed] = feeds_at("https://town.example/events/calendar.ics?category=music")
    assert (feed.url, feed.scraper) == (
        "https://town.example/events/calendar.ics?category=music",
        "ical",
    )


def test_an_address_that_says_nothing_leads_nowhere() -> None:
    assert feeds_at("https://town.example/about?file=calendar.ics") == ()
