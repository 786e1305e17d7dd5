"""Our Demucs is demucs: same weights, same input, same numbers, from either kind of file; no code runs."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from separator.audio.pcm_file import PcmFile
from separator.core.errors import ModelNotHere
from separator.core.outputs import Stem
from separator.inference import engine, precision
from separator.inference.catalog.cards import HTDEMUCS, HTDEMUCS_6S, HTDEMUCS_FT
from separator.inference.catalog.registry import select_specialists
from separator.inference.networks import htdemucs, htdemucs_cpu, htdemucs_layers
from tests.separation import separate_blocks

demucs = pytest.importorskip("demucs.htdemucs", reason="LOUD: demucs is not installed, nothing is compared")
safetensors = pytest.importorskip("safetensors.torch")

CPU = torch.device("cpu")


def exact(card):
    """The card without what may be used instead of float32."""
    return replace(card, reduced_precisions=())


FOUR = ["drums", "bass", "other", "vocals"]
#: The network of the real files but narrower and with a window of a second, so that a test takes seconds.
SMALL = {
    "channels": 8,
    "bottom_channels": 32,
    "t_layers": 3,
    "t_heads": 4,
    "dconv_mode": 3,
    "segment": Fraction(44_100, 44_100),
}


def small(seed, sources=FOUR):
    torch.manual_seed(seed)
    return demucs.HTDemucs(sources, **SMALL).eval()


def save_th(network, path):
    """As demucs' `states.serialize_model` writes a file, with what training leaves beside the weights."""
    args, kwargs = network._init_args_kwargs
    state = {name: each.half() for name, each in network.state_dict().items()}
    torch.save(
        {
            "klass": type(network),
            "args": args,
            "kwargs": {**kwargs, "of_a_later_version": 1},
            "state": state,
            "training_args": {"epochs": 360},
            "metrics": [{"nsdr": 8.6}],
        },
        path,
    )
    network.load_state_dict(state)  # what was written is what is compared with
    return path


def save_safetensors(network, path):
    """As demucs' `tools/export_hf.py` writes a file, by what its reader in `demucs/hf.py` expects."""
    args, kwargs = network._init_args_kwargs
    kwargs = {
        name: {"_type": "fraction", "numerator": each.numerator, "denominator": each.denominator}
        if isinstance(each, Fraction)
        else each
        for name, each in kwargs.items()
    }
    header = {"klass": "demucs.htdemucs.HTDemucs", "args": json.dumps(args), "kwargs": json.dumps(kwargs)}
    safetensors.save_file(network.state_dict(), path, header)
    return path


def noise(batch, samples, seed=3):
    return 0.1 * torch.randn(batch, 2, samples, generator=torch.Generator().manual_seed(seed))


def difference_db(ours, theirs):
    return 10 * torch.log10((ours - theirs).square().sum() / theirs.square().sum() + 1e-30).item()


def run(network, windows):
    with torch.inference_mode():
        return network(windows)


@pytest.mark.parametrize(("save", "ending"), [(save_th, ".th"), (save_safetensors, ".safetensors")])
@pytest.mark.parametrize("card", [HTDEMUCS, HTDEMUCS_6S], ids=lambda card: card.name)
def test_a_network_from_its_file_gives_the_numbers_of_the_reference(tmp_path, save, ending, card):
    reference = small(1, [stem.value for stem in card.stems])
    network = htdemucs.load(CPU, exact(card), [save(reference, tmp_path / f"weights{ending}")])
    assert network.stems == card.stems
    assert (network.rate_hz, network.window, network.hop) == (44_100, 44_100, 33_075)
    windows = noise(2, network.window)
    assert difference_db(run(network.separate, windows), run(reference, windows)) < -100


@pytest.mark.parametrize("made", [{"bottom_channels": 0}, {"dconv_mode": 1}, {"t_layers": 2, "growth": 1}])
def test_other_shapes_of_the_network_are_laid_out_as_well(tmp_path, made):
    """htdemucs_6s does without the wider middle; how deep and wide a network is must not matter."""
    torch.manual_seed(2)
    reference = demucs.HTDemucs(FOUR, **{**SMALL, **made}).eval()
    assert htdemucs_cpu.is_supported(reference)
    network = htdemucs.load(CPU, exact(HTDEMUCS), [save_th(reference, tmp_path / "a.th")])
    assert isinstance(network.networks[0], htdemucs_cpu.Forward)
    windows = noise(2, network.window)
    assert difference_db(run(network.separate, windows), run(reference, windows)) < -100


