"""Batches, steps, checkpoints, scores, plots: the trainer's own promises, on a pool of noise."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

pytest.importorskip("scipy", reason="LOUD: the extra `training` is not installed")

from separator.audio.stft import stft
from separator.inference.networks.rhythm_net import PACKAGED, BandSplitUNet, RhythmNet, load_rhythm
from training import batches, evaluate, pipeline, plot, pool, report, weights
from training.batches import BatchMixer, after_vocal_stage
from training.evaluation_songs import HALVES, SONGS
from training.trainer import Recipe, Run, loss, validate

SAMPLES = 7 * 44_100


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two songs of noise, and one for validation, after the vocal stage."""
    folder = tmp_path_factory.mktemp("songs")
    for seed in (0, 1, pool.VALIDATION):
        torch.manual_seed(seed)
        # Two excerpts, and one, as the songs of a run have.
        samples = 530_000 if seed < pool.VALIDATION else SAMPLES
        pool.store(folder, seed, stft(torch.randn(4, 2, samples) / 20), np.random.default_rng(seed))
    return folder


def test_validation_songs_are_never_trained_on(songs):
    """Else their scores would say nothing."""
    assert pool.rendered(songs) == [0, 1]
    assert pool.rendered(songs, validation=True) == [pool.VALIDATION]


def test_an_excerpt_is_the_spectrogram_of_the_song(songs):
    """Written as fp16 and cut, the frames equal those of the complete song's spectrogram."""
    torch.manual_seed(1)
    whole = stft(torch.randn(4, 2, 530_000) / 20)
    assert pool.excerpts(songs, 1) == 2
    wanted = whole[2, :, :1024, pool.FRAMES : 2 * pool.FRAMES]
    assert torch.allclose(pool.stem(songs, 1, 1, 2), wanted, atol=0.01)
    assert float(pool.mask(songs, 1, 1).max()) <= 1


def test_batches_hold_what_is_heard_and_its_stems(songs):
    """The vocal stage only ever takes away."""
    mixer = BatchMixer(songs, seed=1, batch=3)
    for step in range(3):
        inputs, targets = mixer.batch_at(step)
        assert inputs.shape == (3, 2, 1024, pool.FRAMES)
        assert targets.shape == (3, 3, 2, 1024, pool.FRAMES)
        assert inputs.abs().mean() <= 1.01 * targets.sum(dim=1).abs().mean()


def test_targets_add_up_to_what_is_heard_where_the_vocal_stage_leaves_all():
    """The vocals that are left belong to the rest, so nothing is unexplained."""
    stems = torch.randn(4, 2, 1024, 8, dtype=torch.complex64)
    inputs, targets = after_vocal_stage(stems, torch.ones(2, 1024, 8))
    assert torch.allclose(targets.sum(dim=0), inputs, atol=1e-5)


def test_batches_are_the_same_for_the_same_seed(songs):
    """A run can be repeated."""
    one, two = (BatchMixer(songs, seed=4, batch=1).batch_at(0)[0] for _ in range(2))
    assert torch.equal(one, two)


def test_a_stems_place_between_the_loudspeakers_says_nothing_of_what_it_is():
    """The generator's bass is mono; a network that learns this takes every kick in the middle for a bass."""
    rng = np.random.default_rng(1)
    mono = torch.ones(2, 1024, 4, dtype=torch.complex64)
    wide = torch.stack([mono[0], -mono[0]])
    placed = [batches._change_stereo(mono, rng) for _ in range(50)]
    assert 0.2 < np.mean([float((x[0] - x[1]).abs().mean()) > 0.05 for x in placed]) < 0.7
    placed = [batches._change_stereo(wide, rng) for _ in range(50)]
    assert 0.2 < np.mean([float((x[0] - x[1]).abs().mean()) < 0.05 for x in placed]) < 0.7


