"""What a message seems to ask for, and how sure that is.

Every mention of an output adds confidence: the removal of a stem more than a stem's bare name. Every unknown
word takes from it. So "bass" is a request, and "All About That Bass" is a title.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from separator.core.outputs import VOCALS, Format, Mix, OutputSpec, Stem

#: Confidence of a mention: what nobody says by chance; names that titles have too; a bare word of music.
CLEAR, NAMED, WEAK = 5, 2, 1
REQUEST = 2  # "give me", "please"

_ALL_BUT_OTHER = frozenset({Stem.VOCALS, Stem.DRUMS, Stem.BASS})  # beside all of these, the rest is `other`


@dataclass(eq=False)
class MixCandidate:
    """A mix that may be asked for, as far as the message has been read."""

    stems: set[Stem]
    without: bool = False
    is_kept: bool = False  #: named as what stays
    is_rest: bool = False  #: what is left beside the others
    is_named: bool = False  #: by a word for the whole mix: karaoke
    is_contrast: bool = False  #: "drums, no vocals": removed only to say what the others are not
    is_weak: bool = False  #: an emoji: counts where nothing else is named
    is_for_player: bool = False  #: the sender plays it; nothing says that it should be heard

    def mix(self) -> Mix:
        """The mix as it stands."""
        return Mix(frozenset(self.stems), without=self.without)


def _sum(candidates: list[MixCandidate]) -> MixCandidate:
    return MixCandidate({stem for candidate in candidates for stem in candidate.stems})


@dataclass
class Interpretation:
    """The mixes that are asked for, in the order they were read."""

    candidates: list[MixCandidate] = field(default_factory=list)
    format: Format = Format.MP3
    has_format: bool = False
    stems: bool = False  #: "stems": counts when nothing else is asked for
    everything: bool = False  #: "everything": likewise
    every_stem: bool = False  #: "all stems": counts beside other outputs
    single_mix: bool = False  #: all that is asked for goes into one mix
    and_music: bool = False  #: "… and the music": the karaoke, beside the voice
    confidence: int = 0
    is_request: bool = False
    unknown_words: int = 0
    protected: bool = False  #: "don't remove X": nothing is asked for by that
    odd_count: bool = False  #: "2 stems": which two?
    ambiguous: bool = False  #: ask, whatever else was said

    def add(self, candidate: MixCandidate, confidence: int) -> MixCandidate:
        """A mix is mentioned."""
        self.candidates.append(candidate)
        self.confidence += confidence
        return candidate

    def set_format(self, chosen: Format | None) -> None:
        """Files are to be of this format; a file of stems is a request by itself."""
        self.format, self.has_format = chosen or self.format, True
        if chosen is Format.STEM_MP4:
            self.stems = True
            self.confidence += CLEAR

    def outputs(self) -> OutputSpec | None:
        """What is asked for; None where that is not clear enough to act on."""
        self.candidates = [candidate for candidate in self.candidates if not candidate.is_for_player]
        self._resolve_rest()
        chosen = self._chosen()
        mixes = tuple(dict.fromkeys(candidate.mix() for candidate in chosen))
        every_stem = self.every_stem or not mixes
        only_protected = self.protected and not (chosen and all(each.without for each in chosen))
        if self.ambiguous or only_protected or (self.odd_count and not chosen) or self._is_doubtful():
            return None
        return OutputSpec(mixes=mixes, every_stem=every_stem, format=self.format)

    def _is_doubtful(self) -> bool:
        """Whether too little was said, or too much that nobody knows."""
        if not (self.candidates or self.stems):
            return not self.everything or self.unknown_words > 0
        return self.confidence + (REQUEST if self.is_request else 0) <= self.unknown_words

    def _resolve_rest(self) -> None:
        """The rest is what the named stems leave; beside something removed it goes without saying."""
        named = {
            stem for each in self.candidates if not (each.without or each.is_rest) for stem in each.stems
        }
        kept = [candidate for candidate in self.candidates if candidate.is_kept]
        for rest in [candidate for candidate in self.candidates if candidate.is_rest]:
            self.ambiguous = self.ambiguous or bool(kept)
            if any(candidate.without for candidate in self.candidates if not candidate.is_rest):
                self.candidates.remove(rest)
            elif named and not named >= _ALL_BUT_OTHER:
                rest.stems, rest.without = named, True

    def _chosen(self) -> list[MixCandidate]:
        """The candidates that count: what is merely kept does so only if nothing else was said."""
        if self.and_music and any(candidate.mix() == VOCALS for candidate in self.candidates):
            self.add(MixCandidate({Stem.VOCALS}, without=True), WEAK)
        self._drop_explanations()
        chosen = [candidate for candidate in self.candidates if not candidate.is_kept]
        if not chosen and self.candidates:
            return [_sum(self.candidates)]
        named = [candidate for candidate in chosen if not candidate.without]
        if self.single_mix and len(named) > 1:
            return [candidate for candidate in chosen if candidate.without] + [_sum(named)]
        return chosen

    def _drop_explanations(self) -> None:
        """Drop mentions that only explain others."""
        removals = [each for each in self.candidates if each.without and not each.is_named]
        removed = {stem for each in removals for stem in each.stems}
        if self.unknown_words:  # "I play drums, so no drums please"
            self.candidates = [each for each in self.candidates if each.without or not each.stems <= removed]
        if any(not each.is_weak for each in self.candidates):  # "karaoke 🎤"
            self.candidates = [each for each in self.candidates if not each.is_weak]
        wanted = [each for each in self.candidates if not (each.without or each.is_kept)]
        named = {stem for each in wanted for stem in each.stems}
        if named:  # "drums, no vocals"
            self.candidates = [each for each in self.candidates if not each.is_contrast or each.stems & named]
