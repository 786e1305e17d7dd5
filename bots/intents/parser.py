"""Reading a message, word by word: what each meaning does to what has been understood so far.

`bots.intents.read` tells the whole of it; here is one method for each `TokenKind` that does something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.intents.clause import Clause
from bots.intents.interpretation import BARE, CLEAR, NAMED, MixCandidate
from bots.intents.lexicon import Token, TokenKind
from separator import INSTRUMENTAL, Stem

if TYPE_CHECKING:
    from collections.abc import Callable

UNSURE = 2  # unknown words that a word about sound counts for, when it is nothing we make

_THINGS = frozenset({TokenKind.STEM, TokenKind.MIX, TokenKind.MUSIC, TokenKind.OTHER})
_SAYING = _THINGS | {TokenKind.LYRICS, TokenKind.MINUS, TokenKind.ALL, TokenKind.PARTS}
_JOINING = frozenset(
    {TokenKind.AND, TokenKind.PLUS, TokenKind.WITH, TokenKind.KEEP, TokenKind.ONLY, TokenKind.JUST}
)
_TURNING = frozenset({TokenKind.ONLY, TokenKind.ALONE, TokenKind.OFF, TokenKind.CUT})
SILENT = frozenset({TokenKind.FILLER, TokenKind.ASK, TokenKind.FOR, TokenKind.PLAY})


class IntentParser(Clause):
    """Reads a message word by word."""

    def read(self, meaning: Token, ahead: TokenKind) -> None:
        """Take in one word."""
        self.ahead = ahead
        if reader := _READERS.get(meaning.sense):
            reader(self, meaning)
        self.said = self.said or meaning.sense in _SAYING
        if meaning.sense not in SILENT:
            self.last = meaning.sense

    def stem(self, meaning: Token) -> None:
        """A stem: taken away, added to the one before, or wished for."""
        stems = set(meaning.mix.stems) if meaning.mix else set()
        self.guess.unclear = self.guess.unclear or self.muddled
        if self.negated:
            self.taken = stems
            self.take_away(stems)
        elif self.summing and self.run:
            self.run[-1].stems |= stems
            self.guess.sure += BARE
        else:
            surely = 0 if meaning.faint else BARE
            claim = MixCandidate(stems, kept=self.keeping, played=self.playing)
            self.run.append(self.guess.add(claim, surely))
        self.summing = self.playing = False

    def mix(self, meaning: Token) -> None:
        """A mix by its name. "Karaoke without drums" is one mix; "no karaoke" is the voice."""
        mix = meaning.mix or INSTRUMENTAL
        if not mix.without:  # acapella
            self.stem(meaning)
            self.guess.sure += NAMED - BARE
        elif self.negated and not self.taken:
            self.guess.unclear = self.guess.unclear or mix != INSTRUMENTAL
            self.guess.add(MixCandidate({Stem.VOCALS}), CLEAR)
            self.let_go()
        else:
            self.let_go()
            surely = NAMED if mix == INSTRUMENTAL else CLEAR
            self.removal = self.guess.add(MixCandidate(set(mix.stems), without=True), surely)

    def minus(self, meaning: Token) -> None:
        """Before a stem this takes it away; else it is the karaoke."""
        (self.without if self.ahead is TokenKind.STEM else self.mix)(meaning)

    def other(self, _meaning: Token) -> None:
        """The rest, unless something was taken away."""
        if not (self.negated or self.keeping):
            self.guess.add(MixCandidate({Stem.OTHER}, rest=True), BARE)

    def music(self, _meaning: Token) -> None:
        """Without music is the voice, "only the music" the karaoke; else it is just a word."""
        if (self.negated and not self.taken) or (self.ahead is TokenKind.OFF and not self.run):
            self.guess.add(MixCandidate({Stem.VOCALS}), CLEAR)
            self.negated = False
        elif self.last in {TokenKind.ONLY, TokenKind.JUST} or self.ahead in {TokenKind.ONLY, TokenKind.ALONE}:
            self.guess.add(MixCandidate({Stem.VOCALS}, without=True), CLEAR)
        self.guess.music = self.guess.music or TokenKind.AND in {self.last, self.ahead}

    def lyrics(self, meaning: Token) -> None:
        """Without them it is a karaoke."""
        if self.negated:
            self.taken = {Stem.VOCALS}
            self.take_away(self.taken)
        elif self.ahead is TokenKind.OFF and not self.run:
            self.take_away({Stem.VOCALS})
        else:
            self.unknown(meaning)

    def all(self, _meaning: Token) -> None:
        """Everything; "all the drums" is just drums."""
        self._list_ends()
        self.guess.all = self.guess.all or not (self.negated or self.ahead in _THINGS)

    def parts(self, _meaning: Token) -> None:
        """Stems, as such."""
        self._list_ends()
        if not self.negated:
            self.guess.parts = True
            self.guess.every = self.guess.every or self.last is TokenKind.ALL
            self.guess.sure += CLEAR if self.last is TokenKind.ALL else BARE

    def _list_ends(self) -> None:
        """In "no bass, all stems" the comma ended what is taken away."""
        self.negated = self.negated and not (self.taken and self.last is TokenKind.COMMA)

    def without(self, _meaning: Token) -> None:
        """What follows is taken away."""
        self.let_go()
        self.negated, self.muddled = True, False

    def but(self, meaning: Token) -> None:
        """As *without*; but in "remove all but the vocals" they alone stay."""
        if self.negated and not self.taken:
            self.let_go()
            self.guess.sure += CLEAR - BARE
        else:
            self.without(meaning)

    def off(self, _meaning: Token) -> None:
        """What was just named is taken away; but in "ボーカル以外を消して" it alone stays."""
        if self.run:
            for claim in self.run:
                self.guess.claims.remove(claim)
            self.take_away({stem for claim in self.run for stem in claim.stems})
        elif self.spared and self.removal:
            self.spare(self.spared)
        self.let_go()

    def besides(self, meaning: Token) -> None:
        """As `off`, until another word takes that back."""
        spared = {stem for claim in self.run for stem in claim.stems}
        self.off(meaning)
        self.spared = spared

    def cut(self, meaning: Token) -> None:
        """What follows is taken away, or if nothing does, what was just named."""
        (self.off if self.run and self.ahead not in _THINGS else self.without)(meaning)

    def only(self, meaning: Token) -> None:
        """What stands beside this is wished."""
        self.alone_said = True
        if self.last in _THINGS and not (self.negated and self.ahead in _THINGS):
            self.alone(meaning)
        else:
            self.just(meaning)

    def just(self, _meaning: Token) -> None:
        """What comes next is wished; but "remove only the vocals" and "sin solo de guitarra" are not."""
        if self.ahead in _THINGS:
            if self.taken or not self.negated:
                self.let_go()
            self.guess.sure += CLEAR - BARE

    def alone(self, _meaning: Token) -> None:
        """What was just named is wished: in "no drums, vocals only" the vocals were not taken away."""
        if self.last not in _THINGS:
            self.strange += 1
            return
        self.guess.sure += CLEAR - BARE
        for claim in self.run:  # "play me the vocals only"
            claim.played = False
        if self.negated and self.taken and self.removal and self.removal.stems > self.taken:
            self.spare(self.taken)
            self.let_go()

    def comma(self, _meaning: Token) -> None:
        """A list goes on; but "no, vocals" is an answer, and "karaoke, no bass" is two mixes."""
        self.removal = None if self.last is TokenKind.MIX else self.removal
        self.negated = self.negated and bool(self.taken)
        self.summing = False

    def plus(self, _meaning: Token) -> None:
        """The next stem is added to the one before; without one, "more bass" is nothing that we do."""
        self.summing = not self.negated
        self.guess.unclear = self.guess.unclear or not self.guess.claims

    def with_(self, _meaning: Token) -> None:
        """Adds, or says what stays: "without drums, with bass"; in "raus mit dem Bass" it does nothing."""
        if self.last is TokenKind.STEM and not self.negated:
            self.summing = True
        elif self.removal and (self.taken or not self.negated):
            self.negated, self.keeping = False, True

    def keep(self, _meaning: Token) -> None:
        """What stands beside this stays."""
        for claim in self.run:
            claim.kept = True
        self.keeping = not self.run
        self.run, self.negated = [], False

    def together(self, _meaning: Token) -> None:
        """All stems that are wished go into one mix."""
        self.guess.together = True

    def one(self, _meaning: Token) -> None:
        """In "one without drums, one without bass" there are two mixes."""
        if self.ahead in {TokenKind.NOT, TokenKind.BUT, TokenKind.MIX}:
            self.removal = None

    def for_(self, _meaning: Token) -> None:
        """In "a backing track for bass" the bass is missing, not the voice."""
        if self.last is TokenKind.MIX and self.ahead is TokenKind.STEM and self.removal:
            self.removal.stems.clear()
            self.negated = True

    def play(self, _meaning: Token) -> None:
        """Who wants to play the drums to it does not want to hear them."""
        self.playing = self.ahead is TokenKind.STEM and not self.negated
        if not (self.playing or self.alone_said) and len(self.run) == 1:
            self.run[0].played = True

    def ask(self, _meaning: Token) -> None:
        """A request."""
        self.guess.asked = True

    def format(self, meaning: Token) -> None:
        """The format of the files."""
        self.guess.take_format(meaning.format)

    def unknown(self, _meaning: Token) -> None:
        """A word of no language that we know."""
        self.strange += 1
        self.muddled = self.muddled or (self.negated and not self.taken)
        self.let_go()

    def vague(self, meaning: Token) -> None:
        """A word about sound that is nothing we make: if it was asked for, the whole is not clear."""
        asked_for = self.negated or self.last in _JOINING or self.ahead in _TURNING | _THINGS
        self.guess.unclear = self.guess.unclear or asked_for
        self.unknown(meaning)
        self.strange += UNSURE - 1


_READERS: dict[TokenKind, Callable[[IntentParser, Token], None]] = {
    TokenKind.STEM: IntentParser.stem,
    TokenKind.MIX: IntentParser.mix,
    TokenKind.MINUS: IntentParser.minus,
    TokenKind.OTHER: IntentParser.other,
    TokenKind.MUSIC: IntentParser.music,
    TokenKind.LYRICS: IntentParser.lyrics,
    TokenKind.ALL: IntentParser.all,
    TokenKind.PARTS: IntentParser.parts,
    TokenKind.NOT: IntentParser.without,
    TokenKind.BUT: IntentParser.but,
    TokenKind.BESIDES: IntentParser.besides,
    TokenKind.OFF: IntentParser.off,
    TokenKind.CUT: IntentParser.cut,
    TokenKind.ONLY: IntentParser.only,
    TokenKind.JUST: IntentParser.just,
    TokenKind.ALONE: IntentParser.alone,
    TokenKind.COMMA: IntentParser.comma,
    TokenKind.PLUS: IntentParser.plus,
    TokenKind.WITH: IntentParser.with_,
    TokenKind.KEEP: IntentParser.keep,
    TokenKind.TOGETHER: IntentParser.together,
    TokenKind.ONE: IntentParser.one,
    TokenKind.ASK: IntentParser.ask,
    TokenKind.FOR: IntentParser.for_,
    TokenKind.PLAY: IntentParser.play,
    TokenKind.FORMAT: IntentParser.format,
    TokenKind.VAGUE: IntentParser.vague,
    TokenKind.STOP: IntentParser.stop,
    TokenKind.UNKNOWN: IntentParser.unknown,
}
