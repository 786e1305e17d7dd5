"""Settings of bots, web app and supervisor, from the environment (prefix `STEMBOT_`)."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from pydantic import Field, SecretStr, field_validator

from separator import SeparatorSettings


class BotSettings(SeparatorSettings):
    """Built once by the command line and passed on; no other module of `bots` reads the environment."""

    discord_token: SecretStr = SecretStr("")  #: empty: no Discord bot
    #: Ask for the privileged intent (to be enabled in Discord's portal, too): then a reply "@bot drumless" to
    #: another user's song works; commands, menus, mentions with a file and direct messages work without.
    discord_message_content: bool = False
    discord_api_url: str = ""  #: root of a proxy of Discord's API; empty: Discord itself
    telegram_token: SecretStr = SecretStr("")  #: empty: no Telegram bot
    telegram_api_url: str = ""  #: root of a Bot API server; empty: the official one
    telegram_local: bool = False  #: that server runs with --local: files up to 2000 MB, by path
    telegram_webhook_url: str = ""  #: public https root; empty: polling
    telegram_webhook_port: int = Field(8443, ge=1, le=65_535)
    telegram_webhook_secret: SecretStr = SecretStr("")
    web_host: str = "127.0.0.1"  #: reachable from other machines only if set so
    web_port: int = Field(8080, ge=0, le=65_535)
    metrics_host: str = "127.0.0.1"  #: metrics are for the operator's monitor, not public
    metrics_port: int = Field(0, ge=0, le=65_535)  #: of `/metrics`, served by the web app; 0: off
    #: Networks of trusted reverse proxies, separated by commas: their X-Forwarded-For is believed
    trusted_proxies: str = ""
    upload_limit_bytes: int = Field(200_000_000, gt=0)  #: web app; platforms have their own
    discord_limit_bytes: int = Field(20 * 2**20, gt=0)  #: where Discord does not say what it takes
    lag_log_s: float = Field(0.0, ge=0)  #: between two log events of a process's loop lag; 0: never
    edit_every_s: float = Field(4.0, gt=0)  #: a status message is edited at most so often
    fleet_address: str = "auto"  #: of the Ray cluster; `auto`: the one that this machine is part of
    fleet_least: int = Field(0, ge=0)  #: workers that stay however short the queue is
    fleet_most: int = Field(4, ge=1)
    fleet_gpus: float = Field(1.0, ge=0)  #: of a worker; 0 for workers on the CPU
    fleet_cpus: float = Field(1.0, ge=0)  #: of a worker, as Ray counts them
    fleet_jobs_each: int = Field(3, ge=1)  #: pending jobs for each worker
    fleet_idle_s: float = Field(300.0, ge=0)  #: fewer workers must be needed for so long before one stops
    fleet_look_s: float = Field(5.0, gt=0)  #: between two readings of the queue

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        """Refuse an invalid network."""
        _networks(text)
        return text

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted reverse proxies."""
        return _networks(self.trusted_proxies)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Parse `10.0.0.0/8, 127.0.0.1`."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
