"""What a person does with the page, on a phone, against the mock API."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.page import Client
from tests.web.world import World

pytestmark = pytest.mark.browser

MIXER = "Chamber After Hours at Copper Kettle Brewing"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> & <b>Bold</b> Mixer"


def test_a_link_signs_in_and_leaves_no_token_in_the_address(client: Client) -> None:
    client.sign_in("secret-token")
    assert client.route == "#/"
    assert client.page.evaluate("localStorage.getItem('gomeet.token')") == "secret-token"
    client.page.reload()
    client.cards.first.wait_for()


def test_a_pasted_token_signs_in_and_signing_out_forgets_it(client: Client) -> None:
    client.page.goto(client.url)
    client.page.get_by_label("Your token").fill("  pasted ")
    client.page.get_by_role("button", name="Sign in").click()
    client.cards.first.wait_for()
    client.go("Me").page.get_by_role("button", name="Sign out").click()
    client.page.get_by_label("Your token").wait_for()
    assert client.page.evaluate("localStorage.length") == 0


def test_a_refused_token_leads_back_to_the_door(client: Client, complaints: list[str]) -> None:
    client.page.goto(f"{client.url}#token=wrong")
    client.page.get_by_label("Your token").wait_for()
    expect(client.page.locator("#snackbar")).to_contain_text("sign in again")
    assert all("401" in text for text in complaints)
    complaints.clear()


def test_the_week_stands_best_first(signed_in: Client) -> None:
    chances = signed_in.chances()
    assert len(chances) == 24  # 25 samples less the job fair, which is a circle
    assert chances == sorted(chances, reverse=True)
    assert signed_in.names()[0] == MIXER


def test_a_day_and_the_order_live_in_the_address_and_back_works(signed_in: Client) -> None:
    signed_in.page.get_by_role("link", name="Wednesday, November 25").click()
    expect(signed_in.cards).to_have_count(5)
    signed_in.page.get_by_role("link", name="Earliest first").click()
    expect(signed_in.cards.first).to_contain_text("Toddler Story Time")
    assert signed_in.route == "#/?day=2026-11-25&sort=start"
    signed_in.page.go_back()
    signed_in.page.go_back()
    expect(signed_in.cards).to_have_count(24)


def test_filters_narrow_and_an_empty_answer_offers_a_way_out(signed_in: Client) -> None:
    page = signed_in.page
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Free", exact=True).check()
    page.get_by_label("Evenings").check()
    expect(page.get_by_role("button", name="Filter 2")).to_be_visible()
    expect(signed_in.cards).to_have_count(7)
    assert all("Free" in text for text in signed_in.cards.locator(".price").all_inner_texts())
    page.get_by_label("Kind").select_option("sport_play")
    page.get_by_role("link", name="Clear the filters").click()
    expect(signed_in.cards).to_have_count(24)


def test_search_keeps_the_field_focused_and_costs_one_step_back(signed_in: Client) -> None:
    signed_in.page.get_by_label("Search events").press_sequentially("wine")
    expect(signed_in.cards).to_have_count(1)
    expect(signed_in.page.get_by_label("Search events")).to_be_focused()
    assert signed_in.route == "#/?q=wine"


def test_the_event_zone_is_named_when_it_differs(signed_in: Client) -> None:
    webinar = signed_in.card("Remote Leadership Webinar").root
    expect(webinar.locator(".when")).to_have_text("Thu, Nov 26, 1:00 – 2:00 PM New York time")
    expect(signed_in.card(MIXER).root.locator(".when")).to_have_text("Tomorrow, 5:30 – 7:30 PM")


def test_B7_all_day_event_stays_on_its_dates(signed_in: Client) -> None:
    expo = signed_in.card("Great Lakes Supply Chain Expo").root
    expect(expo.locator(".when")).to_have_text("Thu, Nov 26 – Fri, Nov 27, all day")


def test_warnings_and_etiquette_stand_on_the_card(signed_in: Client) -> None:
    expect(signed_in.card("Career Pivot Happy Hour").root).to_contain_text(
        "May be mostly job seekers"
    )
    expect(signed_in.card("Grief Support Circle").root).to_contain_text("do not pitch")
    expect(signed_in.card("Harbor Falls Toastmasters").root).to_contain_text("Cancelled")
    expect(signed_in.card("Opening Day: Gull & Anchor Coffee").root).to_contain_text(
        "Price unknown"
    )


@pytest.mark.parametrize("name", [MIXER, "Chamber Music: Late Quartets", "Grief Support Circle"])
def test_the_bars_add_up_to_the_number_shown(signed_in: Client, name: str) -> None:
    detail = signed_in.open(name)
    assert sum(detail.points()) == detail.chance == detail.total()
    *steps, total = detail.bars()
    assert total[1] == pytest.approx(detail.chance, abs=1)
    at = steps[0][1]
    for (left, right), points in zip(steps[1:], detail.points()[1:], strict=True):
        start, end = (left, right) if points >= 0 else (right, left)
        assert start == pytest.approx(at, abs=1.5)  # a bar is never thinner than three pixels
        at = end
    assert at == pytest.approx(total[1], abs=1.5)


def test_the_field_switch_shows_bars_of_its_own(signed_in: Client) -> None:
    detail = signed_in.open(MIXER)
    own = detail.chance  # what the list is ranked by comes first
    detail.for_any_field()
    assert detail.chance > own
    assert sum(detail.points()) == detail.chance == detail.total()


def test_the_table_says_the_same_in_words(signed_in: Client) -> None:
    detail = signed_in.open(MIXER)
    detail.root.get_by_text("Show as a table").click()
    points = detail.root.locator("tbody td:nth-child(2)").all_inner_texts()
    *parts, total = [float(text.replace("−", "-")) for text in points]
    assert sum(parts) == pytest.approx(total, abs=0.3)


def test_the_sheet_has_an_address_and_closes_to_the_list(signed_in: Client) -> None:
    detail = signed_in.open(MIXER)
    assert signed_in.route == "#/events/0198-0000"
    signed_in.page.keyboard.press("Escape")
    detail.root.wait_for(state="hidden")
    assert signed_in.route == "#/"
    signed_in.page.goto(f"{signed_in.url}#/events/0198-0001")
    signed_in.page.reload()
    signed_in.detail().close()
    expect(signed_in.cards).to_have_count(24)


def test_a_new_deed_takes_the_old_way_back_away(signed_in: Client) -> None:
    other = signed_in.names()[1]
    signed_in.card(MIXER).choose()
    expect(signed_in.page.locator("#snackbar")).to_contain_text("On your list")
    signed_in.page.route("**/choices/*", lambda _route: None)  # the second is never answered
    signed_in.card(other).dismiss()
    expect(signed_in.page.locator("#snackbar")).to_be_empty()


def test_choosing_can_be_undone(signed_in: Client, world: World) -> None:
    card = signed_in.card(MIXER)
    card.choose()
    expect(signed_in.page.locator("#snackbar")).to_contain_text("On your list")
    assert card.chosen
    assert world.choices["0198-0000"]["state"] == "chosen"
    signed_in.undo()
    expect(card.root.locator("[data-verb=choose]")).to_have_attribute("aria-pressed", "false")
    signed_in.go("My events").page.get_by_text("Nothing chosen yet").wait_for()
    assert world.choices == {}


def test_the_list_knows_what_was_chosen_in_the_sheet(signed_in: Client, world: World) -> None:
    detail = signed_in.open(MIXER)
    detail.root.get_by_role("button", name="I’ll go").click()
    detail.root.get_by_role("button", name="I’m going").wait_for()
    detail.close()
    card = signed_in.card(MIXER)
    assert card.chosen
    card.choose()
    expect(signed_in.page.locator("#snackbar")).to_contain_text("Taken off your list")
    assert world.choices == {}


def test_a_choice_the_server_refuses_is_taken_back(
    signed_in: Client, world: World, complaints: list[str]
) -> None:
    card = signed_in.card(MIXER)
    del world.events["0198-0000"]
    card.choose()
    expect(signed_in.page.locator("#snackbar")).to_contain_text("No such event")
    assert not card.chosen
    complaints.clear()


def test_dismissing_in_the_sheet_closes_it_and_can_be_undone(signed_in: Client) -> None:
    detail = signed_in.open(MIXER)
    detail.root.get_by_role("button", name="Not for me").click()
    detail.root.wait_for(state="hidden")
    expect(signed_in.cards).to_have_count(23)
    signed_in.undo()
    expect(signed_in.cards).to_have_count(24)


def test_the_file_of_one_event_is_fetched_with_the_token(signed_in: Client) -> None:
    detail = signed_in.open(MIXER)
    with signed_in.page.expect_download() as download:
        detail.root.get_by_role("button", name=".ics file").click()
    assert download.value.suggested_filename == "Chamber-After-Hours-at-Copper-Kettle-Brewing.ics"
    assert download.value.path().read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_my_events_say_what_became_of_them(signed_in: Client, world: World) -> None:
    world.choose("0198-0000", "chosen")["gone_since"] = "2026-11-22T10:00:00Z"
    world.choose("0198-0023", "chosen")
    world.choose("0198-0015", "dismissed")
    signed_in.go("My events")
    expect(signed_in.cards).to_have_count(2)
    expect(signed_in.card(MIXER).root).to_contain_text("no longer lists it (since 2 days ago)")
    expect(signed_in.card("Harbor Falls Toastmasters").root).to_contain_text("Cancelled")
    signed_in.page.get_by_text("Set aside (1)").click()
    signed_in.page.get_by_role("button", name="Bring back").click()
    expect(signed_in.page.get_by_text("Set aside (1)")).to_have_count(0)


def test_the_calendar_address_can_be_copied_scanned_and_replaced(signed_in: Client) -> None:
    page = signed_in.go("Calendar").page
    address = page.get_by_label("Or copy it").input_value()
    assert page.get_by_alt_text("QR code").evaluate("image => image.naturalWidth") > 0
    assert str(page.get_by_role("link", name="Open in my").get_attribute("href")).startswith(
        "webcal://"
    )
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#snackbar")).to_contain_text("Address copied")
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.get_by_role("button", name="New address").click()
    page.locator("dialog.confirm").get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Or copy it")).to_have_value(address)
    page.get_by_role("button", name="New address").click()
    page.locator("dialog.confirm").get_by_role("button", name="New address").click()
    expect(page.get_by_label("Or copy it")).not_to_have_value(address)


def test_sources_speak_plainly_and_obey(signed_in: Client, world: World) -> None:
    page = signed_in.go("Sources").page
    expect(page.locator("[data-id=old-theatre]")).to_contain_text("Taken away")
    expect(page.get_by_text("40 of its 42 coming events are also told by")).to_be_visible()
    library = page.locator("[data-id=public-library]")
    library.get_by_role("button", name="Pause").click()
    expect(library).to_contain_text("Paused by you")
    library.get_by_role("button", name="Remove").click()
    page.locator("dialog.confirm").get_by_role("button", name="Remove").click()
    expect(library).to_have_count(0)
    assert "public-library" not in world.sources


def test_B5_a_suspected_source_is_corrected_by_a_tap(signed_in: Client, world: World) -> None:
    clubs = signed_in.go("Sources").page.locator("[data-id=harbor-clubs]")
    expect(clubs).to_contain_text("labelled as local ones")
    clubs.get_by_role("button", name="Correct its times").click()
    expect(clubs.get_by_role("button", name="Undo time correction")).to_be_visible()
    assert world.sources["harbor-clubs"]["time_rule"] == "utc_as_local"
    signed_in.page.locator("#snackbar").get_by_role("button", name="Undo").click()
    expect(clubs.get_by_role("button", name="Correct its times")).to_be_visible()


def test_an_event_is_hidden_and_brought_back(signed_in: Client) -> None:
    page = signed_in.page
    signed_in.card(MIXER).root.get_by_role("link", name=MIXER).click()
    page.get_by_text("Hide this for everyone").click()
    for name in ("Harbor Falls Chamber", "Copper Kettle", "City Calendar"):
        expect(page.get_by_role("button", name=f"Everything from {name}")).to_be_visible()
    page.get_by_role("button", name="Only this event").click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(signed_in.cards).to_have_count(23)
    page.locator("#snackbar").get_by_role("button", name="Undo").click()
    expect(signed_in.cards).to_have_count(24)


def test_a_listing_of_another_event_is_parted_and_joined_again(signed_in: Client) -> None:
    page = signed_in.page
    signed_in.card(MIXER).root.get_by_role("link", name=MIXER).click()
    page.get_by_text("These are two events").click()
    page.locator(".part").get_by_role("button", name="Copper Kettle").click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(signed_in.cards).to_have_count(25)
    page.locator("#snackbar").get_by_role("button", name="Undo").click()
    expect(signed_in.cards).to_have_count(24)


def find_events(client: Client, address: str) -> Page:
    """Pastes an address into the sources' form and lets the site be looked at."""
    page = client.page
    if not page.get_by_label("Address of").is_visible():
        page.get_by_text("Add a source").click()
    page.get_by_label("Address of").fill(address)
    page.get_by_role("button", name="Find events").click()
    return page


