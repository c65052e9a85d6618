"""What can be measured of how the page looks and reads: width, contrast, names, keyboard."""

import pytest
from playwright.sync_api import expect

from tests.web.page import Client

pytestmark = pytest.mark.browser

TABS = ("Week", "My events", "Calendar", "Sources", "Me")
AA_TEXT = 4.5
AA_LARGE = 3.0  # 24 px, or bold from 18.66 px (WCAG 2.2, 1.4.3)

CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = color => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 200) return color;
    }
    return [255, 255, 255];
  };
  const root = document.querySelector('dialog[open]') ?? document.body;
  const texts = [...root.querySelectorAll('*')].filter(element => element.checkVisibility()
    && !element.closest('.visually-hidden, .skip, dialog:not([open])')
    && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return texts.map(element => {
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const [a, b] = [light(rgba(style.color)), light(ground(element))].sort((x, y) => y - x);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return [element.textContent.slice(0, 40), (a + .05) / (b + .05), large];
  });
}"""


def visit(client: Client, place: str) -> None:
    """Goes to a tab, opens the first event, or lets an address be looked at."""
    if place == "found":
        client.go("Sources").page.get_by_text("Add a source").click()
        client.page.get_by_label("Address of").fill("guild.example.org")
        client.page.get_by_role("button", name="Find events").click()
        client.page.locator(".candidate").first.wait_for()
    elif place == "event":
        client.open("Chamber After Hours at Copper Kettle Brewing")
    else:
        client.go(place)
        expect(client.page.locator("[aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 768, 1200])
def test_nothing_scrolls_sideways(signed_in: Client, width: int) -> None:
    signed_in.page.set_viewport_size({"width": width, "height": 844})
    for tab in TABS:
        visit(signed_in, tab)
        assert signed_in.overflow() <= 0, tab
    visit(signed_in, "found")
    assert signed_in.overflow() <= 0, "found"
    visit(signed_in, "Week")
    visit(signed_in, "event")
    assert signed_in.page.evaluate("document.getElementById('sheet').scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_reaches_contrast_aa(signed_in: Client, scheme: str) -> None:
    signed_in.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for place in (*TABS, "found", "Week", "event"):
        visit(signed_in, place)
        for text, ratio, large in signed_in.page.evaluate(CONTRAST):
            assert ratio >= (AA_LARGE if large else AA_TEXT), (place, text, ratio)


def test_dark_is_dark(signed_in: Client) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = signed_in.page.evaluate(ground)
    signed_in.page.emulate_media(color_scheme="dark")
    assert (light, signed_in.page.evaluate(ground)) == ("rgb(250, 245, 238)", "rgb(26, 22, 19)")


def test_every_control_has_a_name_and_room_for_a_finger(signed_in: Client) -> None:
    script = """() => [...document.querySelectorAll('button, input, select, #tabs a, .strip a')]
      .filter(element => element.checkVisibility())
      .map(element => [element.labels?.[0]?.textContent || element.ariaLabel || element.textContent,
        element.getBoundingClientRect().height, element.type])"""
    for tab in TABS:
        visit(signed_in, tab)
        for name, height, kind in signed_in.page.evaluate(script):
            assert name.strip(), tab
            assert height >= 40 or kind in ("checkbox", "radio"), (tab, name, height)


def test_the_keyboard_reaches_everything(signed_in: Client) -> None:
    page = signed_in.page
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    first = page.locator("#main h3 a").first
    for _ in range(20):
        page.keyboard.press("Tab")
        if first.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    signed_in.detail()
    assert page.evaluate("document.getElementById('sheet').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(first).to_be_focused()


def test_dismissing_by_keyboard_goes_on_at_the_next_card(signed_in: Client) -> None:
    second = signed_in.cards.nth(1).locator("h3 a")
    name = second.inner_text()
    signed_in.cards.first.locator("[data-verb=dismiss]").focus()
    signed_in.page.keyboard.press("Enter")
    expect(signed_in.page.get_by_role("link", name=name, exact=True)).to_be_focused()


def test_landmarks_and_one_first_heading(signed_in: Client) -> None:
    for tab in TABS:
        visit(signed_in, tab)
        expect(signed_in.page.get_by_role("main")).to_have_count(1)
        expect(signed_in.page.get_by_role("navigation", name="Main")).to_have_count(1)
        expect(signed_in.page.get_by_role("heading", level=1)).to_have_count(1)
        expect(signed_in.page.locator("#tabs [aria-current=page]")).to_have_count(1)
