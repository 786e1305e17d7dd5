"""The mixer inside Telegram: in the frame of its web clients, and in web views that save nothing."""

from __future__ import annotations

import pytest

from tests.integration.web.mixer_page import Mixer

CLIENT = "https://web.telegram.org/k/"
PUBLIC = "https://stems.example"
PROXY = "window.posted = []; window.TelegramWebviewProxy = {postEvent: (...told) => window.posted.push(told)}"


async def test_only_the_entry_of_the_mini_app_may_be_framed_and_only_by_telegram(site):
    """Web clients show Mini Apps in a frame: "Framing … violates frame-ancestors 'none'"."""
    token = site.token()
    for path, allowed in (
        (f"{token}?in=telegram", "https://web.telegram.org"),
        (token, "'none'"),
        (f"{token}?in=elsewhere", "'none'"),
        (f"{token}/manifest.json?in=telegram", "'none'"),
        ("nothing?in=telegram", "'none'"),
    ):
        answer = await site.client.get(f"/m/{path}")
        assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {allowed}"), path
        assert "Set-Cookie" not in answer.headers


async def test_telegrams_web_client_may_fetch_what_is_saved_and_nothing_else(site):
    """https://core.telegram.org/bots/webapps, downloadFile: the headers that it asks for."""
    token = site.token()
    for path in ("stems/drums.flac?download", "stems.zip"):
        headers = (await site.client.get(f"/m/{token}/{path}")).headers
        assert headers["Access-Control-Allow-Origin"] == "https://web.telegram.org"
        assert headers["Content-Disposition"].startswith("attachment; filename=")
    for path in ("stems/drums.flac", "manifest.json"):
        assert "Access-Control-Allow-Origin" not in (await site.client.get(f"/m/{token}/{path}")).headers


def _address(site):
    return site.url(f"/m/{site.token()}")


async def _open_inside(browser, url, version):
    """The mixer in a web view of an app that speaks this version."""
    page = await (await browser.new_context()).new_page()
    await page.add_init_script(PROXY)
    mixer = Mixer(page)
    await mixer.open(f"{url}?in=telegram#tgWebAppVersion={version}&tgWebAppPlatform=android")
    return mixer


@pytest.mark.browser
@pytest.mark.parametrize(
    ("version", "event"), [("8.0", "web_app_request_file_download"), ("7.10", "web_app_open_link")]
)
async def test_a_file_is_saved_by_the_app_or_in_a_browser(browser, site, version, event):
    """`<a download>` does nothing in Telegram's web views."""
    mixer = await _open_inside(browser, _address(site), version)
    await mixer.page.click("#zip")
    [[told, facts]] = await mixer.page.evaluate("posted.map(([name, data]) => [name, JSON.parse(data)])")
    assert told == event
    assert facts["url"].endswith("/stems.zip")
    assert facts.get("file_name", "stems.zip") == "stems.zip"
    await mixer.page.context.close()


@pytest.mark.browser
async def test_a_mix_that_only_the_page_has_opens_in_a_browser_as_it_stands(browser, site):
    """It is made in the page, and a blob cannot be saved there."""
    mixer = await _open_inside(browser, _address(site), "8.0")
    await mixer.page.click('[data-preset="drumless"]')
    await mixer.page.click("#save")
    [[told, data]] = await mixer.page.evaluate("posted")
    assert told == "web_app_open_link"
    assert "#mix=" in data
    assert "tgWebApp" not in data
    await mixer.page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("opens", [True, False])
async def test_it_opens_in_the_frame_of_telegrams_web_client(browser, site, opens):
    """And no other address of the mixer does: what is not the Mini App's entry stays out of frames."""
    page = await (await browser.new_context()).new_page()
    query = "?in=telegram#tgWebAppVersion=8.0" if opens else ""
    frame = f'<iframe src="{PUBLIC}/m/{site.token()}{query}"></iframe>'
    await page.route(f"{CLIENT}**", lambda route: route.fulfill(body=frame, content_type="text/html"))

    async def from_here(route):
        path = route.request.url.removeprefix(PUBLIC).partition("#")[0]
        await route.fulfill(response=await route.fetch(url=site.url(path)))

    await page.route(f"{PUBLIC}/**", from_here)
    blocked = []
    page.on("console", lambda line: blocked.append("frame-ancestors" in line.text))
    await page.goto(CLIENT)
    mixer = page.frame_locator("iframe").locator("#play")
    if opens:
        await mixer.wait_for(state="attached")
    else:
        assert any(blocked)
        assert await mixer.count() == 0
    await page.unroute_all(behavior="ignoreErrors")  # the page may still be fetching its sounds
    await page.context.close()
