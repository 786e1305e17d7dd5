"""Where things are kept and how links are made. Read from the environment by whoever starts a process."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

#: Where Docker and Kubernetes put secrets, a file each, named as the variable: `stembot_discord_token`.
SECRETS_DIR = "/run/secrets"


class StorageSettings(BaseSettings):
    """Storage's part of the environment (prefix `STEMBOT_`)."""

    model_config = SettingsConfigDict(env_prefix="STEMBOT_", env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Path("data")  #: everything that one machine keeps
    storage_url: str = ""  #: `s3://bucket/prefix`, `gs://`, `az://`; empty: the data folder
    s3_key_id: str = ""  #: with `s3_secret`, for an S3 store; empty: what the cloud's own tools read
    s3_secret: SecretStr = SecretStr("")
    public_url: str = ""  #: what people reach the web room under; empty: chats get no links
    link_keys: Path | None = (
        None  #: file of keys that sign links, the same on every machine; empty: made in `data_dir`
    )
    link_s: float = Field(7 * 86_400, gt=0)  #: seconds that a link lives; as long as the stems are kept
    keep_song_s: float = Field(86_400, gt=0)  #: seconds that a song is kept as it was sent
    keep_stems_s: float = Field(7 * 86_400, gt=0)  #: seconds that stems and mixes are kept

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The usual sources, and a folder of secrets, if there is one: `STEMBOT_SECRETS_DIR` may name it."""
        folder = Path(os.environ.get("STEMBOT_SECRETS_DIR", SECRETS_DIR))
        if folder.is_dir():
            file_secret_settings = SecretsSettingsSource(settings_cls, folder)
        return init_settings, env_settings, dotenv_settings, file_secret_settings
