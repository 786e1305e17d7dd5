"""The upload page in Chromium: many songs, proxies, folders, lost connections, keyboards, screen readers."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.web.mixer_page import LATEST_S, open_mixer
from tests.integration.web.visited_app import visited_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Page

    from tests.integration.web.visited_app import VisitedApp

pytestmark = pytest.mark.browser

DROP = """([count, name]) => {
    const all = new DataTransfer();
    for (let at = 0; at < count; at++) {
        const bytes = new Uint8Array(700000).fill(at + 1);
        all.items.add(new File([bytes], name.replace("#", at)));
    }
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: all, bubbles: true, cancelable: true }));
}"""
TEXTS = "[...document.querySelectorAll('#orders [data-part=text]')].map((each) => each.textContent)"
NAMES = "[...document.querySelectorAll('#orders [data-part=song]')].map((each) => each.textContent)"
#: What screen readers are told, collected from the start.
LISTEN = """() => {
    window.told = [];
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const line = target.nodeType === 1 ? target : target.parentElement;
            const live = line?.closest("[aria-live], [role=status], [role=alert]");
            if (live && live.textContent) window.told.push(live.textContent);
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture
async def app(tmp_path) -> AsyncIterator[VisitedApp]:
    async with visited_app(tmp_path, jobs_waiting=20, address_waiting=40) as there:
        await there.visit()  # starts the server
        yield there


@pytest.fixture
async def page(browser, app) -> AsyncIterator[Page]:
    context = await browser.new_context(locale="en-GB")
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(str(app.server.make_url("/")))
    yield opened
    assert errors == []
    await context.close()


async def until(page: Page, condition: str) -> Any:
    """Look until it is so; `wait_for_function` needs eval, which the page's policy forbids."""
    try:
        async with asyncio.timeout(LATEST_S):
            while not (found := await page.evaluate(condition)):
                await asyncio.sleep(0.02)
            return found
    except TimeoutError:
        raise AssertionError(f"{condition}: {await page.evaluate(TEXTS)}") from None


async def test_with_eight_songs_under_way_the_page_can_still_fetch(page):
    """One stream a song took all six connections: no click, no delete, no reload, no ninth upload."""
    await page.evaluate(DROP, [8, "song#.wav"])
    await until(page, f"{TEXTS}.filter((each) => each.includes('isn\\'t running')).length === 8")
    answer = (
        "Promise.race([fetch('/api/orders').then((a) => a.status), new Promise((r) => setTimeout(r, 8000))])"
    )
    assert await page.evaluate(answer) == 200
    await page.click("#orders li:first-child [data-part=cancel]")
    await until(page, f"{TEXTS}[0] === 'Cancelled.'")


async def test_no_more_than_two_songs_are_sent_at_once(page):
    sent, most = 0, 0

    async def hold(route) -> None:
        nonlocal sent, most
        sent += 1
        most = max(most, sent)
        await page.evaluate("fetch('/api/orders').then((answer) => answer.status)")
        await route.continue_()
        sent -= 1

    await page.route("**/api/orders?*", hold)
    await page.evaluate(DROP, [5, "song#.wav"])
    await until(page, f"{TEXTS}.filter((each) => each.includes('isn\\'t running')).length === 5")
    assert most <= 2


@pytest.mark.parametrize(
    ("status", "body"),
    [(413, "<html>"), (502, "<html>"), (504, ""), (200, "<html>"), (201, "null"), (413, "123")],
)
async def test_what_a_proxy_answers_is_told(page, status, body):
    """Nginx refuses more than 1 MB with a page of its own: the bar stood still for ever."""

    async def answer(route) -> None:
        await route.fulfill(status=status, content_type="text/html", body=body)

    await page.route("**/api/orders?*", answer)
    await page.evaluate(DROP, [1, "song.wav"])
    text = f"The song didn't arrive: a server on the way refused it (error {status})."
    await until(page, f'{TEXTS}[0] === "{text}"')
    assert await page.is_hidden("[data-part=bar]")
    assert await page.is_hidden("[data-part=cancel]")


@pytest.mark.parametrize("ending", ["lost", "html"])
async def test_a_click_or_delete_that_is_not_answered_is_told(page, ending):
    async def answer(route) -> None:
        if ending == "lost":
            await route.abort()
        else:
            await route.fulfill(status=502, content_type="text/html", body="<html>")

    await page.evaluate(DROP, [1, "song.wav"])
    await until(page, f"{TEXTS}[0]?.includes('isn\\'t running')")
    await page.route("**/press?*", answer)
    await page.click("[data-part=cancel]")
    told = {
        "lost": "No connection. Please try again.",
        "html": "That didn't work (error 502). Please try again.",
    }[ending]
    await until(page, f'{TEXTS}[0] === "{told}"')
    await page.unroute("**/press?*")
    await page.click("[data-part=cancel]")
    await until(page, f"{TEXTS}[0] === 'Cancelled.'")
    await page.route(re.compile(r"/api/orders/\d+$"), answer)
    await page.click("[data-part=delete]")
    await page.click("dialog .chip:last-child")
    await until(page, f'{TEXTS}[0] === "{told}"')


async def test_a_song_that_is_deleted_elsewhere_leaves_the_list(page):
    """Its stream was asked for every two seconds for ever."""
    await page.evaluate(DROP, [2, "song#.wav"])
    await until(page, f"{TEXTS}.filter((each) => each.includes('isn\\'t running')).length === 2")
    await page.reload()  # from here on the list is what the stream tells
    await until(page, f"{NAMES}.length === 2")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    first = "fetch('/api/orders').then((answer) => answer.json()).then((all) => all[0].order)"
    number = await page.evaluate(first)
    await page.evaluate(
        f"fetch('/api/orders/{number}', {{ method: 'DELETE' }}).then((answer) => answer.status)"
    )
    await until(page, f"{NAMES}.length === 1")
    assert not [url for url in asked if "/events" in url]


async def test_back_from_another_page_the_song_stands_in_the_list(page, app):
    await page.evaluate(DROP, [1, "song.wav"])
    await until(page, f"{TEXTS}[0]?.includes('isn\\'t running')")
    await page.goto(str(app.server.make_url("/m/nothing")))
    await page.go_back()
    await until(page, f"{NAMES}.length === 1")


async def test_a_page_that_comes_while_the_server_is_away_asks_less_and_less_often(page):
    times: list[float] = []

    async def refuse(route) -> None:
        times.append(asyncio.get_running_loop().time())
        await route.fulfill(status=503, body="")

    await page.route("**/api/events", refuse)
    await page.reload()
    await until(page, "document.getElementById('notice').textContent === 'Connection lost. Reconnecting…'")
    while len(times) < 3:
        await asyncio.sleep(0.02)
    assert times[2] - times[1] > 1.5 * (times[1] - times[0])
    await page.unroute("**/api/events")
    await until(page, "document.getElementById('notice').textContent === ''")


async def test_a_hidden_page_leaves_its_connection_to_others(page):
    await page.evaluate(DROP, [1, "song.wav"])
    await until(page, f"{TEXTS}[0]?.includes('isn\\'t running')")
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/api/events")):
        await page.evaluate(hide, True)
    async with page.expect_request("**/api/events"):
        await page.evaluate(hide, False)


async def dropped_by_hand(page: Page, *paths: Path) -> None:
    """Drop files of the disk as a file manager does."""
    tools = await page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        await tools.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 500, "data": data})


