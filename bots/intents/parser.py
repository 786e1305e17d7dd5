"""The grammar: reads a message token by token and collects what is asked for; `bots.intents.read` draws it.

`IntentParser` has one method for each `TokenKind` that changes something, named after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bots.intents.interpretation import CLEAR, NAMED, WEAK, Interpretation, MixCandidate
from bots.intents.lexicon import Token, TokenKind
from bots.intents.negation import resolve_negations
from separator.core.outputs import INSTRUMENTAL, VOCALS, Stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VAGUE_WEIGHT = 2  # unknown words that a word about sound counts for when it is nothing we make

_OUTPUTS = frozenset({TokenKind.STEM, TokenKind.MIX, TokenKind.MUSIC, TokenKind.OTHER, TokenKind.REST})
_ABOUT_MUSIC = _OUTPUTS | {TokenKind.LYRICS, TokenKind.MINUS, TokenKind.ALL, TokenKind.PARTS}
_BEFORE_OUTPUT = frozenset(
    {TokenKind.AND, TokenKind.PLUS, TokenKind.WITH, TokenKind.KEEP, TokenKind.ONLY, TokenKind.JUST}
)
_AFTER_OUTPUT = frozenset({TokenKind.ONLY, TokenKind.ALONE, TokenKind.OFF, TokenKind.CUT})
_SKIPPED = frozenset(
    {
        TokenKind.FILLER,
        TokenKind.ASK,
        TokenKind.FOR,
        TokenKind.PLAY,
        TokenKind.PRONOUN,
        TokenKind.COUNT,
        TokenKind.COPULA,
        TokenKind.EXCLAMATION,
        TokenKind.VERSION,
    }
)
_REMOVERS = frozenset({TokenKind.OFF, TokenKind.CUT})
_CLAUSE_ENDS = frozenset({TokenKind.STOP, TokenKind.COMMA})
_VERBS = _REMOVERS | {TokenKind.KEEP, TokenKind.YES}


@dataclass
class IntentParser:
    """Reads one message; `result` is what has been understood so far, the rest is the state of a sentence."""

    result: Interpretation = field(default_factory=Interpretation)
    removal: MixCandidate | None = None  #: the mix that further removed stems join
    tokens: Sequence[Token] = ()
    index: int = 0
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
    protecting: bool = False  #: nothing is to be done to the stems that follow
    ignoring: bool = False  #: the stems that follow are not asked for
    contrasting: bool = False  #: what is removed now is only what the stems before it are not
    rest_removed: bool = False  #: the word after "the rest" removes that, not the stems before it
    all_removed: bool = False  #: "everything off": a following "except" says what stays
    has_level: bool = False
    is_question: bool = False
    has_only: bool = False
    unknown_words: int = 0
    is_about_music: bool = False

    def read(self, tokens: Sequence[Token]) -> Interpretation:
        """Read a whole message."""
        self.tokens = resolve_negations(tokens)
        for index, token in enumerate(self.tokens):
            self.index = index
            self.following = next(self._ahead(), TokenKind.STOP)
            if handler := _HANDLERS.get(token.kind):
                handler(self, token)
            self.is_about_music = self.is_about_music or token.kind in _ABOUT_MUSIC
            if token.kind not in _SKIPPED:
                self.previous = token.kind
        self.stop()
        return self.result

    def _ahead(self) -> Iterator[TokenKind]:
        """The kinds of the tokens that follow, skipping fillers."""
        return (each.kind for each in self.tokens[self.index + 1 :] if each.kind not in _SKIPPED)

    def _neighbour(self, step: int) -> Token:
        """The token right before (-1) or after (1) this one."""
        index = self.index + step
        return self.tokens[index] if 0 <= index < len(self.tokens) else Token(TokenKind.STOP)

    def _last_of_clause(self) -> TokenKind:
        """The kind of the last word of the clause, a format aside; a verb there stands after its nouns."""
        last = TokenKind.STOP
        for kind in self._ahead():
            if kind in _CLAUSE_ENDS:
                break
            last = kind if kind is not TokenKind.FORMAT else last
        return last

    def _doubt(self) -> None:
        """Two things may be meant."""
        self.result.ambiguous = True

    def _end_list(self) -> None:
        """Nothing that follows joins what came before."""
        self.pending, self.last_removed, self.restorable = [], set(), set()
        self.removing = self.keeping = self.adding = self.contrasting = False

    def _remove(self, stems: set[Stem]) -> None:
        """These stems are taken out of the song, along with those that already are."""
        if self.removal is None or self.removal.is_contrast != self.contrasting:
            self.removal = MixCandidate(set(), without=True, is_contrast=self.contrasting)
            self.result.add(self.removal, 0)
        self.removal.stems |= stems
        self.result.confidence += CLEAR
        if self.result.every_stem or (self.result.stems and self.previous is TokenKind.NOT):
            self._doubt()  # "all stems but the drums"

    def _restore(self, stems: set[Stem]) -> None:
        """These stems are asked for, not removed."""
        if self.removal:
            self.removal.stems -= stems
            self.result.add(MixCandidate(set(stems)), 0)
            if not self.removal.stems:
                self.result.candidates.remove(self.removal)
                self.removal = None

    def _add_stems(self) -> None:
        """In "stems and karaoke" both are asked for."""
        before = [each.kind for each in self.tokens[: self.index] if each.kind not in _SKIPPED][-2:]
        if before in ([TokenKind.PARTS, TokenKind.AND], [TokenKind.PARTS, TokenKind.PLUS]):
            self.result.every_stem = len(self.result.candidates) == 1 or self.result.every_stem

    def stem(self, token: Token) -> None:
        """A stem is removed, added to the one before, or asked for."""
        stems = set(token.mix.stems) if token.mix else set()
        self.result.ambiguous = self.result.ambiguous or self.has_unclear_object
        if self.protecting or self.ignoring:
            self.result.protected = self.result.protected or self.protecting
        elif self.removing or (token.is_player and self._neighbour(1).kind is TokenKind.FOR):
            self.last_removed = stems
            self._remove(stems)
        elif self.adding and self.pending:
            self.pending[-1].stems |= stems
            self.result.confidence += WEAK
        else:
            is_named = self.result.stems or self.previous in {TokenKind.ONLY, TokenKind.JUST}
            is_person = token.is_player and not is_named
            candidate = MixCandidate(
                stems,
                is_kept=self.keeping,
                is_for_player=self.for_player or is_person,
                is_weak=token.is_weak,
            )
            self.pending.append(self.result.add(candidate, 0 if token.is_weak else WEAK))
            self._add_stems()
        self.adding = self.for_player = False

    def mix(self, token: Token) -> None:
        """A mix by its name. "Karaoke without drums" is one mix; "no karaoke" is the voice."""
        mix = token.mix or INSTRUMENTAL
        before = self._neighbour(-1)
        if before.mix and before.kind is TokenKind.STEM and before.mix != VOCALS:  # "piano accompaniment"
            self._doubt()
        if self.protecting or self.ignoring:
            self.result.protected = self.result.protected or self.protecting
        elif not mix.without:  # acapella
            self.stem(token)
            self.result.confidence += NAMED - WEAK
        elif self.removing and not self.last_removed:
            self.result.ambiguous = self.result.ambiguous or mix != INSTRUMENTAL
            self.result.add(MixCandidate({Stem.VOCALS}), CLEAR)
            self._end_list()
        else:
            self._end_list()
            confidence = NAMED if mix == INSTRUMENTAL else CLEAR
            self.removal = MixCandidate(set(mix.stems), without=True, is_named=True)
            self.result.add(self.removal, confidence)
            self._add_stems()

    def minus(self, token: Token) -> None:
        """Beside a stem it removes that: "minus drums", "drums minus one"; else it is the karaoke."""
        if self.following is TokenKind.STEM:
            self.without(token)
        elif self.pending and self._neighbour(-1).kind is TokenKind.STEM:
            self.off(token)
        else:
            self.mix(token)

    def other(self, _token: Token) -> None:
        """The rest of the song, unless something was removed; "keep the drums, the rest away" is drums."""
        if self.following in _REMOVERS:
            self.pending, self.rest_removed = [], True
        elif not (self.removing or self.keeping or self.ignoring):
            self.result.add(MixCandidate({Stem.OTHER}, is_rest=True), WEAK)

    def rest(self, token: Token) -> None:
        """Like `other`; alone it names no output."""
        if not (self.result.candidates or self.following in _ABOUT_MUSIC | _REMOVERS | {TokenKind.AND}):
            self._doubt()
        self.other(token)

    def music(self, _token: Token) -> None:
        """Without music is the voice, "only the music" the karaoke; else it changes nothing."""
        is_removed = self.removing and not self.last_removed
        if is_removed or (not self.pending and self._is_removed_after()):
            self.result.add(MixCandidate({Stem.VOCALS}), CLEAR)
            self.removing = False
        elif self.previous in {TokenKind.ONLY, TokenKind.JUST} or self.following in {
            TokenKind.ONLY,
            TokenKind.ALONE,
        }:
            self.result.add(MixCandidate({Stem.VOCALS}, without=True), CLEAR)
        self.result.and_music = self.result.and_music or bool(
            {TokenKind.AND, TokenKind.PLUS} & {self.previous, self.following}
        )

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
        """Everything; "all the drums" is just drums, "all off" removes all."""
        self._end_removal_at_comma()
        if self.following in _REMOVERS and not self.pending:
            self.all_removed = True
            return
        self.result.everything = self.result.everything or not (self.removing or self.following in _OUTPUTS)

    def parts(self, _token: Token) -> None:
        """Stems as such; "karaoke and stems" asks for both, "2 stems" only says how many."""
        self._end_removal_at_comma()
        if self._neighbour(-1).kind is TokenKind.COUNT:
            self.result.odd_count = True
        elif not (self.removing or self.ignoring):
            is_added = self.previous in {TokenKind.AND, TokenKind.PLUS} and bool(self.result.candidates)
            is_every = self.previous is TokenKind.ALL
            self.result.stems = True
            self.result.every_stem = self.result.every_stem or is_every or is_added
            self.result.confidence += CLEAR if is_every else WEAK

    def _is_removed_after(self) -> bool:
        """Whether the word that follows removes this one: "music off"."""
        ahead = [*self._ahead(), TokenKind.STOP]
        return ahead[0] is TokenKind.OFF or (ahead[0] is TokenKind.CUT and ahead[1] in _CLAUSE_ENDS)

    def _end_removal_at_comma(self) -> None:
        """In "no bass, all stems" the comma ended the list of removed stems."""
        self.removing = self.removing and not (self.last_removed and self.previous is TokenKind.COMMA)

    def without(self, token: Token) -> None:
        """What follows is removed; if nothing follows, what was just named."""
        is_last = self.following in _CLAUSE_ENDS | {TokenKind.FORMAT}
        if is_last and self.previous not in _CLAUSE_ENDS and token.kind is TokenKind.NOT:
            if self.pending and self.previous in _OUTPUTS:
                self.off(token)
            else:
                self._doubt()  # "one with drums and one without"
            return
        if self.following is TokenKind.ALL and self.pending:  # "вокал без всего"
            self.alone(token)
            return
        is_contrast = bool(self.removal and self.removal.is_contrast) or any(
            not (each.is_kept or each.is_for_player) for each in self.pending
        )
        contrasting = is_contrast and token.kind is TokenKind.NOT
        if contrasting and self.previous is TokenKind.AND and self.following is TokenKind.STEM:
            self._doubt()  # "drums and no vocals": one output or two
        self._end_list()
        self.removing, self.has_unclear_object = True, False
        self.contrasting = contrasting

    def but(self, token: Token) -> None:
        """Like *without*; but in "remove all but the vocals" they alone stay."""
        removed_after = self._last_of_clause() in _REMOVERS  # "alles außer Gesang weg"
        if removed_after or self.all_removed or (self.removing and not self.last_removed):
            self._end_list()
            self.rest_removed, self.all_removed = removed_after, False
            self.result.confidence += CLEAR - WEAK
        else:
            self.without(token)

    def off(self, token: Token) -> None:
        """What was just named is removed; but in "ボーカル以外を消して" it alone stays."""
        if self.rest_removed:
            self.rest_removed = False
        elif not self.pending and self.previous in _CLAUSE_ENDS and self.following is TokenKind.STEM:
            self.without(token)  # "off vocals"
            return
        elif self.pending:
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
        is_after = self.following not in _OUTPUTS or (
            self.previous in _OUTPUTS and self._last_of_clause() in _VERBS
        )
        (self.off if self.rest_removed or (self.pending and is_after) else self.without)(token)

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
        self.adding = self.protecting = self.ignoring = False

    def plus(self, _token: Token) -> None:
        """The next stem is added to the one before; without one, "more bass" is nothing that we do."""
        self.adding = not self.removing
        self.result.ambiguous = self.result.ambiguous or not (self.result.candidates or self.result.stems)

    def with_(self, _token: Token) -> None:
        """Adds, or says what stays: "without drums, with bass"; in "raus mit dem Bass" it does nothing."""
        if self.previous is TokenKind.STEM and not self.removing:
            self.adding = True
            if self.following is not TokenKind.STEM and len(self.result.candidates) == 1:  # "歌入り"
                self._doubt()
        elif self.previous is TokenKind.STOP and not self.result.candidates:
            self.keeping = True
        elif self.removal and (self.last_removed or not self.removing):
            self.removing, self.keeping = False, True

    def keep(self, _token: Token) -> None:
        """What stands beside it stays."""
        for candidate in self.pending:
            candidate.is_kept = True
        self.keeping = not self.pending
        self.pending, self.removing = [], False

    def yes(self, _token: Token) -> None:
        """What was just named stays."""
        if self.previous in _OUTPUTS:
            for candidate in self.pending:
                candidate.is_kept = True
            self.pending = []

    def protect(self, _token: Token) -> None:
        """Nothing is to be done to what stands beside it."""
        self.result.ambiguous = self.result.ambiguous or bool(self.restorable)
        for candidate in self.pending:
            self.result.candidates.remove(candidate)
        self.result.protected = True
        self.protecting = not self.pending
        self._end_list()

    def instead(self, _token: Token) -> None:
        """What follows is not asked for."""
        self._end_list()
        self.ignoring = True

    def have(self, token: Token) -> None:
        """The sender has what follows, or what was just named."""
        (self.replaced if self.pending and self.previous in _OUTPUTS else self.instead)(token)

    def replaced(self, _token: Token) -> None:
        """What stands before it is not asked for."""
        for candidate in self.pending:
            self.result.candidates.remove(candidate)
        self._end_list()

    def together(self, _token: Token) -> None:
        """All stems that are asked for go into one mix."""
        self.result.single_mix = True

    def one(self, _token: Token) -> None:
        """In "one without drums, one without bass" there are two mixes."""
        if self.following in {TokenKind.NOT, TokenKind.BUT, TokenKind.MIX}:
            self.removal = None

    def for_(self, _token: Token) -> None:
        """In "a backing track for bass", "for a drummer" that is missing, not the voice."""
        ahead = (
            each for each in self.tokens[self.index + 1 :] if each.kind not in _SKIPPED | {TokenKind.ONE}
        )
        if next(ahead, Token(TokenKind.STOP)).is_player and not self.result.candidates:
            self.removing = True
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
        self.result.is_request, self.ignoring = True, False

    def format(self, token: Token) -> None:
        """The format of the files; "not mp3" names none."""
        if self.previous is TokenKind.NOT and not self.last_removed:
            self.removing = False
        else:
            self.result.set_format(token.format)

    def unknown(self, _token: Token) -> None:
        """A word of no language that we know."""
        self.unknown_words += 1
        self.has_unclear_object = self.has_unclear_object or (self.removing and not self.last_removed)
        self._end_list()

    def level(self, token: Token) -> None:
        """How loud something shall be is not ours to set."""
        self.has_level = True
        self.vague(token)

    def pronoun(self, token: Token) -> None:
        """Somebody, not a stem: "without you"."""
        is_object = self.removing and not self.last_removed and self.following is not TokenKind.STEM
        if is_object and self._neighbour(-1).kind in {TokenKind.NOT, TokenKind.BUT}:
            self.unknown(token)

    def neither(self, token: Token) -> None:
        """Before a stem it removes that; else it changes nothing."""
        if self._neighbour(1).kind is TokenKind.STEM:
            self.without(token)

    def question(self, _token: Token) -> None:
        """At its beginning, a sentence is about the song and asks for nothing."""
        self.is_question = self.is_question or self._neighbour(-1).kind in _CLAUSE_ENDS

    def version(self, _token: Token) -> None:
        """A "piano version" is an arrangement."""
        if self._neighbour(-1).kind is TokenKind.STEM and self.pending:
            self._doubt()

    def exclamation(self, _token: Token) -> None:
        """Praise of what follows."""
        if self._neighbour(1).kind is TokenKind.STEM:
            self._doubt()

    def copula(self, _token: Token) -> None:
        """Says something of what was just named."""
        is_subject = self.previous is TokenKind.MIX or (self.previous is TokenKind.STEM and self.pending)
        if is_subject and self._neighbour(1).kind is not TokenKind.STOP:
            self._doubt()

    def ambiguous(self, _token: Token) -> None:
        """Two things may be meant."""
        self._doubt()

    def vague(self, token: Token) -> None:
        """A word about sound that is nothing we make: if it was asked for, the request is not clear."""
        is_asked_for = (
            self.removing
            or self.result.stems
            or self.previous in _BEFORE_OUTPUT
            or self.following in _AFTER_OUTPUT | _OUTPUTS
        )
        self.result.ambiguous = self.result.ambiguous or is_asked_for
        self.unknown(token)
        self.unknown_words += VAGUE_WEIGHT - 1

    def stop(self, _token: Token | None = None) -> None:
        """The sentence ends. If it asked for nothing, its unknown words are small talk."""
        self.result.unknown_words += self.unknown_words if self.is_about_music else 0
        self.result.ambiguous = self.result.ambiguous or (
            self.is_about_music and (self.has_level or self.is_question)
        )
        self.unknown_words, self.is_about_music, self.has_unclear_object = 0, False, False
        self.for_player = self.has_only = self.has_level = self.is_question = False
        self.protecting = self.ignoring = self.rest_removed = self.all_removed = False
        self._end_list()


#: Kinds whose name is a keyword of Python, or means something else there.
_METHODS = {TokenKind.NOT: "without", TokenKind.WITH: "with_", TokenKind.FOR: "for_"}
_HANDLERS = {
    kind: getattr(IntentParser, _METHODS.get(kind, kind.value))
    for kind in TokenKind
    if hasattr(IntentParser, _METHODS.get(kind, kind.value))
}
