"""Where things are kept and how links are made. Read from the environment by whoever starts a process."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class StorageSettings(BaseSettings):
    """Storage's part of the environment (prefix `STEMBOT_`)."""

    model_config = SettingsConfigDict(env_prefix="STEMBOT_", env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Path("data")  #: everything that one machine keeps
    storage_url: str = ""  #: `s3://bucket/prefix`, `gs://`, `az://`; empty: the data folder
    public_url: str = ""  #: what people reach the web room under; empty: chats get no links
    link_s: float = Field(7 * 86_400, gt=0)  #: seconds that a link lives; as long as the stems are kept
    keep_song_s: float = Field(86_400, gt=0)  #: seconds that a song is kept as it was sent
    keep_stems_s: float = Field(7 * 86_400, gt=0)  #: seconds that stems and mixes are kept
