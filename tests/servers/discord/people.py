"""What people do on our Discord: write, command, open a message's menu, click a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.discord import world
from tests.servers.discord.world import Channel, Interaction, Message, User

if TYPE_CHECKING:
    from tests.servers.discord.rest import Discord

Json = dict[str, Any]
FileOf = tuple[str, bytes]
ADMINISTRATOR_OF_MESSAGES = world.PERMISSIONS["manage_messages"]
OPTION_TYPES = {"file": 11, "want": 3, "format": 3, "quality": 3, "effort": 3, "song": 3, "server": 5}


class Person:
    """Somebody in the server and in direct messages with the bot."""

    def __init__(
        self, discord: Discord, name: str, *, locale: str = "en-US", moderator: bool = False
    ) -> None:
        """Join."""
        self.discord = discord
        self.user = User(name, locale=locale, moderator=moderator)
        self.private = Channel(None, recipient=self.user)
        discord.channels[self.private.id] = self.private

    async def says(
        self,
        channel: Channel,
        text: str = "",
        *files: FileOf,
        reply_to: Message | None = None,
        pings: bool = True,
    ) -> Message:
        """Write a message, with files; a reply pings whom it replies to, unless that is switched off."""
        bot = self.discord.bot
        mentions = [bot] if f"<@{bot.id}>" in text else []
        if reply_to is not None and pings and reply_to.author not in mentions:
            mentions.append(reply_to.author)
        message = Message(
            channel,
            self.user,
            {"content": text},
            attachments=[self.discord.attach(*file) for file in files],
            mentions=mentions,
            reference=reply_to,
        )
        self.discord.messages[message.id] = message
        payload = message.wire()
        if channel.guild is not None:
            payload |= {"guild_id": str(channel.guild), "member": self.user.member()}
        if channel.guild is not None and not self.discord.message_content:
            hidden = {"content": "", "attachments": [], "components": []}
            payload |= {} if bot in mentions else hidden
            if reply_to is not None and reply_to.author is not bot:
                payload["referenced_message"] |= hidden
        await self.discord.emit("MESSAGE_CREATE", payload)
        return message

    async def pins(self, message: Message) -> None:
        """Pin a message: Discord writes a message of type 6 in the person's name."""
        pinned = Message(message.channel, self.user, {"content": ""}, reference=message)
        self.discord.messages[pinned.id] = pinned
        payload = pinned.wire() | {"type": 6}
        payload.pop("referenced_message", None)
        if message.channel.guild is not None:
            payload |= {"guild_id": str(message.channel.guild), "member": self.user.member()}
        await self.discord.emit("MESSAGE_CREATE", payload)

    async def commands(self, channel: Channel, name: str, **options: str | bool | FileOf) -> Interaction:
        """Use a slash command."""
        command = self._command(name, kind=1)
        resolved, fields = {}, []
        for option, value in options.items():
            payload = value
            if isinstance(value, tuple):
                attached = self.discord.attach(*value)
                resolved[attached["id"]] = attached
                payload = attached["id"]
            fields.append({"name": option, "type": OPTION_TYPES[option], "value": payload})
        data: Json = {"id": command["id"], "name": name, "type": 1, "options": fields}
        if resolved:
            data["resolved"] = {"attachments": resolved}
        return await self._interact(channel, 2, data)

    async def opens_menu(self, message: Message, name: str) -> Interaction:
        """Choose a command in a message's menu."""
        command = self._command(name, kind=3)
        resolved = {"messages": {str(message.id): message.wire()}}
        data = {
            "id": command["id"],
            "name": name,
            "type": 3,
            "target_id": str(message.id),
            "resolved": resolved,
        }
        return await self._interact(message.channel, 2, data)

    async def clicks(self, message: Message, label: str) -> Interaction:
        """Click a button of a message."""
        return await self.clicks_code(message, message.buttons[label]["custom_id"])

    async def chooses(self, message: Message, *labels: str) -> Interaction:
        """Choose in the menu of a message that offers all of these."""
        for menu in message.menus:
            values = {each["label"]: each["value"] for each in menu["options"]}
            if set(labels) <= values.keys() and len(labels) <= menu.get("max_values", 1):
                chosen = [values[label] for label in labels]
                data = {"custom_id": menu["custom_id"], "component_type": 3, "values": chosen}
                return await self._interact(message.channel, 3, data, source=message)
        raise AssertionError(f"no menu offers {labels}")

    async def types(self, channel: Channel, name: str, option: str, typed: str) -> Interaction:
        """Type into an option of a command that suggests something."""
        command = self._command(name, kind=1)
        fields = [{"name": option, "type": OPTION_TYPES[option], "value": typed, "focused": True}]
        return await self._interact(
            channel, 4, {"id": command["id"], "name": name, "type": 1, "options": fields}
        )

    async def fills_in(self, opened: Interaction, song: tuple[str, bytes], words: str) -> Interaction:
        """Send the form that an interaction was answered with."""
        if opened.form is None:
            raise AssertionError("no form was opened")
        attached = self.discord.attach(*song)
        fields = {"file": {"type": 19, "values": [attached["id"]]}, "want": {"type": 4, "value": words}}
        names = [each["component"]["custom_id"] for each in opened.form["components"]]
        rows = [{"type": 18, "component": {"custom_id": name, **fields[name]}} for name in names]
        data = {
            "custom_id": opened.form["custom_id"],
            "components": rows,
            "resolved": {"attachments": {attached["id"]: attached}},
        }
        return await self._interact(opened.channel, 5, data)

    async def clicks_code(self, message: Message, code: str) -> Interaction:
        """Click a button that may no longer be there."""
        data = {"custom_id": code, "component_type": 2}
        return await self._interact(message.channel, 3, data, source=message)

    def _command(self, name: str, kind: int) -> Json:
        for command in self.discord.commands:
            if command["name"] == name and command["type"] == kind:
                return command
        message = f"the bot never told Discord of a command {name!r}"
        raise AssertionError(message)

    async def _interact(
        self, channel: Channel, kind: int, data: Json, source: Message | None = None
    ) -> Interaction:
        interaction = Interaction(channel, self.user, source)
        self.discord.interactions[interaction.token] = interaction
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self.discord.bot.id),
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": channel.wire(self.discord.bot),
            "locale": self.user.locale,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1 if channel.guild is None else 0,
            "attachment_size_limit": channel.limit_bytes,
            "app_permissions": str(world.EVERYTHING & ~channel.denied),
        }
        if source is not None:
            payload["message"] = source.wire()
        if channel.guild is None:
            payload["user"] = self.user.wire()
        else:
            extra = ADMINISTRATOR_OF_MESSAGES if self.user.moderator else 0
            member = {"user": self.user.wire(), "permissions": str(world.EVERYTHING | extra)}
            payload |= {"guild_id": str(channel.guild), "guild_locale": "en-US"}
            payload |= {"member": {**self.user.member(), **member}}
        await self.discord.emit("INTERACTION_CREATE", payload)
        return interaction
