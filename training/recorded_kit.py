"""A recorded drum kit: velocities and round robins as a drummer plays them, microphones mixed by song."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training import SAMPLE_RATE_HZ
from training.effects import Audio, Rng, change_speed, compress, db_to_gain, rms
from training.samples import Drum, SampleLibrary, read

KITS = {"muldjord": 0.38, "gogodze2": 0.28, "osdk": 0.29, "pearl": 0.05}  # how often each is the song's kit
CLASSES: dict[str, dict[str, float]] = {  # what a role of a groove may be, and how often
    "kick": {"kick": 1},
    "snare": {"snare": 1},
    "rim": {"rim": 1},
    "hat": {"hat_closed": 0.75, "hat_half": 0.17, "hat_pedal": 0.08},
    "open": {"hat_open": 0.8, "hat_half": 0.2},
    "tom": {"tom": 1},
    "crash": {"crash": 0.8, "china": 0.12, "splash": 0.08},
    "ride": {"ride": 0.85, "ride_bell": 0.15},
    "shake": {"shaker": 0.6, "tambourine": 0.4},
    "hand": {"hand": 1},
    "bell": {"block": 0.4, "clave": 0.3, "ride_bell": 0.3},
}
DAMPED = ("kick", "snare", "tom", "hand")
NEAR = 14  # velocities that a take may be away from the nearest one
SPOT = ("close", "bottom")  # microphones of one drum; all others hear the whole kit


@dataclass(frozen=True)
class Microphones:
    """How one song's kit is recorded: decibels of each group against the close microphones."""

    kit: str
    close_db: float
    distant_db: dict[str, float]  #: overheads, room, retro: level of each against all close microphones
    bottom_db: float  #: the snare's lower microphone against its upper one
    is_squeezed: bool  #: a hard compressor on the room


def new_microphones(rng: Rng) -> Microphones:
    """A kit, and a mix of its microphones; a song in seven is heard from overheads and room alone."""
    is_distant = rng.random() < 0.14
    return Microphones(
        kit=str(rng.choice(list(KITS), p=list(KITS.values()))),
        close_db=-30.0 if is_distant else 0.0,
        distant_db={
            "oh": rng.normal(0 if is_distant else -5, 5),
            "room": rng.normal(-4 if is_distant else -11, 6),
            "retro": rng.normal(-14, 8),
        },
        bottom_db=rng.normal(-6, 4),
        is_squeezed=bool(rng.random() < 0.35),
    )


Strike = Callable[[int, Rng], dict[str, Audio]]  # (velocity, rng) to a sound for each microphone


def new_drum(role: str, rng: Rng, library: SampleLibrary, kit: str) -> Strike | None:
    """A drum for one song, slightly retuned and perhaps damped; None where the library has none.

    The drummer never strikes the same take twice in a row where there is another of about that velocity.
    """
    kits = _kits_of(role, rng, library)
    if not kits:
        return None
    drums = kits[kit if kit in kits and rng.random() < 0.8 else str(rng.choice(sorted(kits)))]
    takes = drums[int(rng.integers(len(drums)))]
    speed = float(np.exp(rng.normal(0, 0.1)))
    damping_s = rng.uniform(0.03, 0.4) if rng.random() < 0.25 and role in DAMPED else None
    sounds: dict[tuple[int, str], Audio] = {}
    last = -1

    def strike(velocity: int, rng: Rng) -> dict[str, Audio]:
        nonlocal last
        last = _chosen(takes, velocity, last, rng)
        take = takes[last]
        gain = float(np.clip((velocity / max(take.velocity, 8)) ** 1.7, 0.4, 2.0))
        out = {}
        for name, recording in take.microphones.items():
            if (last, name) not in sounds:
                sounds[last, name] = _damped(change_speed(read(recording), speed), damping_s)
            out[name] = sounds[last, name] * np.float32(gain)
        return out

    return strike


def _kits_of(role: str, rng: Rng, library: SampleLibrary) -> dict[str, list[Drum]]:
    """Kits that have a class of the role; another class of it where the first has none."""
    classes = CLASSES.get(role, {})
    if not classes:
        return {}
    likely = np.array(list(classes.values()))
    first = str(rng.choice(list(classes), p=likely / likely.sum()))
    return next((library.drums[name] for name in (first, *classes) if name in library.drums), {})


def _chosen(takes: Drum, velocity: int, last: int, rng: Rng) -> int:
    """A take near a velocity, another than the last one where there is a choice."""
    away = np.abs(np.array([take.velocity for take in takes]) - velocity)
    near = [i for i in np.argsort(away, kind="stable")[:4] if away[i] <= away.min() + NEAR]
    others = [i for i in near if i != last]
    return int(rng.choice(others or near))


def _damped(x: Audio, damping_s: float | None) -> Audio:
    if damping_s is None:
        return x
    decay = np.exp(-np.arange(x.shape[1]) / (damping_s * SAMPLE_RATE_HZ))
    return np.asarray(x * decay, np.float32)


def close_track(tracks: dict[str, Audio], microphones: Microphones) -> Audio:
    """One role as its own microphones heard it; where it was recorded without one, the nearest there is."""
    close = tracks.get("close")
    if close is None:
        return tracks["oh"] if "oh" in tracks else next(iter(tracks.values()))
    if "bottom" in tracks:
        below = tracks["bottom"]
        close = close + below * np.float32(db_to_gain(microphones.bottom_db) * rms(close) / rms(below))
    return close


def distant_tracks(tracks: list[dict[str, Audio]], microphones: Microphones, rng: Rng) -> dict[str, Audio]:
    """What overheads and room heard of all roles together, the natural balance of the kit kept, RMS 1.

    Returns: Microphone group to (2, samples), times its level against the close microphones.
    """
    out: dict[str, Audio] = {}
    for name, level_db in microphones.distant_db.items():
        heard = [role[name] for role in tracks if name in role]
        if not heard or not np.any(heard):
            continue
        x = np.sum(heard, axis=0, dtype=np.float32)
        if name == "room" and microphones.is_squeezed:
            x = compress(x, rng, 3.0)
        out[name] = np.asarray(x * (db_to_gain(level_db) / rms(x)), np.float32)
    return out
