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