def test_loss_is_lower_for_the_better_split(songs):
    """The right mask must win over the wrong one."""
    stems = torch.stack([pool.stem(songs, 0, 0, i) for i in range(4)])
    stems[:, :, 512:] *= torch.tensor([1.0, 0, 0, 0])[:, None, None, None]
    inputs, targets = stems[:3].sum(dim=0)[None], stems[None, :3]
    right = torch.zeros(1, 3, 2, 1024, pool.FRAMES)
    right[:, 0, :, 512:] = 8.0
    assert (
        loss(right, inputs, targets)
        < loss(torch.zeros_like(right), inputs, targets)
        < loss(-right, inputs, targets)
    )


def test_a_run_goes_on_where_it_was_ended(songs, tmp_path: Path):
    """Training is killed now and then; two steps and two more make four."""
    for steps in (2, 4):
        run = Run(tmp_path, songs, Recipe(seed=1, steps=steps, batch=1, compile=False))
        assert run.step == steps - 2
        run.train()
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert state["step"] == 4
    assert state["cpu_s"] > 0


def test_songs_kept_back_are_scored_though_they_have_one_excerpt(songs):
    """Looking for a second one ended every run at its first check."""
    found = validate(BandSplitUNet().eval(), songs)
    assert np.isfinite(list(found.values())).all()
    assert {"val_loss", "val_drums", "val_bass", "val_other"} == found.keys()


def test_the_learning_rate_rises_and_holds():
    """Warm-up, plateau; averaging the weights takes the place of a decay."""
    recipe = Recipe(seed=1, steps=1000, rate=1.0, warm_up=10)
    assert recipe.rate_at(0) == pytest.approx(0.1)
    assert recipe.rate_at(300) == recipe.rate_at(999) == 1.0


def test_packed_runs_come_back_as_members(tmp_path: Path):
    """Two seeds in one file, averaged when they are used."""
    paths = [tmp_path / f"{seed}.pt" for seed in (1, 2)]
    for path in paths:
        torch.save({"averaged": BandSplitUNet().state_dict()}, path)
    weights.pack(paths, tmp_path / "rhythm.safetensors")
    assert len(load_rhythm(tmp_path / "rhythm.safetensors").members) == 2


def test_the_seed_that_misses_less_on_songs_kept_back_is_packed(songs, tmp_path: Path):
    """In whatever order the seeds come."""
    states = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        net = BandSplitUNet()
        if seed == 2:  # sure of itself, and wrong
            for layer in net.bands_out.layers:
                layer.weight.data *= 50
        states.append(tmp_path / f"{seed}.pt")
        torch.save({"averaged": net.state_dict()}, states[-1])
    assert pipeline.best(states, songs) == pipeline.best(states[::-1], songs) == states[0]


def test_the_one_command_does_what_the_model_card_says():
    """It once trained 1200 steps while the card, and the weights that are shipped, told of 1500."""
    card = (Path(__file__).parents[3] / "docs/models/rhythm.md").read_text()
    made_by = next(line for line in card.splitlines() if line.startswith("| made by"))
    schedule = pipeline.Schedule()
    assert f"{schedule.steps} steps" in made_by
    assert f"seeds {' and '.join(map(str, schedule.seeds))}" in made_by
    assert f"{schedule.songs} songs rendered" in card


def test_chunks_of_a_song_make_one_set_of_masks():
    """Faded into one another they still add up to one, first and last frame included."""
    torch.manual_seed(1)
    spectrogram = torch.randn(2, 2049, 1100, dtype=torch.complex64)
    masks = evaluate.song_masks(RhythmNet().eval(), spectrogram)
    assert masks.shape == (3, 2, 2049, 1100)
    assert torch.allclose(masks.sum(dim=0), torch.ones(2, 2049, 1100), atol=1e-4)


def test_sdr_is_that_of_the_songs_page():
    """Half the amplitude is 6 dB."""
    x = np.ones((2, 100), np.float32)
    assert evaluate.sdr(x, x / 2) == pytest.approx(6.02, abs=0.01)


