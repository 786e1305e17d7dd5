"""What each method of the Bot API does here, with Telegram's own refusals."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.servers.telegram.server import Call

Json = dict[str, Any]
TEXT = 4096  #: UTF-16 code units of a message
CAPTION = 1024
TOAST = 200  #: of an answered callback query
DATA_BYTES = 64  #: of a button's callback data
FETCH_BYTES = 20 * 2**20  #: what getFile gives
SEND_BYTES = 50 * 2**20
ALBUM = range(2, 11)
RESULTS = 50  #: of an inline query
THUMBNAIL = 320  #: pixels
MODES = {None, "HTML", "MarkdownV2", "Markdown"}


class Refusal(Exception):
    """The method is refused, with Telegram's words for it."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def _bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Methods:
    """The methods; the state lies in `BotApi`."""

    async def handle(self, call: Call) -> Any:
        """Carry out one call that satisfies the contract."""
        if call.method == "getUpdates":
            return await self.get_updates(call.params)
        if call.method == "getFile":
            await asyncio.sleep(self.slow_files_s)  # a server of one's own gets the file before it answers
            return self._get_file(call.params)
        simple = {
            "getMe": lambda: self.me,
            "setWebhook": lambda: self.set_webhook(call.params),
            "deleteWebhook": lambda: self.set_webhook({}),
            "sendMessage": lambda: self._text(call.params),
            "editMessageText": lambda: self._edit_text(call.params),
            "editMessageCaption": lambda: self._edit_caption(call.params),
            "editMessageReplyMarkup": lambda: self._edit(call.params, {}),
            "sendAudio": lambda: self._media(call, "audio", call.params),
            "sendDocument": lambda: self._media(call, "document", call.params),
            "sendMediaGroup": lambda: self._album(call),
            "answerCallbackQuery": lambda: self._answer_callback(call.params),
            "answerInlineQuery": lambda: self._answer_inline(call.params),
            "deleteMessage": lambda: self._delete(call.params),
            "sendChatAction": lambda: bool(self._chat(call.params["chat_id"])),
            "setMessageReaction": lambda: bool(self._own(call.params, anybodys=True)),
            "setMyCommands": lambda: self._set_commands(call.params),
            "getMyCommands": lambda: self.commands.get(_scope(call.params), []),
            "getChatMember": lambda: self._member(call.params),
        }
        if call.method not in simple:
            raise Refusal(404, "Not Found")
        return simple[call.method]()

    def _chat(self, chat_id: int) -> Json:
        """The chat, if the bot may write there."""
        if chat_id in self.blocked:
            who = "was blocked by the user" if chat_id > 0 else "was kicked from the supergroup chat"
            raise Refusal(403, f"Forbidden: bot {who}")
        for (where, _), message in self.messages.items():
            if where == chat_id and chat_id not in self.missing_chats:
                return dict(message["chat"])
        if chat_id > 0 and chat_id not in self.missing_chats:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        raise _bad("chat not found")

    def _may_send(self, params: Json, kind: str) -> Json:
        """The chat, if the bot may send this kind of message to this topic of it."""
        chat = self._chat(params["chat_id"])
        if (chat["id"], params.get("message_thread_id", 0)) in self.closed_topics:
            raise _bad("TOPIC_CLOSED")
        if (chat["id"], kind) in self.forbidden:
            names = {"text": "text messages", "audio": "audios", "document": "documents"}
            raise _bad(f"not enough rights to send {names[kind]} to the chat")
        return chat

    def _head(self, params: Json) -> Json:
        """What all messages of the bot carry."""
        head: Json = {"from": self.me}
        if "message_thread_id" in params:
            head |= {"message_thread_id": params["message_thread_id"], "is_topic_message": True}
        reply = params.get("reply_parameters")
        if reply:
            there = self.messages.get((params["chat_id"], reply["message_id"]))
            if there is None and not reply.get("allow_sending_without_reply"):
                raise _bad("message to be replied not found")
            if there is not None:
                head["reply_to_message"] = {k: v for k, v in there.items() if k != "reply_to_message"}
        if "reply_markup" in params:
            head["reply_markup"] = self._markup(params["reply_markup"], params["chat_id"])
        return head

    def _markup(self, markup: Json, chat_id: int) -> Json:
        for button in (button for row in markup["inline_keyboard"] for button in row):
            data = button.get("callback_data")
            if data is not None and not 1 <= len(data.encode()) <= DATA_BYTES:
                raise _bad("BUTTON_DATA_INVALID")
            host = urlsplit(button.get("url", "https://t.me")).hostname or ""
            if "." not in host or host.startswith("127."):
                raise _bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
            if "web_app" in button and (chat_id < 0 or not button["web_app"]["url"].startswith("https://")):
                raise _bad("BUTTON_TYPE_INVALID")
            if "switch_inline_query" in button and not self.me["supports_inline_queries"]:
                raise _bad("BUTTON_TYPE_INVALID")
            if not button["text"]:
                raise _bad("BUTTON_TEXT_INVALID")
        return markup

    @staticmethod
    def _checked(text: str, most: int, params: Json) -> str:
        if params.get("parse_mode") not in MODES:
            raise _bad("unsupported parse_mode")
        if params.get("parse_mode"):
            raise _bad("this server shows plain text only")  # ours never ask for markup
        if not text.strip():
            raise _bad("message text is empty")
        if _units(text) > most:
            raise _bad("message is too long")
        return text

    def _text(self, params: Json) -> Json:
        chat = self._may_send(params, "text")
        text = self._checked(params["text"], TEXT, params)
        return self.write(chat, {**self._head(params), "text": text})

    def _own(self, params: Json, *, anybodys: bool = False) -> Json:
        """The message that is to be changed."""
        self._chat(params["chat_id"])
        message = self.messages.get((params["chat_id"], params["message_id"]))
        if message is None:
            raise _bad("message to react not found" if anybodys else "message to edit not found")
        if not anybodys and message.get("from", {}).get("id") != self.me["id"]:
            raise _bad("message can't be edited")
        return message

    def _edit_text(self, params: Json) -> Json:
        return self._edit(params, {"text": self._checked(params["text"], TEXT, params)})

    def _edit_caption(self, params: Json) -> Json:
        message = self._own(params)
        if "text" in message:
            raise _bad("there is no caption in the message to edit")
        if message.get("caption", "") == params.get("caption", ""):
            raise _bad("message is not modified")
        return self._edit(params, {"caption": params.get("caption", "")})

    def _edit(self, params: Json, change: Json) -> Json:
        message = self._own(params)
        markup = params.get("reply_markup", {"inline_keyboard": []})
        if markup["inline_keyboard"]:
            change = {**change, "reply_markup": self._markup(markup, params["chat_id"])}
        if {**message, **change} == message and ("reply_markup" in message) == ("reply_markup" in change):
            raise _bad(
                "message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message"
            )
        edited = {k: v for k, v in message.items() if k != "reply_markup"} | change
        edited["edit_date"] = edited["date"]
        self.messages[params["chat_id"], params["message_id"]] = edited
        return edited

    def _upload(self, call: Call, kind: str, source: Any, params: Json) -> Json:
        """The file that a call sends: uploaded with it, or named by its id."""
        part = source["upload"] if isinstance(source, dict) else str(source).removeprefix("attach://")
        if part in self.files:
            data, name = self.files[part], ""
        elif part in call.files:
            data, name = call.files[part], call.names[part]
        else:
            raise _bad("wrong file identifier/HTTP URL specified")
        if not data:
            raise _bad("file must be non-empty")
        if len(data) > SEND_BYTES:
            raise Refusal(413, "Request Entity Too Large")
        facts: Json = {"file_name": name} if name else {}
        if kind == "audio":
            facts |= {"duration": params.get("duration", 0), "mime_type": "audio/mpeg"}
            facts |= {key: params[key] for key in ("title", "performer") if key in params}
        return self.add_file(data, facts)

    def _media(self, call: Call, kind: str, params: Json) -> Json:
        chat = self._may_send(call.params, kind)
        if "caption" in params:
            self._checked(params["caption"], CAPTION, params)
        self._thumbnail(call, params)
        source = params.get("media", params.get(kind))
        sent = {kind: self._upload(call, kind, source, params)}
        caption_fields = {"caption": params["caption"]} if "caption" in params else {}
        return self.write(chat, {**self._head(call.params), **sent, **caption_fields})

    @staticmethod
    def _thumbnail(call: Call, params: Json) -> None:
        """What Telegram would drop without a word is refused here."""
        if "thumbnail" in params:
            named = params["thumbnail"]
            data = call.files[named["upload"] if isinstance(named, dict) else named.removeprefix("attach://")]
            if not 0 < max(_jpeg_size(data)) <= THUMBNAIL or len(data) > 200_000:
                raise _bad("wrong thumbnail")

    def _album(self, call: Call) -> list[Json]:
        media = call.params["media"]
        kinds = {each["type"] for each in media}
        if len(media) not in ALBUM or len(kinds) != 1:
            raise _bad("group send failed: an album has 2-10 files of one kind")
        album = str(self.next_id())
        sent = [self._media(call, each["type"], each) for each in media]
        for message in sent:
            message["media_group_id"] = album
        return sent

    def _answer_callback(self, params: Json) -> bool:
        query = params["callback_query_id"]
        if query not in self.queries or query in self.answered:
            raise _bad("query is too old and response timeout expired or query ID is invalid")
        if _units(params.get("text", "")) > TOAST:
            raise _bad("MESSAGE_TOO_LONG")
        self.answered[query] = params
        return True

    def _answer_inline(self, params: Json) -> bool:
        query, results = params["inline_query_id"], params["results"]
        if query not in self.queries or query in self.answered:
            raise _bad("query is too old and response timeout expired or query ID is invalid")
        if len(results) > RESULTS or len({each["id"] for each in results}) < len(results):
            raise _bad("RESULTS_TOO_MUCH")
        for each in results:
            if each.get("audio_file_id", each.get("document_file_id")) not in self.files:
                raise _bad("wrong file identifier")
        self.answered[query] = params
        return True

    def _get_file(self, params: Json) -> Json:
        data = self.files.get(params["file_id"])
        if data is None:
            raise _bad("wrong file_id or the file is temporarily unavailable")
        path = f"music/{params['file_id']}"
        if self.local is not None:
            self.stored(self.local / params["file_id"], params["file_id"])
            path = str(self.local / params["file_id"])
        elif len(data) > FETCH_BYTES:
            raise _bad("file is too big")
        return {
            "file_id": params["file_id"],
            "file_unique_id": f"u{params['file_id']}",
            "file_size": len(data),
            "file_path": path,
        }

    def _delete(self, params: Json) -> bool:
        if self.messages.pop((params["chat_id"], params["message_id"]), None) is None:
            raise _bad("message to delete not found")
        return True

    def _set_commands(self, params: Json) -> bool:
        self.commands[_scope(params)] = params["commands"]
        return True

    def _member(self, params: Json) -> Json:
        user = {"id": params["user_id"], "is_bot": False, "first_name": "Somebody"}
        if (params["chat_id"], params["user_id"]) in self.admins:
            return {"status": "creator", "user": user, "is_anonymous": False}
        return {"status": "member", "user": user}


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height, out of the frame's header; (0, 0) for what is no JPEG."""
    at = 2 if data.startswith(b"\xff\xd8") else len(data)
    while at + 9 < len(data):
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in {0xC0, 0xC1, 0xC2}:
            height, width = (int.from_bytes(data[at + k : at + k + 2], "big") for k in (5, 7))
            return width, height
        at += 2 + length
    return 0, 0


def _scope(params: Json) -> str:
    return f"{params.get('scope', {}).get('type', 'default')}:{params.get('language_code', '')}"
