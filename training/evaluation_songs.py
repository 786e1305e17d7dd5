"""Which real songs are measured on, who made them, and which of their stems are fair to score.

The songs are for measuring alone and no part of the project. Two halves, split by maker: a choice
is made on one half and reported on the other. Songs of one maker share a studio and a style.
"""

from dataclasses import dataclass

BAND = ("drums", "bass", "other")
HALF_A = ("Music Delta", "trackswitch", "glsl_sea", "wfpl30")  # makers; all others are half B
HALVES = ("A", "B")


@dataclass(frozen=True)
class EvaluationSong:
    """One real song."""

    maker: str
    scored: tuple[str, ...] = BAND  #: the stems that its own page calls fair
    silent: tuple[str, ...] = ()  #: stems that it does not have

    @property
    def half(self) -> str:
        """A or B."""
        return "A" if self.maker in HALF_A else "B"


def _music_delta(*silent: str) -> EvaluationSong:
    return EvaluationSong("Music Delta", silent=silent)


SONGS: dict[str, EvaluationSong] = {
    "80s_rock": _music_delta(),
    "lithium": EvaluationSong("Software-Entwicklungskit"),
    "sodium": EvaluationSong("Software-Entwicklungskit", ("drums", "other"), ("bass",)),
    "francium": EvaluationSong("Software-Entwicklungskit", ("drums", "bassother")),
    "caesium": EvaluationSong("Software-Entwicklungskit", ("bassother",)),
    "scurutan_jam": EvaluationSong("scurutan"),
    "wfpl30": EvaluationSong("wfpl30", ("other", "bassdrums")),
    "mdn_funk": EvaluationSong("mdn", silent=("vocals",)),
    "trackswitch": EvaluationSong("trackswitch", silent=("vocals",)),
    "md_beatles": _music_delta(),
    "md_britpop": _music_delta(),
    "md_grunge": _music_delta(),
    "md_rockabilly": _music_delta(),
    "md_speedmetal": _music_delta("vocals"),
    "md_hendrix": _music_delta(),
    "md_reggae": EvaluationSong("Music Delta", ("drums", "bass")),
    "md_rock": _music_delta(),
    "md_zeppelin": _music_delta("vocals"),
    "barren": EvaluationSong("barren"),
    "the_soul": EvaluationSong("beat maker", silent=("vocals",)),
    "waldboden": EvaluationSong("beat maker", silent=("vocals",)),
    "glsl_sea": EvaluationSong("glsl_sea", silent=("vocals",)),
    "funk_machine": EvaluationSong("funk_machine", silent=("vocals",)),
    "webband": EvaluationSong("webband", silent=("vocals",)),
    "pulse": EvaluationSong("pulse", silent=("vocals",)),
    "deepsea": EvaluationSong("deepsea", silent=("vocals",)),
}
