"""The rhythm network: what its masks promise, whatever its weights are."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from separator.audio.stft import stft
from separator.inference.networks import rhythm_net
from separator.inference.networks.rhythm_net import BANDS, BINS, PACKAGED, STEMS, RhythmNet, load_rhythm


@pytest.fixture(scope="module")
def net() -> RhythmNet:
    """Two members with seeded random weights."""
    torch.manual_seed(1)
    return RhythmNet(members=2).eval()


def _noise(frames: int, bins: int = 2049) -> torch.Tensor:
    torch.manual_seed(frames)
    return torch.randn(2, 2, bins, frames, dtype=torch.complex64)


def test_bands_cover_every_bin_once():
    """A gap would leave bins that no band sees."""
    assert sum(count * width for count, width in BANDS) == BINS


@pytest.mark.parametrize("frames", [1, 7, 8, 65])
def test_masks_add_up_to_one_in_every_cell(net, frames):
    """So that the three stems always add up to the accompaniment."""
    with torch.inference_mode():
        masks = net(_noise(frames))
    assert masks.shape == (2, len(STEMS), 2, 2049, frames)
    assert torch.allclose(masks.sum(dim=1), torch.ones(2, 2, 2049, frames), atol=1e-5)
    assert float(masks.min()) >= 0


def test_masks_above_the_seen_bins_are_the_mean_of_the_highest(net):
    """Cymbals go on above 11 kHz, where the network does not look."""
    with torch.inference_mode():
        masks = net(_noise(9))
    wanted = masks[:, :, :, BINS - rhythm_net.TOP_ROWS : BINS].mean(dim=3)
    assert torch.allclose(masks[:, :, :, 2048], wanted, atol=1e-6)


def test_silence_gives_masks_without_holes(net):
    """Digital silence must not become NaN."""
    with torch.inference_mode():
        masks = net(torch.zeros(1, 2, 1024, 16, dtype=torch.complex64))
    assert torch.isfinite(masks).all()


def test_a_stem_that_is_never_clear_is_made_quieter():
    """What is unsure everywhere is not there; a few strokes in a window are enough to be."""
    power = _noise(100, BINS).mT.abs().square()
    unsure = torch.tensor([0.2, 0.2, 0.6])[None, :, None, None, None].repeat(2, 1, 2, 100, BINS)
    struck = unsure.clone()
    struck[1, :, :, 40:46] = torch.tensor([0.98, 0.01, 0.01])[:, None, None, None]
    masks = rhythm_net._sharpen(struck, rhythm_net._absence(struck, power), 0.6)
    torch.testing.assert_close(masks.sum(dim=1), torch.ones(2, 2, 100, BINS))
    drums, bass = masks[:, 0, 0, 0, 0], masks[:, 1, 0, 0, 0]
    assert drums[0] < 0.02  # in the first song nothing was ever clear
    assert drums[1] > 0.3  # as of old: 0.2^0.6 of what is there
    assert torch.all(bass < 0.02)


def test_masks_do_not_depend_on_how_loud_the_song_is(net):
    """A quiet master is split as a loud one is."""
    spectrogram = _noise(16)
    with torch.inference_mode():
        loud, quiet = net(spectrogram), net(spectrogram / 8)
    assert torch.allclose(loud, quiet, atol=1e-3)


def test_weights_come_back_as_they_were_packed(net, tmp_path: Path):
    """fp16 on disk, float32 in use, read by safetensors alone."""
    path = tmp_path / "rhythm.safetensors"
    save_file({k: v.half() for k, v in net.state_dict().items() if v.is_floating_point()}, path)
    back = load_rhythm(path)
    spectrogram = _noise(16)
    with torch.inference_mode():
        assert float((back(spectrogram) - net(spectrogram)).abs().max()) < 0.02
    assert next(back.parameters()).dtype == torch.float32


def test_other_weights_are_refused(net, tmp_path: Path):
    """A file that is not this network's must not be half loaded."""
    path = tmp_path / "rhythm.safetensors"
    some = {k: v for k, v in net.state_dict().items() if "gru" not in k and v.is_floating_point()}
    save_file(some, path)
    with pytest.raises(ValueError, match="rhythm"):
        load_rhythm(path)


def test_packaged_weights_hear_a_kick_and_a_bass_note():
    """The smallest piece of music: clicks low and high go to the drums, a long low tone to the bass."""
    t = torch.arange(6 * 44_100) / 44_100
    beat = t % 0.5
    sweep = 50 * beat + 6 * (1 - torch.exp(-beat / 0.03))
    kick = torch.sin(2 * torch.pi * sweep) * torch.exp(-beat / 0.08)
    noise = torch.randn(t.shape, generator=torch.Generator().manual_seed(1))
    hat = noise * torch.exp(-((t + 0.25) % 0.5) / 0.02)
    partials = [torch.sin(2 * torch.pi * 55 * k * t) / k**1.5 for k in range(1, 9)]
    tone = torch.stack(partials).sum(dim=0) * (0.6 + 0.4 * (t % 1 < 0.9))
    stems = torch.stack([0.5 * kick + 0.1 * hat, 0.2 * tone])[:, None].expand(-1, 2, -1)
    spectrograms = stft(stems)
    with torch.inference_mode():
        masks = load_rhythm()(spectrograms.sum(dim=0)[None])[0]
    for i, stem in enumerate(spectrograms):
        wrong = (masks[i] * spectrograms.sum(dim=0) - stem).abs().square().sum()
        assert 10 * torch.log10(stem.abs().square().sum() / wrong) > 3


def test_packaged_weights_fit_into_the_package():
    """An install carries them; 12 MB is the agreed limit."""
    assert PACKAGED.stat().st_size <= 12_000_000