@pytest.mark.parametrize("tiles", [True, False])
def test_what_was_learned_counts_in_every_layer(tmp_path, monkeypatch, tiles):
    """Fresh layer scales are near nothing, and would hide what is wrong behind them."""
    monkeypatch.setattr(htdemucs_layers, "has_tiles", lambda: tiles)  # attention is another there
    reference = small(1)
    generator = torch.Generator().manual_seed(9)
    for name, weight in reference.named_parameters():
        if name.endswith((".scale", "norm1.weight", "norm2.weight", ".bias", "norm_out.weight")):
            weight.data.uniform_(0.1, 0.5, generator=generator)
    network = htdemucs.load(CPU, exact(HTDEMUCS), [save_th(reference, tmp_path / "a.th")])
    place = torch.arange(network.window)
    tone, click = torch.sin(place / 10).expand(2, -1), (place == 20_000).float().expand(2, -1)
    windows = torch.stack([noise(1, network.window)[0], tone, click, torch.zeros_like(tone)])
    ours, theirs = run(network.separate, windows), run(reference, windows)
    for at in range(3):
        assert difference_db(ours[at], theirs[at]) < -80
    assert (ours[3] - theirs[3]).abs().max() < 1e-6  # silence


def test_a_network_of_another_make_runs_as_the_package_has_it_and_in_float32(tmp_path):
    """What a card has measured of some parts says nothing of the package's own forward."""
    torch.manual_seed(2)
    reference = demucs.HTDemucs(FOUR, **{**SMALL, "t_norm_first": False}).eval()
    assert not htdemucs_cpu.is_supported(reference)
    network = htdemucs.load(CPU, HTDEMUCS, [save_th(reference, tmp_path / "a.th")])
    assert network.precision == "float32"
    windows = noise(1, network.window)
    assert difference_db(run(network.separate, windows), run(reference, windows)) < -100


@pytest.mark.skipif(
    not precision.is_fast(CPU, torch.bfloat16), reason="LOUD: no bfloat16 here, so nothing to compare"
)
def test_fewer_bits_agree_below_40_db_in_every_stem(tmp_path):
    reference = small(1)
    network = htdemucs.load(CPU, HTDEMUCS, [save_th(reference, tmp_path / "a.th")])
    assert network.precision == "bfloat16 (spectrogram, transformer)"
    windows = noise(1, network.window)
    ours, theirs = run(network.separate, windows), run(reference, windows)
    assert max(difference_db(ours[:, at], theirs[:, at]) for at in range(4)) < precision.AGREES_DB


def test_both_kinds_of_file_hold_the_same_network(tmp_path):
    reference = small(1)
    first = htdemucs.read_network(save_th(reference, tmp_path / "a.th"), "htdemucs")
    second = htdemucs.read_network(save_safetensors(reference, tmp_path / "a.safetensors"), "htdemucs")
    for name, each in first.state_dict().items():
        assert torch.equal(each, second.state_dict()[name])


@pytest.fixture
def bag(tmp_path):
    """Four specialists and their files."""
    networks = [small(seed) for seed in range(4)]
    return networks, [save_th(each, tmp_path / f"{at}.th") for at, each in enumerate(networks)]


def test_a_bag_gives_what_apply_model_gives_for_the_bag(bag):
    from demucs.apply import BagOfModels, apply_model  # noqa: PLC0415 - heavy

    networks, paths = bag
    ours = htdemucs.load(CPU, exact(HTDEMUCS_FT), paths)
    windows = noise(1, ours.window)
    weights = [[1.0 if row == column else 0.0 for column in range(4)] for row in range(4)]
    theirs = apply_model(BagOfModels(networks, weights), windows, shifts=0, split=False)
    assert difference_db(run(ours.separate, windows), theirs) < -100


def test_a_wish_for_one_stem_runs_its_specialist_alone(bag):
    networks, paths = bag
    card = select_specialists(exact(HTDEMUCS_FT), [Stem.VOCALS])
    ours = htdemucs.load(CPU, card, paths[3:])
    assert len(ours.networks) == 1
    windows = noise(1, ours.window)
    assert difference_db(run(ours.separate, windows), run(networks[3], windows)) < -100


def test_two_specialists_share_the_stems_that_neither_was_trained_for(bag):
    networks, paths = bag
    card = select_specialists(exact(HTDEMUCS_FT), [Stem.DRUMS, Stem.VOCALS])
    ours = htdemucs.load(CPU, card, [paths[0], paths[3]])
    windows = noise(1, ours.window)
    made, drums, vocals = run(ours.separate, windows), run(networks[0], windows), run(networks[3], windows)
    assert torch.allclose(made[:, 0], drums[:, 0], atol=1e-6)
    assert torch.allclose(made[:, 3], vocals[:, 3], atol=1e-6)
    assert torch.allclose(made[:, 1], (drums[:, 1] + vocals[:, 1]) / 2, atol=1e-6)


