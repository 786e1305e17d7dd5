"""The grammar: reads a message token by token and collects what is asked for; `bots.intents.read` draws it.

`IntentParser` has one method for each `TokenKind` that changes something, named after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bots.intents.interpretation import CLEAR, NAMED, WEAK, Interpretation, MixCandidate
from bots.intents.lexicon import Token, TokenKind
from separator.core.outputs import INSTRUMENTAL, Stem

if TYPE_CHECKING:
    from collections.abc import Sequence

VAGUE_WEIGHT = 2  # unknown words that a word about sound counts for when it is nothing we make

_OUTPUTS = frozenset({TokenKind.STEM, TokenKind.MIX, TokenKind.MUSIC, TokenKind.OTHER})
_ABOUT_MUSIC = _OUTPUTS | {TokenKind.LYRICS, TokenKind.MINUS, TokenKind.ALL, TokenKind.PARTS}
_BEFORE_OUTPUT = frozenset(
    {TokenKind.AND, TokenKind.PLUS, TokenKind.WITH, TokenKind.KEEP, TokenKind.ONLY, TokenKind.JUST}
)
_AFTER_OUTPUT = frozenset({TokenKind.ONLY, TokenKind.ALONE, TokenKind.OFF, TokenKind.CUT})
_SKIPPED = frozenset({TokenKind.FILLER, TokenKind.ASK, TokenKind.FOR, TokenKind.PLAY})


@dataclass
class IntentParser:
    """Reads one message; `result` is what has been understood so far, the rest is the state of a sentence."""

    result: Interpretation = field(default_factory=Interpretation)
    removal: MixCandidate | None = None  #: the mix that further removed stems join
    previous: TokenKind = TokenKind.STOP  #: skipping fillers
    following: TokenKind = TokenKind.STOP  #: skipping fillers
    pending: list[MixCandidate] = field(default_factory=list)  #: stems that a word after them may change
    removing: bool = False  #: a negation is open
    last_removed: set[Stem] = field(default_factory=set)  #: by the open negation
    restorable: set[Stem] = field(default_factory=set)  #: removed, unless the next word takes that back
    has_unclear_object: bool = False  #: an unknown word follows an open negation
    keeping: bool = False
    adding: bool = False  #: the next stem joins the mix before it
    for_player: bool = False  #: the next stem is what somebody plays
    has_only: bool = False
    unknown_words: int = 0
    is_about_music: bool = False

    def read(self, tokens: Sequence[Token]) -> Interpretation:
        """Read a whole message."""
        kinds = [token.kind for token in tokens]
        for index, token in enumerate(tokens):
            self.following = next(
                (kind for kind in kinds[index + 1 :] if kind not in _SKIPPED), TokenKind.STOP
            )
            if handler := _HANDLERS.get(token.kind):
                handler(self, token)
            self.is_about_music = self.is_about_music or token.kind in _ABOUT_MUSIC
            if token.kind not in _SKIPPED:
                self.previous = token.kind
        self.stop()
        return self.result

    def _end_list(self) -> None:
        """Nothing that follows joins what came before."""
        self.pending, self.last_removed, self.restorable = [], set(), set()
        self.removing = self.keeping = self.adding = False

    def _remove(self, stems: set[Stem]) -> None:
        """These stems are taken out of the song, along with those that already are."""
        if self.removal is None:
            self.removal = self.result.add(MixCandidate(set(), without=True), 0)
        self.removal.stems |= stems
        self.result.confidence += CLEAR
        self.result.ambiguous = self.result.ambiguous or self.result.every_stem  # "all stems but the drums"

    def _restore(self, stems: set[Stem]) -> None:
        """These stems are asked for, not removed."""
        if self.removal:
            self.removal.stems -= stems
            self.result.add(MixCandidate(set(stems)), 0)
            if not self.removal.stems:
                self.result.candidates.remove(self.removal)
                self.removal = None

    def stem(self, token: Token) -> None:
        """A stem is removed, added to the one before, or asked for."""
        stems = set(token.mix.stems) if token.mix else set()
        self.result.ambiguous = self.result.ambiguous or self.has_unclear_object
        if self.removing:
            self.last_removed = stems
            self._remove(stems)
        elif self.adding and self.pending:
            self.pending[-1].stems |= stems
            self.result.confidence += WEAK
        else:
            candidate = MixCandidate(stems, is_kept=self.keeping, is_for_player=self.for_player)
            self.pending.append(self.result.add(candidate, 0 if token.is_weak else WEAK))
        self.adding = self.for_player = False

    def mix(self, token: Token) -> None:
        """A mix by its name. "Karaoke without drums" is one mix; "no karaoke" is the voice."""
        mix = token.mix or INSTRUMENTAL
        if not mix.without:  # acapella
            self.stem(token)
            self.result.confidence += NAMED - WEAK
        elif self.removing and not self.last_removed:
            self.result.ambiguous = self.result.ambiguous or mix != INSTRUMENTAL
            self.result.add(MixCandidate({Stem.VOCALS}), CLEAR)
            self._end_list()
        else:
            self._end_list()
            confidence = NAMED if mix == INSTRUMENTAL else CLEAR
            self.removal = self.result.add(MixCandidate(set(mix.stems), without=True), confidence)

    def minus(self, token: Token) -> None:
        """Before a stem it removes that; else it is the karaoke."""
        (self.without if self.following is TokenKind.STEM else self.mix)(token)

    def other(self, _token: Token) -> None:
        """The rest of the song, unless something was removed."""
        if not (self.removing or self.keeping):
            self.result.add(MixCandidate({Stem.OTHER}, is_rest=True), WEAK)

    def music(self, _token: Token) -> None:
        """Without music is the voice, "only the music" the karaoke; else it changes nothing."""
        if (self.removing and not self.last_removed) or (
            self.following is TokenKind.OFF and not self.pending
        ):
            self.result.add(MixCandidate({Stem.VOCALS}), CLEAR)
            self.removing = False
        elif self.previous in {TokenKind.ONLY, TokenKind.JUST} or self.following in {
            TokenKind.ONLY,
            TokenKind.ALONE,
        }:
            self.result.add(MixCandidate({Stem.VOCALS}, without=True), CLEAR)
        self.result.and_music = self.result.and_music or TokenKind.AND in {self.previous, self.following}

    def lyrics(self, token: Token) -> None:
        """Without them it is a karaoke."""
        if self.removing:
            self.last_removed = {Stem.VOCALS}
            self._remove(self.last_removed)
        elif self.following is TokenKind.OFF and not self.pending:
            self._remove({Stem.VOCALS})
        else:
            self.unknown(token)

    def all(self, _token: Token) -> None:
        """Everything; "all the drums" is just drums."""
        self._end_removal_at_comma()
        self.result.everything = self.result.everything or not (self.removing or self.following in _OUTPUTS)

    def parts(self, _token: Token) -> None:
        """Stems as such."""
        self._end_removal_at_comma()
        if not self.removing:
            self.result.stems = True
            self.result.every_stem = self.result.every_stem or self.previous is TokenKind.ALL
            self.result.confidence += CLEAR if self.previous is TokenKind.ALL else WEAK

    def _end_removal_at_comma(self) -> None:
        """In "no bass, all stems" the comma ended the list of removed stems."""
        self.removing = self.removing and not (self.last_removed and self.previous is TokenKind.COMMA)

    def without(self, _token: Token) -> None:
        """What follows is removed."""
        self._end_list()
        self.removing, self.has_unclear_object = True, False

    def but(self, token: Token) -> None:
        """Like *without*; but in "remove all but the vocals" they alone stay."""
        if self.removing and not self.last_removed:
            self._end_list()
            self.result.confidence += CLEAR - WEAK
        else:
            self.without(token)

    def off(self, _token: Token) -> None:
        """What was just named is removed; but in "ボーカル以外を消して" it alone stays."""
        if self.pending:
            for candidate in self.pending:
                self.result.candidates.remove(candidate)
            self._remove({stem for candidate in self.pending for stem in candidate.stems})
        elif self.restorable and self.removal:
            self._restore(self.restorable)
        self._end_list()

    def besides(self, token: Token) -> None:
        """Like `off`, until another word takes that back."""
        restorable = {stem for candidate in self.pending for stem in candidate.stems}
        self.off(token)
        self.restorable = restorable

    def cut(self, token: Token) -> None:
        """What follows is removed, or if nothing does, what was just named."""
        (self.off if self.pending and self.following not in _OUTPUTS else self.without)(token)

    def only(self, token: Token) -> None:
        """What stands beside it is asked for."""
        self.has_only = True
        if self.previous in _OUTPUTS and not (self.removing and self.following in _OUTPUTS):
            self.alone(token)
        else:
            self.just(token)

    def just(self, _token: Token) -> None:
        """What comes next is asked for; but not in "remove only the vocals", "sin solo de guitarra"."""
        if self.following in _OUTPUTS:
            if self.last_removed or not self.removing:
                self._end_list()
            self.result.confidence += CLEAR - WEAK

    def alone(self, _token: Token) -> None:
        """What was just named is asked for: in "no drums, vocals only" the vocals were not removed."""
        if self.previous not in _OUTPUTS:
            self.unknown_words += 1
            return
        self.result.confidence += CLEAR - WEAK
        for candidate in self.pending:  # "play me the vocals only"
            candidate.is_for_player = False
        if self.removing and self.last_removed and self.removal and self.removal.stems > self.last_removed:
            self._restore(self.last_removed)
            self._end_list()

    def comma(self, _token: Token) -> None:
        """A list goes on; but "no, vocals" is an answer, and "karaoke, no bass" is two mixes."""
        self.removal = None if self.previous is TokenKind.MIX else self.removal
        self.removing = self.removing and bool(self.last_removed)
        self.adding = False

    def plus(self, _token: Token) -> None:
        """The next stem is added to the one before; without one, "more bass" is nothing that we do."""
        self.adding = not self.removing
        self.result.ambiguous = self.result.ambiguous or not self.result.candidates

    def with_(self, _token: Token) -> None:
        """Adds, or says what stays: "without drums, with bass"; in "raus mit dem Bass" it does nothing."""
        if self.previous is TokenKind.STEM and not self.removing:
            self.adding = True
        elif self.removal and (self.last_removed or not self.removing):
            self.removing, self.keeping = False, True

    def keep(self, _token: Token) -> None:
        """What stands beside it stays."""
        for candidate in self.pending:
            candidate.is_kept = True
        self.keeping = not self.pending
        self.pending, self.removing = [], False

    def together(self, _token: Token) -> None:
        """All stems that are asked for go into one mix."""
        self.result.single_mix = True

    def one(self, _token: Token) -> None:
        """In "one without drums, one without bass" there are two mixes."""
        if self.following in {TokenKind.NOT, TokenKind.BUT, TokenKind.MIX}:
            self.removal = None

    def for_(self, _token: Token) -> None:
        """In "a backing track for bass" the bass is missing, not the voice."""
        if self.previous is TokenKind.MIX and self.following is TokenKind.STEM and self.removal:
            self.removal.stems.clear()
            self.removing = True

    def play(self, _token: Token) -> None:
        """Somebody who wants to play the drums to it does not want to hear them."""
        self.for_player = self.following is TokenKind.STEM and not self.removing
        if not (self.for_player or self.has_only) and len(self.pending) == 1:
            self.pending[0].is_for_player = True

    def ask(self, _token: Token) -> None:
        """A request."""
        self.result.is_request = True

    def format(self, token: Token) -> None:
        """The format of the files."""
        self.result.set_format(token.format)

    def unknown(self, _token: Token) -> None:
        """A word of no language that we know."""
        self.unknown_words += 1
        self.has_unclear_object = self.has_unclear_object or (self.removing and not self.last_removed)
        self._end_list()

    def vague(self, token: Token) -> None:
        """A word about sound that is nothing we make: if it was asked for, the request is not clear."""
        is_asked_for = (
            self.removing or self.previous in _BEFORE_OUTPUT or self.following in _AFTER_OUTPUT | _OUTPUTS
        )
        self.result.ambiguous = self.result.ambiguous or is_asked_for
        self.unknown(token)
        self.unknown_words += VAGUE_WEIGHT - 1

    def stop(self, _token: Token | None = None) -> None:
        """The sentence ends. If it asked for nothing, its unknown words are small talk."""
        self.result.unknown_words += self.unknown_words if self.is_about_music else 0
        self.unknown_words, self.is_about_music, self.has_unclear_object = 0, False, False
        self.for_player = self.has_only = False
        self._end_list()


#: Kinds whose name is a keyword of Python, or means something else there.
_METHODS = {TokenKind.NOT: "without", TokenKind.WITH: "with_", TokenKind.FOR: "for_"}
_HANDLERS = {
    kind: getattr(IntentParser, _METHODS.get(kind, kind.value))
    for kind in TokenKind
    if hasattr(IntentParser, _METHODS.get(kind, kind.value))
}
