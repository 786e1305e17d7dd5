"""What is understood of a sentence while it is read, and what its words can do to that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bots.intents.interpretation import CLEAR, Interpretation, MixCandidate
from bots.intents.lexicon import TokenKind

if TYPE_CHECKING:
    from bots.intents.lexicon import Token
    from separator import Stem


@dataclass
class Clause:
    """One sentence as far as it is read; `guess` is what has been understood of the whole message."""

    guess: Interpretation = field(default_factory=Interpretation)
    removal: MixCandidate | None = None  #: what is taken away joins this mix
    last: TokenKind = TokenKind.STOP  #: of the word before, fillers aside
    ahead: TokenKind = TokenKind.STOP  #: of the word after, fillers aside
    # of the sentence
    run: list[MixCandidate] = field(default_factory=list)  #: stems that a word after them can turn
    negated: bool = False  #: stems are being taken away
    taken: set[Stem] = field(default_factory=set)  #: the last that was, by this negation
    spared: set[Stem] = field(default_factory=set)  #: the last that was, if the next word may take that back
    muddled: bool = False  #: an unknown word stands between a negation and what it may be about
    keeping: bool = False
    summing: bool = False
    playing: bool = False  #: the next stem is what somebody plays
    alone_said: bool = False  #: somebody said "only"
    strange: int = 0  #: unknown words
    said: bool = False  #: something of music

    def stop(self, _meaning: Token | None = None) -> None:
        """The sentence ends. If it asked for nothing, its unknown words are small talk."""
        self.guess.unknown += self.strange if self.said else 0
        self.strange, self.said, self.muddled = 0, False, False
        self.playing = self.alone_said = False
        self.let_go()

    def let_go(self) -> None:
        """Nothing that comes joins what was before."""
        self.run, self.taken, self.spared = [], set(), set()
        self.negated = self.keeping = self.summing = False

    def take_away(self, stems: set[Stem]) -> None:
        """These stems are not wished for; they join what is taken away already."""
        if self.removal is None:
            self.removal = self.guess.add(MixCandidate(set(), without=True), 0)
        self.removal.stems |= stems
        self.guess.sure += CLEAR
        self.guess.unclear = self.guess.unclear or self.guess.every  # "all stems but the drums"

    def spare(self, stems: set[Stem]) -> None:
        """These were not taken away, but are wished for."""
        if self.removal:
            self.removal.stems -= stems
            self.guess.add(MixCandidate(set(stems)), 0)
            if not self.removal.stems:
                self.guess.claims.remove(self.removal)
                self.removal = None