def test_the_real_shape_has_as_many_weights_as_the_published_file():
    """htdemucs: 41,984,456 half-precision weights make the 84 MB of its file."""
    with torch.device("meta"):
        shape = {**SMALL, "channels": 48, "bottom_channels": 512, "t_layers": 5, "t_heads": 8}
        network = demucs.HTDemucs(FOUR, **shape, samplerate=44_100)
    count = sum(each.numel() for each in network.state_dict().values())
    assert count == 41_984_456
    assert 0 < HTDEMUCS.size_bytes - 2 * count < 200_000


@pytest.mark.parametrize("samples", [20_000, 33_075 + 10_000, 2 * 33_075 + 20_000])
def test_a_whole_song_is_what_apply_model_makes_of_it(tmp_path, monkeypatch, samples):
    """Windows, fades and both ends of the song included; only sharing out the rest is switched off."""
    from demucs.apply import apply_model  # noqa: PLC0415 - heavy

    reference = small(1)
    network = htdemucs.load(CPU, exact(HTDEMUCS), [save_th(reference, tmp_path / "weights.th")])
    monkeypatch.setattr(engine, "enforce_consistency", lambda _, stems, _moment: stems)
    sound = noise(1, samples)
    path = tmp_path / "song.f32"
    path.write_bytes(sound[0].T.contiguous().numpy().tobytes())
    blocks = list(separate_blocks(engine.Engine(network, CPU), PcmFile(path, 44_100, samples)))
    theirs = apply_model(reference, sound, shifts=0, overlap=0.25, split=True)
    assert difference_db(torch.cat(blocks, dim=-1), theirs[0]) < -60


class Harm:
    """Pickled, it calls `os.mkdir` where it is loaded by the plain way."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("place", ["klass", "kwargs", "state", "training_args"])
def test_a_file_that_would_run_code_is_refused_and_does_not(tmp_path, place):
    reference = small(1)
    package = {
        "klass": type(reference),
        "args": (FOUR,),
        "kwargs": dict(SMALL),
        "state": reference.state_dict(),
    }
    package[place] = Harm(tmp_path / "harm")
    torch.save(package, tmp_path / "bad.th")
    with pytest.raises(ModelNotHere):
        htdemucs.read_network(tmp_path / "bad.th", "htdemucs")
    assert not (tmp_path / "harm").exists()


def test_a_file_of_another_class_is_refused(tmp_path):
    torch.save({"klass": Fraction, "args": (), "kwargs": {}, "state": {}}, tmp_path / "bad.th")
    header = {"klass": "os.system", "args": '["true"]', "kwargs": "{}"}
    safetensors.save_file({"a": torch.zeros(1)}, tmp_path / "bad.safetensors", header)
    for path in (tmp_path / "bad.th", tmp_path / "bad.safetensors"):
        with pytest.raises(ModelNotHere):
            htdemucs.read_network(path, "htdemucs")


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.99])
@pytest.mark.parametrize(("save", "ending"), [(save_th, ".th"), (save_safetensors, ".safetensors")])
def test_a_file_that_ends_early_is_refused(tmp_path, save, ending, keep):
    path = save(small(1), tmp_path / f"whole{ending}")
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    with pytest.raises(ModelNotHere):
        htdemucs.read_network(path, "htdemucs")


def test_weights_of_another_shape_are_refused(tmp_path):
    other = demucs.HTDemucs(FOUR, **{**SMALL, "channels": 16})
    wrong = small(1)
    wrong._init_args_kwargs = other._init_args_kwargs
    with pytest.raises(ModelNotHere):
        htdemucs.read_network(save_safetensors(wrong, tmp_path / "a.safetensors"), "htdemucs")


def test_the_bag_of_the_registry_is_that_of_the_package():
    """Order, names and weights stand in `remote/htdemucs_ft.yaml` and `files.txt` of the package."""
    import yaml  # noqa: PLC0415 - demucs brings it
    from demucs.pretrained import REMOTE_ROOT, _parse_remote_files  # noqa: PLC0415

    urls = _parse_remote_files(REMOTE_ROOT / "files.txt")
    for card in (HTDEMUCS, HTDEMUCS_FT, HTDEMUCS_6S):
        config = yaml.safe_load((REMOTE_ROOT / f"{card.name}.yaml").read_text())
        assert [file.sources[0] for file in card.files] == [urls[each] for each in config["models"]]
        for file in card.files:
            assert file.sha256.startswith(file.name.split("-")[1].removesuffix(".th"))
        for file, row in zip(card.files, config.get("weights", []), strict=False):
            assert row == [1.0 if stem is file.focus else 0.0 for stem in card.stems]


def test_a_missing_package_is_said_by_name(monkeypatch, tmp_path):
    import sys  # noqa: PLC0415

    monkeypatch.setitem(sys.modules, "demucs.htdemucs", None)
    with pytest.raises(ModelNotHere) as missing:
        htdemucs.load(CPU, replace(HTDEMUCS, files=()), [tmp_path / "x.th"])
    assert missing.value.facts["value"] == "demucs"