def test_a_pasted_address_shows_its_calendars_and_adds_one_with_a_tap(
    signed_in: Client, world: World
) -> None:
    page = find_events(signed_in.go("Sources"), "guild.example.org")
    expect(page.get_by_text("Found 24 coming events.")).to_be_visible()
    best = page.locator(".candidate").first
    expect(best).to_contain_text("Harbor Falls Guild of Makers")
    expect(best.locator(".preview li:visible")).to_have_count(3)
    best.get_by_text("The next 7").click()
    expect(best.locator(".preview li:visible")).to_have_count(10)
    best.get_by_text("1 entry cannot be read").click()
    expect(best).to_contain_text("It does not say when.")
    expect(page.get_by_text("Among your sources already: Public Library")).to_be_visible()
    expect(page.get_by_text("1 other address with the same events")).to_be_visible()
    best.get_by_role("button", name="Add").click()
    expect(best.get_by_role("button", name="Added")).to_be_disabled()
    expect(page.locator("[data-id='new-guild.example.org']")).to_contain_text("Just added")
    assert world.sources["new-guild.example.org"]["name"] == "Harbor Falls Guild of Makers"


def test_a_page_without_events_says_so_and_what_was_tried(signed_in: Client, world: World) -> None:
    page = find_events(signed_in.go("Sources"), "https://empty.example.org/")
    expect(page.get_by_text("No events were found: 5 addresses")).to_be_visible()
    page.get_by_text("What else was tried").click()
    expect(page.get_by_text("No events were found on this page.")).to_be_visible()
    page.get_by_role("button", name="Add this address anyway").click()
    expect(page.locator("[data-id='new-empty.example.org']")).to_contain_text("Just added")


