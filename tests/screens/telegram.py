"""Draw what people see of the bot in Telegram: `python -m tests.screens.telegram SPECS docs/screens`.

The real bot over HTTP with our Bot API server; what it wrote there is drawn by Debian's Chromium (with the
fonts of fonts-noto-color-emoji) much as Telegram's apps draw it. The worker is played: a song is done, one
half separated. SPECS holds the platform's contract.
"""

from __future__ import annotations

import asyncio
import html
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright
from pydantic import SecretStr

from bots.settings import BotSettings
from separator.core.jobs import JobKind
from separator.queue import open_queue
from storage import open_store
from tests.integration.telegram.conftest import FakeWorker, running
from tests.servers.telegram import BotApi, Contract, Person, labels

TOKEN = "4242:screens_of_the_bot"
#: Language → what is said with the first song, and the button under it that is shown pressed to.
LANGUAGES = {"en": "drumless please", "de": "bitte ohne Schlagzeug"}
WIDTH, SCALE = 430, 1  # pixels of a phone
STYLE = """
body { margin: 0; padding: 10px; width: 410px; font: 15px/1.35 system-ui, "Noto Sans", sans-serif;
       background: #a9c9bd; }
.row { display: flex; margin: 5px 0; } .mine { justify-content: flex-end; }
.box { max-width: 320px; min-width: 120px; }
.bubble { background: #fff; border-radius: 14px; padding: 7px 11px; white-space: pre-wrap;
          overflow-wrap: anywhere; box-shadow: 0 1px 1px #0002; }
.mine .bubble { background: #e5fbcf; }
.quote { border-left: 3px solid #3a95d5; background: #3a95d518; border-radius: 4px; padding: 2px 8px;
         font-size: 13px; margin-bottom: 4px; color: #2f7db5; white-space: nowrap; overflow: hidden;
         text-overflow: ellipsis; }
.audio { display: grid; grid-template-columns: 44px 1fr; gap: 10px; align-items: center; }
.play { width: 44px; height: 44px; border-radius: 50%; background: #3a95d5; color: #fff; display: grid;
        place-items: center; font-size: 17px; }
.title { font-weight: 600; } .by { color: #707579; font-size: 13px; }
.keys { display: grid; gap: 4px; margin-top: 4px; }
.keys:not(:empty) { min-width: 290px; }
.keys div { display: flex; gap: 4px; }
.keys span { flex: 1; background: #2b53714d; color: #fff; border-radius: 9px; padding: 8px 4px;
             font-size: 14px; text-align: center; white-space: nowrap; overflow: hidden;
             text-overflow: ellipsis; }
.react { display: inline-block; background: #3a95d522; border-radius: 12px; padding: 1px 8px;
         margin-top: 4px; }
"""


async def play(api: BotApi, person: Person, worker: FakeWorker, words: str) -> None:
    """A conversation: a song that is done, one that is asked about, one half way, and the settings."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}.mp3") for name in ("Night Drive", "Lithium", "Summer Haze")]
        for number, path in enumerate(paths):
            path.write_bytes(b"song %d" % number)
        await person.sends(paths[0], words)
        await worker.finish_order()
        await api.until(lambda: "👍" in str([call.params for call in api.of("setMessageReaction")]))
        await person.sends(paths[1])
        await api.until(lambda: len(labels(api.by_bot(person.id)[-1])) > 4)
        await person.sends(paths[2], "all stems, flac")
        job = await worker.claim(JobKind.SEPARATE)
        await worker.report(job, 11, 26)
        await api.until(lambda: "42" in api.by_bot(person.id)[-1]["text"])
        await person.says("/settings")
        await api.until(lambda: len(api.of("sendMessage")) == len(paths) + 1)


def bubble(api: BotApi, message: dict[str, Any]) -> str:
    """A message as HTML."""
    mine = message["from"]["id"] != api.me["id"]
    parts = []
    if quoted := message.get("reply_to_message"):
        name = quoted.get("audio", {}).get("file_name") or quoted.get("text", "")
        parts.append(f'<div class="quote">{html.escape(name)}</div>')
    if sound := message.get("audio") or message.get("document"):
        title, by = sound.get("title") or sound["file_name"], sound.get("performer", "")
        parts.append(
            f'<div class="audio"><div class="play">▶</div><div><div class="title">{html.escape(title)}</div>'
            f'<div class="by">{html.escape(by)} 0:{sound.get("duration", 0):02}</div></div></div>'
        )
    parts.append(html.escape(message.get("text") or message.get("caption") or ""))
    for call in api.of("setMessageReaction")[::-1]:
        if call.params["message_id"] == message["message_id"]:
            parts.append(f'\n<span class="react">{call.params["reaction"][0]["emoji"]}</span>')
            break
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    keys = "".join(
        "<div>" + "".join(f"<span>{html.escape(each['text'])}</span>" for each in row) + "</div>"
        for row in rows
    )
    side = "row mine" if mine else "row"
    box = f'<div class="bubble">{"".join(parts)}</div><div class="keys">{keys}</div>'
    return f'<div class="{side}"><div class="box">{box}</div></div>'


async def page(specs: Path, language: str, words: str) -> str:
    """The conversation in one language, as HTML."""
    async with BotApi(Contract(specs / "telegram_api.json"), TOKEN).running() as api:
        settings = BotSettings(
            _env_file=None,
            data_dir=Path(tempfile.mkdtemp()),
            telegram_token=SecretStr(TOKEN),
            telegram_api_url=api.root,
            public_url="https://stems.example",
            edit_every_s=0.1,
        )
        person = Person(api, 7001, "Ada", language)
        async with open_queue(settings) as queue, running(settings):
            worker = FakeWorker(queue, open_store(settings))
            await worker.heartbeat()
            await play(api, person, worker, words)
        said = [message for (chat, _), message in sorted(api.messages.items()) if chat == person.id]
        return f"<style>{STYLE}</style>" + "".join(bubble(api, message) for message in said)


async def main(specs: Path, folder: Path) -> None:
    """Draw every language."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {language: await page(specs, language, words) for language, words in LANGUAGES.items()}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for language, source in pages.items():
            view = await browser.new_page(viewport={"width": WIDTH, "height": 600}, device_scale_factor=SCALE)
            await view.set_content(source)
            path = folder / f"telegram-{language}.png"
            await view.screenshot(path=path, full_page=True)
            print(path)  # noqa: T201 - a command
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
