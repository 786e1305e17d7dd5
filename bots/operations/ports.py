"""Whether the web app can listen where the settings say, asked before anything is started."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING

from separator.core.errors import ConfigError

if TYPE_CHECKING:
    from bots.settings import BotSettings


def check_port(settings: BotSettings) -> None:
    """Make sure that the web app's port is free; it is free again afterwards.

    Raises:
        ConfigError: It is taken, or the address is not one of this machine.
    """
    try:
        found = socket.getaddrinfo(
            settings.web_host or None, settings.web_port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, kind, protocol, _, address in found[:1]:
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":  # as asyncio's servers do; elsewhere it would let two programs listen
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        raise port_error(settings, error) from error


def port_error(settings: BotSettings, error: OSError) -> ConfigError:
    """What the web app's port or address is not good for."""
    if error.errno == errno.EADDRINUSE:
        return ConfigError(setting="STEMBOT_WEB_PORT", value=str(settings.web_port), limit="port_taken")
    if error.errno == errno.EACCES:
        return ConfigError(setting="STEMBOT_WEB_PORT", value=str(settings.web_port))
    return ConfigError(setting="STEMBOT_WEB_HOST", value=settings.web_host, limit="host")