def test_a_refused_address_says_why_beside_its_field(
    signed_in: Client, complaints: list[str]
) -> None:
    page = find_events(signed_in.go("Sources"), "http://localhost/feed.ics")
    expect(page.get_by_role("alert")).to_contain_text("Only addresses on the public internet")
    expect(page.get_by_label("Address of")).to_be_focused()
    complaints.clear()


def test_the_profile_is_saved_as_it_stands(signed_in: Client, world: World) -> None:
    page = signed_in.go("Me").page
    before = dict(world.profile)
    page.get_by_label("Your field").fill("nursing")
    page.get_by_label("Interests").fill("chess")
    page.get_by_label("Interests").press("Enter")
    page.get_by_role("button", name="Remove cycling").click()
    page.get_by_label("Money a week").fill("12.50")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#snackbar")).to_contain_text("Saved")
    interests = ["live music", "cooking", "chess"]
    assert world.profile == before | {
        "field": "nursing",
        "interests": interests,
        "weekly_budget": 1250,
    }


def test_C10_hostile_text_is_shown_as_text(signed_in: Client) -> None:
    expect(signed_in.card(HOSTILE).root).to_contain_text("<script>alert(1)</script> Hall")
    detail = signed_in.open(HOSTILE)
    expect(detail.root.locator("h2")).to_have_text(HOSTILE)
    expect(detail.root.locator(".bars q")).to_have_text('"><svg onload=alert(1)>')
    assert signed_in.page.title() == "Your week · Go Meet People"


def test_C11_only_web_addresses_become_links(signed_in: Client) -> None:
    script = "async url => (await import(new URL('js/dom.js', document.baseURI))).safeUrl(url)"
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        " JaVaScRiPt:alert(1)",
        "vbscript:x",
        "file:///x",
        "",
    ):
        assert signed_in.page.evaluate(script, url) is None
    assert signed_in.page.evaluate(script, "https://example.org/a") == "https://example.org/a"


def test_without_the_server_the_page_says_so_and_recovers(
    signed_in: Client, page: Page, complaints: list[str]
) -> None:
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.locator("#tabs").get_by_role("link", name="Sources").click()
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.locator("[data-id=public-library]").wait_for()
    expect(page.locator("#offline")).to_be_hidden()
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()
