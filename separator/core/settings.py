"""The separator's part of the environment (prefix `STEMBOT_`), built once at the start of a process."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads it at run time

from pydantic import Field, SecretStr

from separator.core.errors import ConfigError
from separator.core.folders import check_folder
from separator.core.logs import LogFormat  # noqa: TC001 - pydantic reads it at run time
from storage import StorageSettings

#: Of `storage_url`; the first are told to people.
STORAGE_SCHEMES = (
    *("s3", "gs", "az", "file", "s3a", "abfs", "abfss", "adl", "azure", "wasb", "wasbs", "memory"),
    *("http", "https"),
)


class SeparatorSettings(StorageSettings):
    """The queue and the workers."""

    database_url: SecretStr = SecretStr("")  #: `postgresql://…`; empty: SQLite in the data folder
    model: str = "auto"
    models_dir: Path | None = None  #: another folder of weights
    device: str = "auto"  #: `cuda`, `cuda:1`, `mps`, `cpu`
    lease_s: float = Field(30, gt=0)  #: a worker silent this long loses its job
    beat_s: float = Field(5, gt=0)  #: seconds between two heartbeats
    song_limit_s: float = Field(20 * 60, gt=0, le=4 * 3600)
    song_least_s: float = Field(0.5, ge=0)  #: shorter ones are refused
    songs_at_once: int = Field(3, ge=1)  #: that a worker separates by turns, so a short one need not wait
    models_bytes: int = Field(4_000_000_000, gt=0)  #: memory for the models that a worker keeps loaded
    jobs_in_hand: int = Field(2, ge=1)  #: separations of one person that run at a time
    jobs_waiting: int = Field(10, ge=1)  #: orders of one person that wait at a time
    jobs_waiting_all: int = Field(200, ge=1)  #: queued separations, everybody's
    day_s: float = Field(3600, ge=0)  #: seconds of song of one person a day; 0 is no limit, here and below
    group_waiting: int = Field(40, ge=1)  #: orders of one group that wait at a time
    group_day_s: float = Field(6 * 3600, ge=0)  #: seconds of song of one group a day
    address_waiting: int = Field(20, ge=1)  #: orders from one address in the web app that wait at a time
    address_day_s: float = Field(3 * 3600, ge=0)  #: seconds of song from one address a day
    #: bytes that stay free on the disk of the data folder: below that no song is taken; 0: take all
    free_bytes: int = Field(1_000_000_000, ge=0)
    alive_file: str = ""  #: touched every 5 s while the process runs, for a health check; empty: none
    log_format: LogFormat = "auto"  #: of every line on stderr; auto: console on a terminal, else json
    worker_nice: int = Field(5, ge=0, le=19)  #: a worker yields the cores to bots and web app

    @property
    def weights_dir(self) -> Path:
        """Where weights are: the folder that was named, else one in the data folder."""
        return self.models_dir or self.data_dir / "models"

    def check(self) -> None:
        """Make sure that the storage can be there, before anything is started.

        Raises:
            FolderUnusable: Nothing can be written into the data folder.
            ConfigError: The storage's address is of no kind that is known.
        """
        check_folder(self.data_dir)
        scheme, colon, _ = self.storage_url.partition(":")
        if self.storage_url and (not colon or scheme.lower() not in STORAGE_SCHEMES):
            known = ", ".join(f"{each}://" for each in STORAGE_SCHEMES[:4])
            raise ConfigError(setting="STEMBOT_STORAGE_URL", value=scheme[:20], limit="scheme", known=known)
