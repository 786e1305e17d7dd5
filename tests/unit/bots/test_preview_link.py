"""While a song is being separated its user may hear the most telling half minute of it."""

from __future__ import annotations

import time
from dataclasses import replace
from unittest.mock import MagicMock

import pytest

from bots.chat.results import ResultViews
from bots.settings import BotSettings
from separator import JobState, Order, OrderState, OrderStatus, QueueClient
from separator.core.jobs import Progress
from storage import open_links, open_store

STANDING = OrderStatus(
    Order("test:1", "test:1", "test", "here", "aa", "song.mp3", "vocals:mp3", id=5, state=OrderState.OPEN),
    JobState.RUNNING,
    Progress("separate", 3, 9, preview="songs/aa/m@1/7-1/preview/manifest.json"),
)


@pytest.fixture
def answer_at(tmp_path):
    def make(public_url):
        settings = BotSettings(_env_file=None, data_dir=tmp_path, public_url=public_url)
        links = open_links(settings)
        return ResultViews(QueueClient(MagicMock(), open_store(settings), settings), links, settings), links

    return make


def buttons(reply):
    return [button for row in reply.buttons for button in row]


def test_the_status_message_links_to_the_preview(answer_at):
    answer, links = answer_at("https://stems.example.org")
    preview, cancel = buttons(answer.status(STANDING))
    assert preview.label == "Hear a preview"
    assert cancel.code == "cancel:5"
    token = preview.url.removeprefix("https://stems.example.org/m/")
    assert links.read(token).manifest == STANDING.progress.preview


def test_the_link_stays_the_same_while_the_message_is_edited(answer_at):
    answer, links = answer_at("https://stems.example.org")
    assert links.sign(answer.preview_claims(STANDING)) == links.sign(answer.preview_claims(STANDING))
    assert answer.preview_claims(STANDING).expires_at % 3600 == 0


@pytest.mark.parametrize(
    "standing",
    [
        replace(STANDING, progress=Progress("separate", 3, 9)),
        replace(STANDING, state=JobState.QUEUED),
    ],
)
def test_without_a_preview_there_is_no_button(answer_at, standing):
    answer, _ = answer_at("https://stems.example.org")
    assert [button.code for button in buttons(answer.status(standing))] == ["cancel:5"]


def test_without_a_public_address_chats_get_no_link(answer_at):
    """The web app has its own."""
    answer, _ = answer_at("")
    assert [button.code for button in buttons(answer.status(STANDING))] == ["cancel:5"]
    assert answer.preview_claims(STANDING) is not None


@pytest.mark.parametrize(
    ("made_ago_s", "used_ago_s", "left_s"), [(0, 0, 7), (6, 6, 1), (6, 2, 5), (30, 30, 0)]
)
def test_a_link_to_a_result_promises_what_is_left_of_its_time(answer_at, made_ago_s, used_ago_s, left_s):
    """It said seven days of stems that were six days old."""
    answer, _ = answer_at("https://stems.example.org")
    day_s, now = 86_400.0, time.time()
    order = replace(STANDING.order, created=now - used_ago_s * day_s)
    result = {"manifest": "m", "stored_at": now - made_ago_s * day_s}
    left = answer.link_claims(order, result).expires_at - now
    assert left == pytest.approx(max(left_s * day_s, 3600), abs=60)