async def test_a_dropped_folder_is_told_to_be_one(page, tmp_path):
    """It was sent, and then "didn't arrive whole"."""
    for name, content in (("album", b""), ("other album", b"a song"), ("пустая", b"")):
        (tmp_path / name).mkdir()
        if content:
            (tmp_path / name / "a.mp3").write_bytes(content)
    (tmp_path / "b.mp3").write_bytes(b"a song")
    names = ("album", "other album", "пустая", "b.mp3")
    await dropped_by_hand(page, *(tmp_path / name for name in names))
    folder = "That's a folder, or it can't be read. Please drop the songs themselves."
    await until(page, f'{TEXTS}.filter((each) => each === "{folder}").length === 3')
    await until(page, f"{TEXTS}.filter((each) => each.includes('isn\\'t running')).length === 1")


async def test_several_files_can_be_chosen_at_once(page, tmp_path):
    paths = [tmp_path / f"{name}.mp3" for name in "abc"]
    for path in paths:
        path.write_bytes(path.name.encode())
    await page.set_input_files("#file", paths)
    await until(page, f"{NAMES}.length === 3")


async def test_a_screen_reader_is_told_quarters_of_a_song_and_not_each_percent(page):
    """The whole list was read out again with every percent."""
    show = """async ([list, order]) => {
        const { OrderList } = await import("/static/order_list.js");
        window.list ??= new OrderList();
        window.list.show(order);
    }"""
    order = {
        "order": 7, "song": "My Song.mp3", "outputs": "Drumless", "state": "running", "stage": "separate",
        "failed": False, "final": False, "buttons": [], "files": [], "mixer": "", "live": "", "preview": "",
    }  # fmt: skip
    await page.evaluate(show, [None, order | {"text": "Separating: 0 %", "progress": 0.0}])
    await page.evaluate(LISTEN)
    for percent in range(101):
        told = {"text": f"Separating: {percent} %", "progress": percent / 100}
        await page.evaluate(show, [None, order | told])
    assert await page.evaluate("told") == [f"My Song.mp3: Separating: {each} %" for each in (25, 50, 75, 100)]
    end = {"text": "Done.", "progress": None, "final": True, "state": "done"}
    await page.evaluate(show, [None, order | end])
    assert (await page.evaluate("told"))[-1] == "My Song.mp3: Done."


