"""FluidSynth by ctypes: notes of a sound font to stereo samples, faster than any command line.

Debian's `fluidsynth` brings the library, `fluid-soundfont-gm` and `musescore-general-soundfont-lossless`
the fonts (licences: sources.py).
"""

import ctypes
import ctypes.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]  # (2, samples), full scale ±1
DRUMS_BANK = 128
BLOCK = 64  # samples that FluidSynth renders at a time


@dataclass(frozen=True)
class Note:
    """A key pressed and released."""

    start_s: float
    length_s: float
    key: int  # MIDI: 60 is middle C
    velocity: int  # 1 to 127
    bend: float = 0.0  # semitones, -2 to 2, constant for the note


class FluidSynth:
    """One synthesiser with one font. Not for sharing between threads."""

    def __init__(self, font: Path) -> None:
        name = ctypes.util.find_library("fluidsynth")
        if name is None:
            raise FileNotFoundError("FluidSynth's library is missing: apt-get install fluidsynth")
        if not font.exists():
            raise FileNotFoundError(f"{font.name} is missing: see training/sources.py for its package")
        self._lib = _declared(ctypes.CDLL(name))
        settings = self._lib.new_fluid_settings()
        self._lib.fluid_settings_setnum(settings, b"synth.sample-rate", float(SAMPLE_RATE_HZ))
        self._lib.fluid_settings_setnum(settings, b"synth.gain", 0.6)
        for switch in (b"synth.reverb.active", b"synth.chorus.active"):  # effects.py adds rooms
            self._lib.fluid_settings_setint(settings, switch, 0)
        self._lib.fluid_settings_setint(settings, b"synth.dynamic-sample-loading", 1)
        self._synth = self._lib.new_fluid_synth(settings)
        self._font = self._lib.fluid_synth_sfload(self._synth, str(font).encode(), 1)
        if self._font < 0:
            raise ValueError(f"{font.name} is no sound font")

    def render(self, notes: list[Note], program: int, seconds: float, bank: int = 0) -> Audio:
        """Notes as sound: (2, samples) of exactly `seconds`; what rings longer is cut off."""
        lib, synth = self._lib, self._synth
        lib.fluid_synth_system_reset(synth)  # earlier notes must not ring on
        lib.fluid_synth_program_select(synth, 0, self._font, bank, program)
        samples = round(seconds * SAMPLE_RATE_HZ)
        out = np.zeros((2, samples + -samples % BLOCK), np.float32)  # in full blocks
        done = 0
        for at, note, on in _events(notes):
            stop = min(max(round(at * SAMPLE_RATE_HZ), done), out.shape[1])
            self._write(out, done, stop)
            done = stop
            if on:
                lib.fluid_synth_pitch_bend(synth, 0, round(8192 + 4095 * note.bend))
                lib.fluid_synth_noteon(synth, 0, note.key, note.velocity)
            else:
                lib.fluid_synth_noteoff(synth, 0, note.key)
        self._write(out, done, out.shape[1])
        return np.ascontiguousarray(out[:, :samples])

    def _write(self, out: Audio, start: int, stop: int) -> None:
        """Advance the synthesiser, writing its output into `out`."""
        if stop <= start:
            return
        left, right = (row[start:].ctypes.data_as(ctypes.c_void_p) for row in out)
        self._lib.fluid_synth_write_float(self._synth, stop - start, left, 0, 1, right, 0, 1)


def _events(notes: list[Note]) -> list[tuple[float, Note, bool]]:
    """Presses and releases in order of time, releases first."""
    presses = [(note.start_s, note, True) for note in notes]
    releases = [(note.start_s + note.length_s, note, False) for note in notes]
    return sorted(presses + releases, key=lambda event: (event[0], event[2]))


def _declared(lib: ctypes.CDLL) -> ctypes.CDLL:
    """Declare pointer types: ctypes assumes 32-bit integers."""
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    lib.new_fluid_settings.restype = pointer
    lib.new_fluid_synth.restype, lib.new_fluid_synth.argtypes = pointer, [pointer]
    lib.fluid_settings_setnum.argtypes = [pointer, text, ctypes.c_double]
    lib.fluid_settings_setint.argtypes = [pointer, text, number]
    lib.fluid_synth_sfload.argtypes = [pointer, text, number]
    lib.fluid_synth_program_select.argtypes = [pointer, number, number, number, number]
    lib.fluid_synth_system_reset.argtypes = [pointer]
    lib.fluid_synth_noteon.argtypes = [pointer, number, number, number]
    lib.fluid_synth_noteoff.argtypes = [pointer, number, number]
    lib.fluid_synth_pitch_bend.argtypes = [pointer, number, number]
    lib.fluid_synth_write_float.argtypes = [pointer, number, pointer, number, number, pointer, number, number]
    return lib
