"""Drum tracks: grooves, kits, microphones, rooms."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from training import SAMPLE_RATE_HZ
from training.effects import (
    Audio,
    Rng,
    add_reverb,
    butterworth,
    compress,
    db_to_gain,
    pan,
    random_eq,
    rms,
    room_impulse,
    saturate,
)
from training.one_shots import KITS, drum_voice
from training.plan import Plan
from training.recorded_kit import (
    SPOT,
    Microphones,
    Strike,
    close_track,
    distant_tracks,
    new_drum,
    new_microphones,
)
from training.samples import SampleLibrary

LEVEL_DB = {"kick": 0, "snare": -1, "rim": -6, "clap": -4, "hat": -11, "open": -11, "tom": -2, "crash": -9,
            "ride": -12, "shake": -13, "hand": -4, "bell": -11}  # fmt: skip


@dataclass(frozen=True)
class Stroke:
    """One hit of a groove."""

    at_s: float
    role: str
    velocity: float  # 0 to 1
    variant: int = 0  # which tom


def drum_track(plan: Plan, rng: Rng, library: SampleLibrary | None = None) -> Audio:
    """The drums of a song, (2, samples), about as loud as RMS 0.1; recorded ones with a `library`."""
    microphones = new_microphones(rng) if library else None
    tracks = _render_roles(groove(plan, rng), plan, rng, library, microphones)
    dry = np.zeros((2, round(plan.seconds * SAMPLE_RATE_HZ)), np.float32)
    wet, loudness = dry.copy(), 0.0
    for role, microphone_tracks in tracks.items():
        x = close_track(microphone_tracks, microphones) if microphones else microphone_tracks["close"]
        x = _channel_strip(x / rms(x[:, np.abs(x).max(axis=0) > 0]) * 0.1, role, rng)
        level = db_to_gain(LEVEL_DB[role] + rng.normal(0, 3))
        loudness += np.square(x * level).mean()
        if microphones and len(microphone_tracks.keys() - SPOT) > 0:
            level *= db_to_gain(microphones.close_db)
        dry += x * level
        wet += x * (level * (0.3 if role == "kick" else 1.0))
    if microphones:
        for x in distant_tracks(list(tracks.values()), microphones, rng).values():
            dry += x * np.float32(np.sqrt(loudness))
    out = _mix_bus(dry, wet, rng)
    return np.asarray(out * (0.1 / rms(out)), np.float32)


def groove(plan: Plan, rng: Rng) -> list[Stroke]:
    """Strokes for the whole song: pattern, ghosts, fills, crashes; or hand percussion."""
    hand_percussion_only = rng.random() < 0.16
    parts = (
        []
        if hand_percussion_only
        else [_kick_and_snare(plan, rng), _time_keeping(plan, rng), _fills(plan, rng)]
    )
    if hand_percussion_only or rng.random() < 0.3:
        parts.append(_pattern(plan, rng, "hand", rng.uniform(0.25, 0.6)))
    for role, chance in (("shake", 0.3), ("bell", 0.12), ("tom", 0.1)):
        if rng.random() < chance:
            parts.append(_pattern(plan, rng, role, rng.uniform(0.15, 0.9)))
    return [
        Stroke(
            max(0.0, s.at_s + rng.normal(0, plan.timing_jitter_s)),
            s.role,
            s.velocity * rng.uniform(0.85, 1.1),
            s.variant,
        )
        for part in parts
        for s in part
        if s.at_s < plan.seconds - 0.05
    ]


def _kick_and_snare(plan: Plan, rng: Rng) -> list[Stroke]:
    steps, out = plan.steps, []
    back = [steps // 4, 3 * steps // 4] if rng.random() < 0.75 else [steps // 2]
    if steps == 12:
        back = [int(rng.choice([4, 6, 8]))]
    snare = str(rng.choice(["snare", "rim", "clap"], p=[0.8, 0.08, 0.12]))
    ghosts = rng.uniform(0, 0.25) if rng.random() < 0.5 else 0.0
    layer = rng.random() < 0.15
    for bar in range(plan.bars):
        out += [Stroke(plan.time(bar, i), "kick", rng.uniform(0.75, 1)) for i in plan.kick(bar)]
        out += [Stroke(plan.time(bar, i), snare, rng.uniform(0.8, 1)) for i in back]
        out += [Stroke(plan.time(bar, i), "clap", 0.8) for i in back if layer]
        out += [
            Stroke(plan.time(bar, i), "snare", rng.uniform(0.15, 0.4))
            for i in range(steps)
            if i not in back and rng.random() < ghosts
        ]
    return out


def _time_keeping(plan: Plan, rng: Rng) -> list[Stroke]:
    """Hats or ride, on eighths, quarters or sixteenths, accented; now and then open."""
    role = str(rng.choice(["hat", "ride", "open", "shake"], p=[0.68, 0.15, 0.1, 0.07]))
    every = int(rng.choice([1, 2, 4], p=[0.25, 0.55, 0.2])) if plan.steps != 12 else int(rng.choice([1, 2]))
    opens, out = (rng.uniform(0, 0.15) if role == "hat" else 0.0), []
    for bar in range(plan.bars):
        for step in range(0, plan.steps, every):
            if rng.random() < 0.06:
                continue
            velocity = rng.uniform(0.6, 1) if step % (2 * every) == 0 else rng.uniform(0.3, 0.8)
            out.append(Stroke(plan.time(bar, step), "open" if rng.random() < opens else role, velocity))
    return out


def _fills(plan: Plan, rng: Rng) -> list[Stroke]:
    """Every few bars a roll over snare and toms into a crash."""
    every, out = int(rng.choice([2, 4, 8])), []
    for bar in range(plan.bars):
        if bar % every == 0 and rng.random() < 0.6:
            out.append(Stroke(plan.time(bar, 0), "crash", rng.uniform(0.6, 1)))
        if bar % every == every - 1 and rng.random() < 0.7:
            start = plan.steps - int(rng.choice([4, 6, 8]))
            for i, step in enumerate(range(start, plan.steps)):
                role = "tom" if rng.random() < 0.65 else "snare"
                if rng.random() < 0.75:
                    out.append(Stroke(plan.time(bar, step), role, rng.uniform(0.5, 1), i // 2))
    return out


def _pattern(plan: Plan, rng: Rng, role: str, density: float) -> list[Stroke]:
    """A random two-bar figure, repeated with small changes."""
    figure = rng.random((2, plan.steps)) < density * np.where(np.arange(plan.steps) % 2, 0.7, 1.2)
    accent = rng.uniform(0.3, 1, (2, plan.steps))
    variant = rng.integers(0, 3, (2, plan.steps))
    return [
        Stroke(plan.time(bar, i), role, float(accent[bar % 2, i]), int(variant[bar % 2, i]))
        for bar in range(plan.bars)
        for i in range(plan.steps)
        if figure[bar % 2, i] != (rng.random() < 0.05)
    ]


def _render_roles(
    strokes: list[Stroke],
    plan: Plan,
    rng: Rng,
    library: SampleLibrary | None,
    microphones: Microphones | None,
) -> dict[str, dict[str, Audio]]:
    """Every role on its own tracks, one a microphone, panned; silent ones left out."""
    base = _kit(rng, plan.electronic)
    drums: dict[tuple[str, int], Strike] = {}
    pans: dict[tuple[str, int], float] = {}
    length = round(plan.seconds * SAMPLE_RATE_HZ)
    out: dict[str, dict[str, Audio]] = defaultdict(
        lambda: defaultdict(lambda: np.zeros((2, length), np.float32))
    )
    wide = rng.uniform(0, 0.8)
    for stroke in sorted(strokes, key=lambda s: s.at_s):
        name = (stroke.role, stroke.variant % 3)
        if name not in drums:
            drums[name] = _drum(stroke.role, plan, rng, base, library, microphones)
            pans[name] = 0.0 if stroke.role in ("kick", "snare") else rng.uniform(-wide, wide)
        at = int(stroke.at_s * SAMPLE_RATE_HZ)
        if stroke.role in ("hat", "open"):  # a closing hat chokes the open one
            for track in out["open"].values():
                track[:, at : at + 40_000] *= 0.05
        for microphone, x in drums[name](int(np.clip(127 * stroke.velocity, 8, 127)), rng).items():
            heard = pan(x, pans[name]) if microphone in SPOT else x
            heard = heard[:, : length - at]
            out[stroke.role][microphone][:, at : at + heard.shape[1]] += heard
    return {role: dict(tracks) for role, tracks in out.items() if any(np.any(x) for x in tracks.values())}


def _drum(
    role: str,
    plan: Plan,
    rng: Rng,
    base: tuple[int, int] | None,
    library: SampleLibrary | None,
    microphones: Microphones | None,
) -> Strike:
    """A drum for one song: recorded, else of the song's kit or, a quarter of the time, of another one.

    Electronic songs keep their machines half of the time: no recorded kick is long and low.
    """
    if library and microphones and not (plan.electronic and rng.random() < 0.5):
        recorded = new_drum(role, rng, library, microphones.kit)
        if recorded is not None:
            return recorded
    if role == "kick" and plan.electronic and rng.random() < 0.4:
        base = None
    hit = drum_voice(role, rng, base if rng.random() > 0.25 else _kit(rng, plan.electronic))
    return lambda velocity, rng: {"close": hit(velocity, rng)}


def _kit(rng: Rng, electronic: bool) -> tuple[int, int] | None:
    """A font and a kit in it, or None for our own machines and samples."""
    if rng.random() < (0.5 if electronic else 0.3):
        return None
    return int(rng.integers(2)), int(rng.choice(KITS))


def _channel_strip(x: Audio, role: str, rng: Rng) -> Audio:
    """One drum's channel strip."""
    if rng.random() < 0.6:
        x = random_eq(x, rng, 8)
    if rng.random() < 0.3 and role in ("kick", "snare", "tom"):
        x = compress(x, rng)
    if rng.random() < 0.1:
        x = saturate(x, rng.uniform(0.5, 4))
    return x


def _mix_bus(dry: Audio, wet: Audio, rng: Rng) -> Audio:
    """Room microphones (compressed, now and then) added to the dry drums, then the bus's effects."""
    out = dry
    if rng.random() < 0.75:
        decay = 10 ** rng.uniform(-0.8, 0.25)
        ambience = add_reverb(wet, room_impulse(rng, decay, top_hz=rng.uniform(3000, 12_000)), 1.0) - wet
        if rng.random() < 0.4:
            ambience = compress(ambience, rng, 2.0)
        out = dry + ambience * (rms(dry) / rms(ambience)) * db_to_gain(rng.uniform(-24, -3))
    if rng.random() < 0.5:
        out = compress(out, rng)
    if rng.random() < 0.15:
        out = saturate(out, rng.uniform(0.3, 2.5))
    if rng.random() < 0.06:  # a loop from an old record
        out = butterworth(out, "bandpass", (rng.uniform(60, 200), rng.uniform(3000, 8000)))
    return random_eq(out, rng, 4) if rng.random() < 0.5 else out
