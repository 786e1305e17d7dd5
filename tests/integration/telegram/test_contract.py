"""The fake server itself: what breaks Telegram's contract is caught, on both sides."""

from __future__ import annotations

import aiohttp
import pytest

from tests.servers.telegram import BotApi, Broken


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"chat_id": 1}),
        ("sendMessage", {"chat_id": 1, "txt": "hi"}),
        ("sendMessage", {"chat_id": 1, "text": "hi", "replay_markup": {}}),
        ("sendMessage", {"chat_id": 1, "text": "hi", "reply_markup": {"inline_keyboard": [{"text": "x"}]}}),
        ("sendAudio", {"chat_id": 1, "audio": {"upload": "audio"}, "duration": "11"}),
        ("sendMediaGroup", {"chat_id": 1, "media": [{"type": "audio", "media": "a", "titel": "x"}]}),
        ("sendSong", {"chat_id": 1}),
    ],
)
def test_a_misspelt_or_missing_field_is_caught(contract, method, params):
    with pytest.raises(Broken):
        contract.call(method, params)


def test_a_right_call_passes(contract):
    contract.call("sendMessage", {"chat_id": 1, "text": "hi"})
    contract.call("sendAudio", {"chat_id": 1, "audio": {"upload": "audio"}, "duration": 11})


def test_an_update_that_telegram_would_not_send_is_caught(contract):
    with pytest.raises(Broken):
        contract.thing("Update", {"update_id": 1, "message": {"message_id": 1, "date": "now"}})


async def test_what_breaks_the_contract_is_refused_and_remembered(contract):
    async with BotApi(contract).running() as api, aiohttp.ClientSession() as session:
        url = f"{api.root}/bot{api.token}/sendMessage"
        async with session.post(url, data={"chat_id": "1", "txt": "hi"}) as answer:
            assert answer.status == 400
        assert len(api.problems) == 1
