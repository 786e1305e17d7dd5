"""Every sound that training may use, with its licence. Nothing else is opened (a test checks it).

Only what may be trained on and shipped without conditions beyond a notice is here. Left out on purpose:
TimGM6mb and most Hydrogen kits (GPL), avldrums, circAfrique (BY-SA), the `loop_` files of Sonic Pi
(loop_amen is a cut from a record), Hydrogen's rumpf kit (its archive and its readme name two licences).
"""

from dataclasses import dataclass
from pathlib import Path

ALLOWED_LICENCES = frozenset({"MIT", "CC0-1.0", "MIT AND CC0-1.0"})
SHARE = Path("/usr/share")


@dataclass(frozen=True)
class Source:
    """One package of sounds."""

    name: str
    package: str  #: Debian's package that brings it
    path: Path
    licence: str  #: SPDX, from the package's copyright file
    author: str


FLUID_R3 = Source(
    "FluidR3 GM",
    "fluid-soundfont-gm",
    SHARE / "sounds/sf2/FluidR3_GM.sf2",
    "MIT",
    "Frank Wen and contributors",
)
MUSESCORE = Source(
    "MuseScore General Full",
    "musescore-general-soundfont-lossless",
    SHARE / "sounds/sf2/MuseScore_General_Full.sf2",
    "MIT AND CC0-1.0",
    "S. Christian Collins and contributors",
)
SONIC_PI = Source(
    "Sonic Pi samples",
    "sonic-pi-samples",
    SHARE / "sonic-pi/samples",
    "CC0-1.0",
    "freesound.org contributors",
)
OWN = Source("own synthesis", "", Path("training"), "MIT", "Stembot")
SOURCES = (FLUID_R3, MUSESCORE, SONIC_PI, OWN)
FONTS = (FLUID_R3, MUSESCORE)
PACKAGES = ("fluidsynth", *(source.package for source in SOURCES if source.package))


@dataclass(frozen=True)
class SampleSource:
    """A repository that recorded samples were cut from."""

    repository: str  #: on GitHub
    commit: str
    licence: str
    author: str
    grade: str  #: A: the licence's words are in the repository itself; B: quoted in docs/models/rhythm.md


PUBLIC_DOMAIN = "public domain"
SAMPLE_LICENCES = frozenset({"CC0-1.0", PUBLIC_DOMAIN, "CC-BY-3.0", "CC-BY-4.0"})
KARORYFER = "Karoryfer Samples (D. Smolken)"
SAMPLE_SOURCES = (
    SampleSource(
        "crabacus/the-open-source-drumkit",
        "c58808b2ff5a6cd77c2f47cf45f1a892ce6a1e2c",
        PUBLIC_DOMAIN,
        "Real Music Media",
        "B",
    ),
    SampleSource(
        "oramics/sampled",
        "84d3405e107ad52986e7ca99af6a4ed3efe205de",
        "CC-BY-3.0",
        "enoe",
        "A",
    ),
    SampleSource(
        "sfzinstruments/DrumGizmo.MuldjordKit",
        "fc165714974aa843125ce88597f341b31376e1d5",
        "CC-BY-4.0",
        "Lars Muldjord, DrumGizmo team; sfz port by kinwie",
        "A",
    ),
    SampleSource(
        "sfzinstruments/dsmolken.double-bass",
        "c2985eb647109d2a8f30a70071e3e163339d7396",
        "CC0-1.0",
        "D. Smolken",
        "A",
    ),
    SampleSource(
        "sfzinstruments/EthanWiner.Soundfonts",
        "173e3f897a922dc9fb9b96ae743f82c9d5ad1e19",
        PUBLIC_DOMAIN,
        "Ethan Winer; sfz port by kinwie",
        "B",
    ),
    SampleSource(
        "sfzinstruments/GregSullivan.E-Pianos",
        "8c3e581acda3594b553948ff0222d4f84a698376",
        "CC-BY-3.0",
        "Greg Sullivan; sfz port by kinwie",
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.emilyguitar",
        "b4920dc662fd9cad6dcaccdeecffdd91c8725d8c",
        "CC0-1.0",
        KARORYFER,
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.ergo", "c3232f03608e07e4e274c8ad9a1a4c32885f75c4", "CC0-1.0", KARORYFER, "A"
    ),
    SampleSource(
        "sfzinstruments/karoryfer.fashionbass",
        "0703973b300a6bacb837602be9b588ab64732a72",
        "CC0-1.0",
        KARORYFER,
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.gogodze-phu-vol-i",
        "7452f62060cd3a468c78bc361d96a4dfb30879c9",
        "CC0-1.0",
        KARORYFER,
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.gogodze-phu-vol-ii",
        "69a0274cdc39c99c3098cde1bc3789690de86d62",
        "CC0-1.0",
        KARORYFER,
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.growlybass",
        "4f483268fc66b5a6d5781d421c0d11b8d08d3fc6",
        "CC0-1.0",
        KARORYFER,
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.meatbass",
        "ac9e859564bda286ab5ec672d00ff1aa2fef2895",
        "CC0-1.0",
        "Karoryfer Samples (D. Smolken), rec. Ludwik Zamenhof",
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.pastabass",
        "90135cd026db5d4fa0fe538240b4203f085f5244",
        "CC0-1.0",
        "spacecoyote, Karoryfer Samples (D. Smolken)",
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.shinyguitar",
        "57243cca85277dbcc120ce17c6178032f93c80f3",
        "CC0-1.0",
        KARORYFER,
        "A",
    ),
    SampleSource(
        "sfzinstruments/karoryfer.swagbass",
        "9d10fcae71af1975988ddecd5af1c95d372c7355",
        "CC0-1.0",
        KARORYFER,
        "A",
    ),
)

# Which Sonic Pi samples serve as which drum, by the beginning of their name.
SONIC_PI_DRUMS: dict[str, tuple[str, ...]] = {
    "kick": ("bd_", "drum_bass_", "drum_heavy_kick", "elec_hollow_kick", "elec_soft_kick"),
    "snare": (
        "drum_snare_",
        "sn_",
        "elec_snare",
        "elec_hi_snare",
        "elec_lo_snare",
        "elec_mid_snare",
        "elec_filt_snare",
    ),
    "hat": ("drum_cymbal_closed", "drum_cymbal_pedal", "elec_tick", "elec_cymbal"),
    "open": ("drum_cymbal_open",),
    "ride": ("drum_cymbal_soft", "perc_bell"),
    "crash": ("drum_splash_", "drum_cymbal_hard"),
    "tom": ("drum_tom_", "elec_fuzz_tom"),
    "hand": ("tabla_", "elec_wood", "elec_pop", "elec_bong", "drum_cowbell", "perc_snap", "elec_blip"),
    "clap": ("perc_snap", "elec_flip"),
}


def sonic_pi_samples(role: str) -> list[Path]:
    """The files for one drum, sorted."""
    found = {path for start in SONIC_PI_DRUMS[role] for path in SONIC_PI.path.glob(f"{start}*.flac")}
    return sorted(path for path in found if not path.name.startswith("loop_"))


def missing() -> list[str]:
    """Debian packages whose sounds are not on this machine."""
    return [source.package for source in SOURCES if source.package and not source.path.exists()]
