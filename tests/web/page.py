"""The page as a person uses it: page objects for every browser test, whichever server answers."""

import re

from playwright.sync_api import Locator, Page


class Client:
    """The web client at `url`, seen through one browser page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def sign_in(self, token: str) -> "Client":
        """Opens the link that signs in and waits for the week."""
        self.page.goto(f"{self.url}#token={token}")
        self.cards.first.wait_for()
        return self

    def go(self, tab: str) -> "Client":
        """Presses one of the five tabs by its label."""
        self.page.locator("#tabs").get_by_role("link", name=tab, exact=True).click()
        self.page.get_by_role("heading", level=1).wait_for()
        return self

    @property
    def cards(self) -> Locator:
        """The event cards that can be seen."""
        return self.page.locator("#main li.card[data-id]:visible")

    def card(self, name: str) -> "Card":
        """The card of the event with exactly this name."""
        link = self.page.get_by_role("link", name=name, exact=True)
        return Card(self.page.locator("#main li.card").filter(has=link))

    def names(self) -> list[str]:
        """Names of the events shown, in order."""
        return self.cards.locator("h3").all_inner_texts()

    def chances(self) -> list[int]:
        """Chances shown, whole per cent, in order."""
        return [whole(text) for text in self.cards.locator(".chance .number").all_inner_texts()]

    def open(self, name: str) -> "Detail":
        """Opens the sheet of an event from its card."""
        self.page.get_by_role("link", name=name, exact=True).click()
        return self.detail()

    def detail(self) -> "Detail":
        """The open sheet, loaded."""
        self.page.locator("#sheet-title").wait_for()
        return Detail(self.page.locator("#sheet"))

    def undo(self) -> None:
        """Takes the last deed back."""
        self.page.locator("#snackbar").get_by_role("button", name="Undo").click()

    @property
    def said(self) -> str:
        """What the snackbar says."""
        return self.page.locator("#snackbar").inner_text()

    @property
    def route(self) -> str:
        """The fragment of the address."""
        return str(self.page.evaluate("location.hash"))

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window; 0 is right."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


class Card:
    """One event in a list."""

    def __init__(self, root: Locator) -> None:
        self.root = root

    def choose(self) -> None:
        """Presses "I'll go" (or takes it back)."""
        self.root.locator("> .verbs [data-verb=choose]").click()

    def dismiss(self) -> None:
        """Presses "Not for me"."""
        self.root.locator("> .verbs [data-verb=dismiss]").click()

    @property
    def chosen(self) -> bool:
        """Whether the card says that one goes."""
        return (
            self.root.locator("> .verbs [data-verb=choose]").get_attribute("aria-pressed") == "true"
        )


class Detail:
    """The sheet of one event."""

    def __init__(self, root: Locator) -> None:
        self.root = root

    @property
    def chance(self) -> int:
        """The big number, whole per cent."""
        return whole(self.root.locator(".why .chance .number").inner_text())

    def points(self) -> list[int]:
        """The numbers beside the bars, starting point first, without the total."""
        return [
            whole(text)
            for text in self.root.locator(".bars li:not(.total) .points").all_inner_texts()
        ]

    def total(self) -> int:
        """The number beside the last bar."""
        return whole(self.root.locator(".bars .total .points").inner_text())

    def bars(self) -> list[tuple[float, float]]:
        """Left and right end of every bar, 0..100 of its track; the total last."""
        script = """items => items.map(item => {
            const track = item.parentElement.getBoundingClientRect(), bar = item.getBoundingClientRect();
            return [bar.left, bar.right].map(x => 100 * (x - track.left) / track.width);
        })"""
        return [
            (ends[0], ends[1]) for ends in self.root.locator(".bars .track i").evaluate_all(script)
        ]

    def for_any_field(self) -> None:
        """Switches from the chance in the person's own field to that in any."""
        self.root.get_by_text("Any field", exact=True).click()

    def close(self) -> None:
        """Presses the cross."""
        self.root.get_by_role("button", name="Close").click()
        self.root.wait_for(state="hidden")


def whole(text: str) -> int:
    """The whole number in "+33", "−8", "77%"."""
    found = re.search(r"-?\d+", text.replace("−", "-"))
    assert found, text
    return int(found.group())