def test_no_maker_is_in_both_halves():
    """What is chosen on one half is reported on the other; songs of one maker sound alike."""
    makers = {half: {song.maker for song in SONGS.values() if song.half == half} for half in HALVES}
    assert all(makers.values())
    assert not set.intersection(*makers.values())
    counts = [sum(song.half == half and "drums" in song.scored for song in SONGS.values()) for half in HALVES]
    assert max(counts) - min(counts) <= 2


def test_songs_are_found_in_any_of_several_folders(tmp_path: Path):
    """Stems are FLAC in one folder, Ogg Vorbis in the other."""
    for folder, name, kind in (("one", "barren", "ogg"), ("two", "lithium", "flac")):
        (tmp_path / folder / name).mkdir(parents=True)
        for stem in ("drums", "bass"):
            soundfile.write(tmp_path / folder / name / f"{stem}.{kind}", 0.1 * np.ones((9000, 2)), 44_100)
    folders = [tmp_path / "one", tmp_path / "two"]
    assert evaluate.available(folders) == ["lithium", "barren"]
    songs = evaluate.load_songs(folders, ["lithium", "barren"])
    assert [song.name for song in songs] == ["lithium", "barren"]
    assert songs[0].mixture.shape == (2, 9000)
    with pytest.raises(FileNotFoundError, match="pulse"):
        evaluate.load_songs(folders, ["pulse"])


def test_scores_tell_of_sdr_doing_nothing_and_false_stems():
    """A splitter that gives each stem half of the sound."""
    rng = np.random.default_rng(1)
    stems = {name: rng.standard_normal((2, 4000)).astype(np.float32) for name in ("drums", "bass", "other")}
    mixture = np.sum(list(stems.values()), axis=0)
    song = evaluate.Song("mdn_funk", mixture, stems, mixture)
    found = evaluate.scores(song, lambda x: np.stack([x / 2, x / 4, x / 4]))
    assert found["drumless"] - found["nothing"] == pytest.approx(found["drums"], abs=0.1)
    assert found["false_drums"] == pytest.approx(-6, abs=0.1)
    assert found["false_bass"] == pytest.approx(-12, abs=0.1)
    assert found["false_vocals"] == -120


def test_the_report_has_both_halves_and_paired_differences():
    """Mean, median, standard error, worst five, and what changed song by song."""
    rows = {name: {"drums": float(i), "drumless": 1.0, "nothing": 2.0} for i, name in enumerate(SONGS)}
    text = report.report(rows, {name: {"drums": float(i) - 1} for i, name in enumerate(SONGS)})
    assert "Half A" in text
    assert "Half B" in text
    assert text.count("| +1.00 | 0.00 | 0 |") == 2
    assert f"worse than doing nothing: {', '.join(SONGS)}." in text
    assert report.standard_error([1, 2, 3]) == pytest.approx(3**-0.5)


def test_a_run_starts_from_weights_and_leaves_checkpoints(songs, tmp_path: Path, monkeypatch):
    """Checkpoints are chosen on real songs, for the synthetic loss chooses badly."""
    monkeypatch.setattr("training.trainer.CHECK_EVERY", 1)
    run = Run(tmp_path, songs, Recipe(seed=1, steps=1, batch=1, compile=False, start=str(PACKAGED)))
    ours = load_rhythm().members[0].state_dict()
    assert all(torch.equal(value, ours[name]) for name, value in run.net.state_dict().items())
    run.train()
    weights.assemble([tmp_path / "averaged-00001.pt"])


def test_pictures_are_drawn(tmp_path: Path):
    """The card needs a curve and spectrograms, without a plotting library."""
    log = tmp_path / "log.jsonl"
    entries = [{"step": s, "val_drums": s / 100, "val_bass": 1.0, "val_other": -1.0} for s in (250, 500)]
    log.write_text("\n".join(json.dumps(entry) for entry in [*entries, {"step": 500, "loss": 1.0}]))
    plot.curve([log, log], tmp_path / "curve.svg")
    assert (tmp_path / "curve.svg").read_text().count("polyline points") >= 6
    plot.spectrograms([np.zeros((2, 44_100), np.float32)], tmp_path / "a.png", seconds=1)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
