"""Our RoFormers are those of the packages: same weights, same input, same numbers."""

from __future__ import annotations

import copy
import json
import warnings
from dataclasses import replace
from importlib.metadata import files

import pytest
import torch

from separator.core.errors import ModelNotHere
from separator.core.outputs import Stem
from separator.inference.catalog.cards import BS_ROFORMER_SW, MELBAND_ROFORMER
from separator.inference.networks import roformer

bs = pytest.importorskip("bs_roformer.bs_roformer", reason="LOUD: bs-roformer-infer is not installed")
mel = pytest.importorskip("mel_band_roformer.mel_band_roformer", reason="LOUD: melband-roformer-infer")
yaml = pytest.importorskip("yaml")

CPU = torch.device("cpu")
KINDS = [
    pytest.param(
        BS_ROFORMER_SW,
        "BS_SW",
        roformer.load_bs_sw,
        "bs_roformer.bs_roformer",
        "BSRoformer",
        id="bs_roformer_sw",
    ),
    pytest.param(
        MELBAND_ROFORMER,
        "MELBAND",
        roformer.load_melband,
        "mel_band_roformer.mel_band_roformer",
        "MelBandRoformer",
        id="melband_roformer",
    ),
]


def shrunk(card, shape):
    """Half a second and two narrow layers: the same code, in a test's time."""
    return replace(card, window=50 * shape["stft_hop_length"]), {**shape, "dim": 32, "depth": 2, "heads": 2}


def noise(samples):
    return 0.1 * torch.randn(2, 2, samples, generator=torch.Generator().manual_seed(4))


def difference_db(ours, theirs):
    return 10 * torch.log10((ours - theirs).square().sum() / theirs.square().sum() + 1e-30).item()


@pytest.mark.parametrize(("card", "shape", "load", "module", "name"), KINDS)
def test_a_network_from_its_file_gives_the_numbers_of_the_reference(
    tmp_path, monkeypatch, card, shape, load, module, name
):
    card, small = shrunk(card, getattr(roformer, shape))
    monkeypatch.setattr(roformer, shape, small)
    torch.manual_seed(5)
    reference = roformer.build(module, name, small, card)
    torch.save(reference.state_dict(), tmp_path / card.files[0].name)
    ours = load(CPU, card, [tmp_path / card.files[0].name])
    windows = noise(card.window)
    with torch.inference_mode(), warnings.catch_warnings():
        # The reference still asks for kernels in the way that PyTorch drops; ours does not.
        warnings.simplefilter("ignore", FutureWarning)
        theirs = reference(windows)
    with torch.inference_mode():
        made = ours.separate(windows)
    assert made.shape == (2, len(card.stems), 2, card.window)
    theirs = theirs.reshape(2, -1, 2, card.window)
    assert difference_db(made[:, : theirs.shape[1]], theirs) < -80


def test_the_rest_of_the_song_is_the_accompaniment(tmp_path, monkeypatch):
    card, small = shrunk(MELBAND_ROFORMER, roformer.MELBAND)
    monkeypatch.setattr(roformer, "MELBAND", small)
    network = roformer.build("mel_band_roformer.mel_band_roformer", "MelBandRoformer", small, card)
    torch.save(network.state_dict(), tmp_path / "a.ckpt")
    windows = noise(card.window)
    with torch.inference_mode():
        made = roformer.load_melband(CPU, card, [tmp_path / "a.ckpt"]).separate(windows)
    assert card.stems == (Stem.VOCALS, Stem.ACCOMPANIMENT)
    assert difference_db(made.sum(dim=1), windows) < -120


@pytest.mark.parametrize(
    ("card", "shape", "package", "config"),
    [
        (BS_ROFORMER_SW, roformer.BS_SW, "bs-roformer-infer", "BS-Rofo-SW-Fixed.yaml"),
        (
            MELBAND_ROFORMER,
            roformer.MELBAND,
            "melband-roformer-infer",
            "config_vocals_mel_band_roformer.yaml",
        ),
    ],
    ids=["bs_roformer_sw", "melband_roformer"],
)
def test_shape_window_stems_and_hash_are_those_that_the_package_tells(card, shape, package, config):
    held = {each.name: each for each in files(package)}
    yaml_config = yaml.safe_load(held[config].read_text())
    ours = {**shape, "window": card.window}
    theirs = {**yaml_config["model"], "window": yaml_config["inference"]["chunk_size"]}
    assert ours == {name: theirs[name] for name in ours}
    hashes = json.loads(held["checksums.json"].read_text())["files"][card.files[0].name]
    assert (card.files[0].sha256, card.files[0].size_bytes) == (hashes["sha256"], hashes["size"])
    if card is BS_ROFORMER_SW:
        assert [stem.value for stem in card.stems] == yaml_config["training"]["instruments"]
    assert card.window % shape["stft_hop_length"] == 0


def test_weights_of_another_network_are_refused(tmp_path, monkeypatch):
    card, small = shrunk(BS_ROFORMER_SW, roformer.BS_SW)
    monkeypatch.setattr(roformer, "BS_SW", small)
    for state in ({"a": torch.zeros(1)}, copy.copy, [1, 2]):
        torch.save(state, tmp_path / "a.ckpt")
        with pytest.raises(ModelNotHere):
            roformer.load_bs_sw(CPU, card, [tmp_path / "a.ckpt"])
