"""What a message seems to ask for, and how sure that is.

Every claim makes the guess surer: a stem that is taken away more than a stem's bare name. Every word that
nobody knows takes from it. So "bass" is a wish, and "All About That Bass" is a title.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from separator import VOCALS, Format, Mix, OutputSpec, Stem

#: How sure a claim makes: what nobody says by chance; names that titles have too; a bare word of music.
CLEAR, NAMED, BARE = 5, 2, 1
ASKED = 2  # "give me", "please"

_ALL_BUT_OTHER = frozenset({Stem.VOCALS, Stem.DRUMS, Stem.BASS})  # beside all of these, the rest is `other`


@dataclass(eq=False)
class MixCandidate:
    """A mix, as far as it has been read."""

    stems: set[Stem]
    without: bool = False
    kept: bool = False  #: named as what stays
    rest: bool = False  #: what is left beside the others
    played: bool = False  #: by whoever asks; nobody said what is to be heard of it

    def mix(self) -> Mix:
        """The mix that it has come to be."""
        return Mix(frozenset(self.stems), without=self.without)


def _sum(claims: list[MixCandidate]) -> MixCandidate:
    return MixCandidate({stem for claim in claims for stem in claim.stems})


@dataclass
class Interpretation:
    """The mixes that are asked for, in the order they were read."""

    claims: list[MixCandidate] = field(default_factory=list)
    format: Format = Format.MP3
    format_said: bool = False
    parts: bool = False  #: "stems": counts when nothing else is wished
    all: bool = False  #: "everything": likewise, if nobody said anything else
    every: bool = False  #: "all stems": counts beside other wishes
    together: bool = False  #: all that is wished goes into one mix
    music: bool = False  #: "… and the music": the karaoke, beside the voice
    sure: int = 0
    asked: bool = False
    unknown: int = 0
    unclear: bool = False  #: whatever else was said, ask

    def add(self, claim: MixCandidate, sure: int) -> MixCandidate:
        """A mix is asked for."""
        self.claims.append(claim)
        self.sure += sure
        return claim

    def take_format(self, said: Format | None) -> None:
        """Files are to be of this format; a file of stems is a wish by itself."""
        self.format, self.format_said = said or self.format, True
        if said is Format.STEM_MP4:
            self.parts = True
            self.sure += CLEAR

    def outputs(self) -> OutputSpec | None:
        """What it comes to; None when that is not clear enough to act on."""
        self.claims = [claim for claim in self.claims if not claim.played]
        self._settle_rest()
        mixes = tuple(dict.fromkeys(claim.mix() for claim in self._settled()))
        every = self.every or not mixes
        if self.unclear or self._doubts():
            return None
        return OutputSpec(mixes=mixes, every_stem=every, format=self.format)

    def _doubts(self) -> bool:
        """Whether too little was said, or too much that nobody understands."""
        if not (self.claims or self.parts):
            return not self.all or self.unknown > 0
        return self.sure + (ASKED if self.asked else 0) <= self.unknown

    def _settle_rest(self) -> None:
        """The rest is what the wished stems leave; beside something taken away it goes without saying."""
        named = {stem for claim in self.claims if not (claim.without or claim.rest) for stem in claim.stems}
        for rest in [claim for claim in self.claims if claim.rest]:
            if any(claim.without for claim in self.claims if not claim.rest):
                self.claims.remove(rest)
            elif named and not named >= _ALL_BUT_OTHER:
                rest.stems, rest.without = named, True

    def _settled(self) -> list[MixCandidate]:
        """The claims that make the wish: what is merely kept counts only if nothing else was said."""
        if self.music and any(claim.mix() == VOCALS for claim in self.claims):
            self.add(MixCandidate({Stem.VOCALS}, without=True), BARE)
        gone = {stem for claim in self.claims if claim.without for stem in claim.stems}
        if self.unknown:  # "I play drums, so no drums please": what is taken away was named to tell a story
            self.claims = [claim for claim in self.claims if claim.without or not claim.stems <= gone]
        others = [claim for claim in self.claims if not claim.kept]
        if not others and self.claims:
            return [_sum(self.claims)]
        wished = [claim for claim in others if not claim.without]
        if self.together and len(wished) > 1:
            return [claim for claim in others if claim.without] + [_sum(wished)]
        return others
