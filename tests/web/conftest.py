"""One browser for all tests of the page, one world for each."""

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.web.mock_api import Server
from tests.web.page import Client
from tests.web.world import World

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--in-process-gpu",
    "--renderer-process-limit=1",
    "--disable-software-rasterizer",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


# Not for the session: Playwright's loop would still be running when other tests start theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    chromium = shutil.which("chromium")
    assert chromium, "The tests marked `browser` need Chromium."
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The mock API on a free port of the loopback."""
    running = Server(NOW)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def world(server: Server) -> World:
    """A fresh world behind the API."""
    server.world = World(NOW)
    return server.world


PATIENCE = 15_000  # milliseconds; two cores may be busy with other tests
expect.set_options(timeout=PATIENCE)

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A phone in Chicago, in light colours; opening one takes longer than most tests."""
    phone = browser.new_context(
        viewport=PHONE,
        timezone_id="America/Chicago",
        locale="en-US",
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
    )
    page = phone.new_page()
    page.set_default_timeout(PATIENCE)
    page.clock.set_fixed_time(NOW)
    yield page
    phone.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the console said; a test that provokes an error clears it."""
    return []


@pytest.fixture
def page(tab: Page, server: Server, complaints: list[str]) -> Iterator[Page]:
    """A page that may talk with our server alone, and must not complain on its console."""

    def only_ours(request: Request) -> None:
        if not request.url.startswith((server.url, "data:", "blob:")):
            complaints.append(f"asked another host: {urlsplit(request.url).hostname}")

    def spoke(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def failed(error: Error) -> None:
        complaints.append(str(error))

    tab.on("request", only_ours)
    tab.on("console", spoke)
    tab.on("pageerror", failed)
    yield tab
    tab.evaluate("localStorage.clear()")
    tab.goto("about:blank")
    tab.unroute_all()
    tab.set_viewport_size(PHONE)
    tab.emulate_media(color_scheme="light")
    tab.remove_listener("request", only_ours)
    tab.remove_listener("console", spoke)
    tab.remove_listener("pageerror", failed)
    assert complaints == []


@pytest.fixture
def client(page: Page, world: World, server: Server) -> Client:
    """The page, not signed in yet."""
    return Client(page, server.url)


@pytest.fixture
def signed_in(client: Client) -> Client:
    """The page, showing the week."""
    return client.sign_in("good-token")
