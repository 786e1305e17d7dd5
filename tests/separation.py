"""A song separated by an engine, without files of stems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.inference.engine import cut_song, join_windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from separator.audio.pcm_file import PcmFile
    from separator.inference.engine import Device


def separate_blocks(
    device: Device, song: PcmFile, should_stop: Callable[[], bool] | None = None
) -> Iterator[Tensor]:
    """Blocks of finished audio: (stems, channels, samples)."""
    read_at = [segment.read_at for segment in cut_song(song, device.network)]
    return join_windows(song, device.network, device.windows(song, read_at, should_stop=should_stop))
