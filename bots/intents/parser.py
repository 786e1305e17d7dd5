"""Reading a message, word by word: what each meaning does to what has been understood so far.

`bots.intents.read` tells the whole of it; here is one method for each `Sense` that does something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.intents.clause import Sentence
from bots.intents.interpretation import BARE, CLEAR, NAMED, Claim
from bots.intents.lexicon import Meaning, Sense
from separator import INSTRUMENTAL, Stem

if TYPE_CHECKING:
    from collections.abc import Callable

UNSURE = 2  # unknown words that a word about sound counts for, when it is nothing we make

_THINGS = frozenset({Sense.STEM, Sense.MIX, Sense.MUSIC, Sense.OTHER})
_SAYING = _THINGS | {Sense.LYRICS, Sense.MINUS, Sense.ALL, Sense.PARTS}
_JOINING = frozenset({Sense.AND, Sense.PLUS, Sense.WITH, Sense.KEEP, Sense.ONLY, Sense.JUST})
_TURNING = frozenset({Sense.ONLY, Sense.ALONE, Sense.OFF, Sense.CUT})
SILENT = frozenset({Sense.FILLER, Sense.ASK, Sense.FOR, Sense.PLAY})


class Reading(Sentence):
    """Reads a message word by word."""

    def read(self, meaning: Meaning, ahead: Sense) -> None:
        """Take in one word."""
        self.ahead = ahead
        if reader := _READERS.get(meaning.sense):
            reader(self, meaning)
        self.said = self.said or meaning.sense in _SAYING
        if meaning.sense not in SILENT:
            self.last = meaning.sense

    def stem(self, meaning: Meaning) -> None:
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
            claim = Claim(stems, kept=self.keeping, played=self.playing)
            self.run.append(self.guess.add(claim, surely))
        self.summing = self.playing = False

    def mix(self, meaning: Meaning) -> None:
        """A mix by its name. "Karaoke without drums" is one mix; "no karaoke" is the voice."""
        mix = meaning.mix or INSTRUMENTAL
        if not mix.without:  # acapella
            self.stem(meaning)
            self.guess.sure += NAMED - BARE
        elif self.negated and not self.taken:
            self.guess.unclear = self.guess.unclear or mix != INSTRUMENTAL
            self.guess.add(Claim({Stem.VOCALS}), CLEAR)
            self.let_go()
        else:
            self.let_go()
            surely = NAMED if mix == INSTRUMENTAL else CLEAR
            self.removal = self.guess.add(Claim(set(mix.stems), without=True), surely)

    def minus(self, meaning: Meaning) -> None:
        """Before a stem this takes it away; else it is the karaoke."""
        (self.without if self.ahead is Sense.STEM else self.mix)(meaning)

    def other(self, _meaning: Meaning) -> None:
        """The rest, unless something was taken away."""
        if not (self.negated or self.keeping):
            self.guess.add(Claim({Stem.OTHER}, rest=True), BARE)

    def music(self, _meaning: Meaning) -> None:
        """Without music is the voice, "only the music" the karaoke; else it is just a word."""
        if (self.negated and not self.taken) or (self.ahead is Sense.OFF and not self.run):
            self.guess.add(Claim({Stem.VOCALS}), CLEAR)
            self.negated = False
        elif self.last in {Sense.ONLY, Sense.JUST} or self.ahead in {Sense.ONLY, Sense.ALONE}:
            self.guess.add(Claim({Stem.VOCALS}, without=True), CLEAR)
        self.guess.music = self.guess.music or Sense.AND in {self.last, self.ahead}

    def lyrics(self, meaning: Meaning) -> None:
        """Without them it is a karaoke."""
        if self.negated:
            self.taken = {Stem.VOCALS}
            self.take_away(self.taken)
        elif self.ahead is Sense.OFF and not self.run:
            self.take_away({Stem.VOCALS})
        else:
            self.unknown(meaning)

    def all(self, _meaning: Meaning) -> None:
        """Everything; "all the drums" is just drums."""
        self._list_ends()
        self.guess.all = self.guess.all or not (self.negated or self.ahead in _THINGS)

    def parts(self, _meaning: Meaning) -> None:
        """Stems, as such."""
        self._list_ends()
        if not self.negated:
            self.guess.parts = True
            self.guess.every = self.guess.every or self.last is Sense.ALL
            self.guess.sure += CLEAR if self.last is Sense.ALL else BARE

    def _list_ends(self) -> None:
        """In "no bass, all stems" the comma ended what is taken away."""
        self.negated = self.negated and not (self.taken and self.last is Sense.COMMA)

    def without(self, _meaning: Meaning) -> None:
        """What follows is taken away."""
        self.let_go()
        self.negated, self.muddled = True, False

    def but(self, meaning: Meaning) -> None:
        """As *without*; but in "remove all but the vocals" they alone stay."""
        if self.negated and not self.taken:
            self.let_go()
            self.guess.sure += CLEAR - BARE
        else:
            self.without(meaning)

    def off(self, _meaning: Meaning) -> None:
        """What was just named is taken away; but in "ボーカル以外を消して" it alone stays."""
        if self.run:
            for claim in self.run:
                self.guess.claims.remove(claim)
            self.take_away({stem for claim in self.run for stem in claim.stems})
        elif self.spared and self.removal:
            self.spare(self.spared)
        self.let_go()

    def besides(self, meaning: Meaning) -> None:
        """As `off`, until another word takes that back."""
        spared = {stem for claim in self.run for stem in claim.stems}
        self.off(meaning)
        self.spared = spared

    def cut(self, meaning: Meaning) -> None:
        """What follows is taken away, or if nothing does, what was just named."""
        (self.off if self.run and self.ahead not in _THINGS else self.without)(meaning)

    def only(self, meaning: Meaning) -> None:
        """What stands beside this is wished."""
        self.alone_said = True
        if self.last in _THINGS and not (self.negated and self.ahead in _THINGS):
            self.alone(meaning)
        else:
            self.just(meaning)

    def just(self, _meaning: Meaning) -> None:
        """What comes next is wished; but "remove only the vocals" and "sin solo de guitarra" are not."""
        if self.ahead in _THINGS:
            if self.taken or not self.negated:
                self.let_go()
            self.guess.sure += CLEAR - BARE

    def alone(self, _meaning: Meaning) -> None:
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

    def comma(self, _meaning: Meaning) -> None:
        """A list goes on; but "no, vocals" is an answer, and "karaoke, no bass" is two mixes."""
        self.removal = None if self.last is Sense.MIX else self.removal
        self.negated = self.negated and bool(self.taken)
        self.summing = False

    def plus(self, _meaning: Meaning) -> None:
        """The next stem is added to the one before; without one, "more bass" is nothing that we do."""
        self.summing = not self.negated
        self.guess.unclear = self.guess.unclear or not self.guess.claims

    def with_(self, _meaning: Meaning) -> None:
        """Adds, or says what stays: "without drums, with bass"; in "raus mit dem Bass" it does nothing."""
        if self.last is Sense.STEM and not self.negated:
            self.summing = True
        elif self.removal and (self.taken or not self.negated):
            self.negated, self.keeping = False, True

    def keep(self, _meaning: Meaning) -> None:
        """What stands beside this stays."""
        for claim in self.run:
            claim.kept = True
        self.keeping = not self.run
        self.run, self.negated = [], False

    def together(self, _meaning: Meaning) -> None:
        """All stems that are wished go into one mix."""
        self.guess.together = True

    def one(self, _meaning: Meaning) -> None:
        """In "one without drums, one without bass" there are two mixes."""
        if self.ahead in {Sense.NOT, Sense.BUT, Sense.MIX}:
            self.removal = None

    def for_(self, _meaning: Meaning) -> None:
        """In "a backing track for bass" the bass is missing, not the voice."""
        if self.last is Sense.MIX and self.ahead is Sense.STEM and self.removal:
            self.removal.stems.clear()
            self.negated = True

    def play(self, _meaning: Meaning) -> None:
        """Who wants to play the drums to it does not want to hear them."""
        self.playing = self.ahead is Sense.STEM and not self.negated
        if not (self.playing or self.alone_said) and len(self.run) == 1:
            self.run[0].played = True

    def ask(self, _meaning: Meaning) -> None:
        """A request."""
        self.guess.asked = True

    def format(self, meaning: Meaning) -> None:
        """The format of the files."""
        self.guess.take_format(meaning.format)

    def unknown(self, _meaning: Meaning) -> None:
        """A word of no language that we know."""
        self.strange += 1
        self.muddled = self.muddled or (self.negated and not self.taken)
        self.let_go()

    def vague(self, meaning: Meaning) -> None:
        """A word about sound that is nothing we make: if it was asked for, the whole is not clear."""
        asked_for = self.negated or self.last in _JOINING or self.ahead in _TURNING | _THINGS
        self.guess.unclear = self.guess.unclear or asked_for
        self.unknown(meaning)
        self.strange += UNSURE - 1


_READERS: dict[Sense, Callable[[Reading, Meaning], None]] = {
    Sense.STEM: Reading.stem,
    Sense.MIX: Reading.mix,
    Sense.MINUS: Reading.minus,
    Sense.OTHER: Reading.other,
    Sense.MUSIC: Reading.music,
    Sense.LYRICS: Reading.lyrics,
    Sense.ALL: Reading.all,
    Sense.PARTS: Reading.parts,
    Sense.NOT: Reading.without,
    Sense.BUT: Reading.but,
    Sense.BESIDES: Reading.besides,
    Sense.OFF: Reading.off,
    Sense.CUT: Reading.cut,
    Sense.ONLY: Reading.only,
    Sense.JUST: Reading.just,
    Sense.ALONE: Reading.alone,
    Sense.COMMA: Reading.comma,
    Sense.PLUS: Reading.plus,
    Sense.WITH: Reading.with_,
    Sense.KEEP: Reading.keep,
    Sense.TOGETHER: Reading.together,
    Sense.ONE: Reading.one,
    Sense.ASK: Reading.ask,
    Sense.FOR: Reading.for_,
    Sense.PLAY: Reading.play,
    Sense.FORMAT: Reading.format,
    Sense.VAGUE: Reading.vague,
    Sense.STOP: Reading.stop,
    Sense.UNKNOWN: Reading.unknown,
}
