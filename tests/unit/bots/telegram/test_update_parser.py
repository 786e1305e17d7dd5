"""Which request a message is."""

from __future__ import annotations

import pytest
from telegram import Message, User

from bots.telegram.address import Address
from bots.telegram.update_parser import ParsedMessage, address_of, name_of, person_of, read_message, sound_of
from tests.servers.telegram.people import entities

ME = User(42, "Stembot", True, username="stembot")
PRIVATE = {"id": 7, "type": "private", "first_name": "Ada"}
GROUP = {"id": -1007, "type": "supergroup", "title": "Band"}
AUDIO = {
    "file_id": "f",
    "file_unique_id": "u",
    "duration": 3,
    "file_name": "Song.mp3",
    "mime_type": "audio/mpeg",
}


def message(chat=None, **body):
    """A message as Telegram writes it; texts get the entities that Telegram finds."""
    for text, found in (("text", "entities"), ("caption", "caption_entities")):
        if text in body:
            body[found] = entities(body[text])
    user = {"id": 7, "is_bot": False, "first_name": "Ada", "language_code": "pt-br"}
    fields = {"message_id": 5, "date": 1_790_000_000, "chat": chat or PRIVATE, "from": user, **body}
    return Message.de_json(fields, None)


def song(chat=None, **body):
    return message(chat, audio=AUDIO, **body)


def as_reply(theirs, chat=None, **body):
    return message(chat, reply_to_message=theirs.to_dict(), **body)


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ("drumless please", "drumless please"),
        ("/drumless", "drumless"),
        ("/drumless flac", "drumless flac"),
        ("/vocals@stembot m4a", "vocals m4a"),
        ("@StemBot no drums", "no drums"),
        ("no drums @stembot thanks", "no drums thanks"),
        ("🎧🥁 @stembot drumless", "🎧🥁 drumless"),
        ("", ""),
    ],
)
def test_in_private_a_song_is_always_asking_and_its_caption_is_the_wish(caption, words):
    sent = song(caption=caption) if caption else song()
    assert read_message(sent, ME) == ParsedMessage(words=words, song=sent)


@pytest.mark.parametrize("caption", ["", "our new one", "@somebodyelse drumless", "/drumless@otherbot"])
def test_in_a_group_a_song_is_left_alone_unless_we_are_asked(caption):
    assert read_message(song(GROUP, caption=caption) if caption else song(GROUP), ME) is None


@pytest.mark.parametrize(
    "caption", ["/drumless", "@stembot drumless", "drumless, @stembot", "/drumless@stembot"]
)
def test_in_a_group_a_command_or_our_name_in_the_caption_is_asking(caption):
    asked = read_message(song(GROUP, caption=caption), ME)
    assert asked.song is not None
    assert "drumless" in asked.words


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_a_command_as_a_reply_asks_for_the_song_that_it_replies_to(chat):
    asked = read_message(as_reply(song(chat), chat, text="/bassless wav"), ME)
    assert asked.words == "bassless wav"
    assert sound_of(asked.song).file_id == "f"


def test_words_as_a_reply_ask_in_private_and_not_in_a_group():
    assert read_message(as_reply(song(), text="drumless"), ME).words == "drumless"
    assert read_message(as_reply(song(GROUP), GROUP, text="drumless solo is great"), ME) is None


@pytest.mark.parametrize("command", ["start", "help", "queue", "cancel", "privacy"])
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_service_commands_need_no_song(command, chat):
    assert read_message(message(chat, text=f"/{command}"), ME) == ParsedMessage(command=command)


def test_another_bots_command_is_ignored():
    assert read_message(message(GROUP, text="/start@otherbot"), ME) is None


@pytest.mark.parametrize(
    ("body", "chat"),
    [
        ({"text": "hello"}, PRIVATE),
        ({"text": "/drumless"}, PRIVATE),
        ({"text": "/drumless@stembot"}, GROUP),
        ({"text": "@stembot drumless"}, GROUP),
        ({"document": {"file_id": "d", "file_unique_id": "d", "file_name": "notes.pdf"}}, PRIVATE),
    ],
)
def test_asking_without_a_song_is_told_so(body, chat):
    assert read_message(message(chat, **body), ME) == ParsedMessage()


@pytest.mark.parametrize(
    ("body", "chat"),
    [
        ({"text": "hello"}, GROUP),
        ({"text": "/poll"}, GROUP),
        ({"new_chat_title": "The Band"}, GROUP),
        ({"group_chat_created": True}, GROUP),
        ({"delete_chat_photo": True}, PRIVATE),
    ],
)
def test_talk_and_service_messages_are_left_alone(body, chat):
    assert read_message(message(chat, **body), ME) is None


def test_a_forwarded_caption_is_somebody_elses_words():
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Label"}
    assert read_message(song(caption="The best DRUMS and vocals", forward_origin=origin), ME).words == ""


@pytest.mark.parametrize(
    ("name", "mime", "sounds"),
    [
        ("a.flac", "audio/flac", True),
        ("a.flac", "application/octet-stream", True),
        ("A.MKV", None, True),
        ("clip.mov", "video/quicktime", True),
        ("a.exe", "application/octet-stream", False),
        (None, None, False),
    ],
)
def test_a_document_is_a_song_by_its_kind_or_its_ending(name, mime, sounds):
    facts = {"file_id": "d", "file_unique_id": "d", "file_name": name, "mime_type": mime}
    facts = {key: value for key, value in facts.items() if value}
    assert (sound_of(message(document=facts)) is not None) is sounds


@pytest.mark.parametrize(
    ("kind", "facts", "name"),
    [
        ("audio", {"file_name": "a.mp3"}, "a.mp3"),
        ("audio", {"title": "Song", "performer": "Band", "mime_type": "audio/mpeg"}, "Band - Song.mp3"),
        ("voice", {"mime_type": "audio/ogg"}, "voice_2026-09-21_14-13"),
        ("video_note", {"length": 240}, "videonote_2026-09-21_14-13"),
    ],
)
def test_every_song_has_a_name(kind, facts, name):
    sent = message(**{kind: {"file_id": "f", "file_unique_id": "u", "duration": 1, **facts}})
    assert name_of(sent, sound_of(sent)).startswith(name)


def test_a_person_speaks_their_language_and_a_group_speaks_as_itself():
    sent = message()
    assert person_of(sent.from_user, sent.chat).language == "pt-br"
    assert person_of(User(1, "Bo", False), sent.chat).language == "en"
    assert person_of(None, message(GROUP).chat).id == "telegram:-1007"


def test_the_answer_goes_to_the_song_in_its_topic():
    asked = as_reply(song(GROUP), GROUP, text="/drumless", message_thread_id=9, is_topic_message=True)
    assert address_of(asked, asked.reply_to_message) == Address(chat=-1007, song=5, asked=5, thread=9)


def test_a_reply_chain_is_no_topic():
    """Telegram gives replies in ordinary groups a thread id too; sending into it would fail."""
    asked = message(GROUP, text="/drumless", message_thread_id=9)
    assert address_of(asked, None).thread == 0


def test_an_address_comes_back_equal_and_nonsense_does_not():
    address = Address(chat=-1007, song=5, asked=6, thread=9, status=11)
    assert Address.read(address.write()) == address
    for nonsense in ("", "[]", '{"chat": "x"}', '{"nobody": 1}', "17"):
        with pytest.raises(ValueError, match=r".*"):
            Address.read(nonsense)