async def test_the_focus_stays_in_the_list_when_a_song_is_deleted_with_the_keyboard(page):
    await page.evaluate(DROP, [3, "song#.wav"])
    await until(page, f"{TEXTS}.filter((each) => each.includes('isn\\'t running')).length === 3")
    for song in await page.query_selector_all("#orders [data-part=cancel]"):
        await song.click()
    await until(page, f"{TEXTS}.filter((each) => each === 'Cancelled.').length === 3")
    names = await page.evaluate(NAMES)
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    for left in (2, 1, 0):
        await page.focus("#orders li:first-child [data-part=delete]")
        await page.keyboard.press("Enter")
        await until(page, "document.querySelector('dialog[open]') !== null")
        assert "Delete this song" in await page.inner_text("dialog")
        await page.focus("dialog .chip:last-child")
        await page.keyboard.press("Enter")
        await until(page, f"{NAMES}.length === {left}")
        focused = await page.evaluate("document.activeElement.textContent")
        assert focused == (names[3 - left] if left else "Your songs")
    assert asked == [], "the browser's own dialogs are blocked in some web views"


@pytest.mark.parametrize(
    ("locale", "size"), [("en-GB", "12.3 MB"), ("fr-FR", "12,3 Mo"), ("ru-RU", "12,3 МБ")]
)
async def test_sizes_are_written_as_the_page_is(browser, app, locale, size):
    page = await (await browser.new_context(locale=locale)).new_page()
    await page.goto(str(app.server.make_url("/")))
    code = "import('/m/static/i18n.js').then(({ formatSize }) => formatSize(12345678))"
    assert " ".join((await page.evaluate(code)).split()) == size
    await page.context.close()


async def test_shortcuts_of_the_mixer_can_be_switched_off_and_stay_so(browser, site):
    """Who dictates, or touches a key by accident, mutes a stem (WCAG 2.1.4)."""
    async with open_mixer(browser, site) as mixer:
        muted = "stembot.mixer.mixState.stems.vocals.mute"
        await mixer.page.keyboard.press("1")
        assert await mixer.page.evaluate(muted)
        await mixer.page.uncheck("#shortcuts")
        await mixer.page.evaluate("document.activeElement.blur()")
        for key in ("1", "l", "c", "Space"):
            await mixer.page.keyboard.press(key)
        assert await mixer.page.evaluate(muted)
        await mixer.page.reload()
        await mixer.until("window.stembot !== undefined")
        assert not await mixer.page.is_checked("#shortcuts")


async def test_of_a_separation_in_progress_a_screen_reader_is_told_quarters(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.page.evaluate(LISTEN)
        await mixer.page.evaluate("""async () => {
            const { manifest, peaks } = stembot.mixer;
            for (let percent = 0; percent <= 100; percent += 1) {
                const samples = Math.ceil((manifest.samples * percent) / 100);
                const stems = manifest.stems.map((stem) => ({ ...stem, samples }));
                stembot.mixer.show({ ...manifest, live: "g", stems }, peaks);
                await null; // as every poll is an event of its own
            }
            stembot.mixer.show(manifest, peaks);
        }""")
        told = "told.filter((text) => text.startsWith('Still separating'))"
        await mixer.until(f"{told}.length > 0")
        percents = [re.findall(r"\d+", text)[0] for text in await mixer.page.evaluate(told)]
        assert percents == ["25", "50", "75", "100"]


async def test_where_nothing_can_be_copied_the_address_is_shown_in_a_dialog(browser, site):
    refuse = """
        Object.defineProperty(navigator, "share", { value: undefined });
        const writeText = () => Promise.reject(new Error());
        Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    """
    async with open_mixer(browser, site, before=refuse) as mixer:
        await mixer.page.focus("#share")
        await mixer.page.keyboard.press("Enter")
        await mixer.until("document.querySelector('dialog[open] input') !== null")
        assert "/m/" in await mixer.page.input_value("dialog input")
        await mixer.page.keyboard.press("1")
        assert not await mixer.page.evaluate("stembot.mixer.mixState.stems.vocals.mute")
        await mixer.page.keyboard.press("Escape")
        await mixer.until("document.querySelector('dialog') === null")
        assert await mixer.page.evaluate("document.activeElement.id") == "share"


CONTRAST = """(selector) => {
    const style = getComputedStyle(document.querySelector(selector));
    const paint = document.createElement("canvas").getContext("2d");
    const light = (colour) => {
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((value) => {
            const share = value / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [low, high] = [light(style.color), light(style.backgroundColor)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_pressed_solo_can_be_read(browser, site, scheme):
    async with open_mixer(browser, site, color_scheme=scheme, reduced_motion="reduce") as mixer:
        for stem in site.stems:
            await mixer.page.click(f'[data-stem="{stem}"] [data-part="solo"]')
            contrast = await mixer.page.evaluate(CONTRAST, f'[data-stem="{stem}"] [data-part="solo"]')
            assert contrast > 4.5, stem
