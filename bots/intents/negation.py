"""What a negated verb or noun means, before the grammar reads it.

    don't remove the drums      NEGATION CUT STEM        PROTECT STEM
    I don't want any vocals     NEGATION ASK STEM        NOT ASK STEM
    вокал не нужен              STEM NEGATION ASK        STEM OFF ASK
    not only vocals             NEGATION ONLY STEM       AMBIGUOUS
    no lo quiero sin voz        NEGATION ASK NOT STEM    AMBIGUOUS

Each clause is read by itself; one without a negation stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.intents.lexicon import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterable

OUTPUTS = frozenset(
    {
        TokenKind.STEM,
        TokenKind.MIX,
        TokenKind.MINUS,
        TokenKind.MUSIC,
        TokenKind.LYRICS,
        TokenKind.OTHER,
        TokenKind.REST,
    }
)
_ENDS = frozenset({TokenKind.STOP, TokenKind.COMMA, TokenKind.PROTECT})
_PASSED_OVER = frozenset({TokenKind.FILLER, TokenKind.PRONOUN, TokenKind.COPULA, TokenKind.PLAY})
_ONLY_NOUNS = _PASSED_OVER | OUTPUTS | {TokenKind.AND, TokenKind.ASK, TokenKind.FORMAT, TokenKind.STOP}
_ONLY = frozenset({TokenKind.ONLY, TokenKind.JUST})
_REMOVED = frozenset({TokenKind.QUESTION, TokenKind.NOT, TokenKind.BUT, TokenKind.OFF, TokenKind.BESIDES})


def resolve_negations(tokens: Iterable[Token]) -> list[Token]:
    """The tokens of a message, with every negation replaced by what it does."""
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        clauses[-1].append(token)
        if token.kind in _ENDS:
            clauses.append([])
    kinds = [{token.kind for token in clause} for clause in clauses]
    around = zip(clauses, [set(), *kinds[:-1]], [*kinds[1:], set()], strict=True)
    return [token for clause, before, after in around for token in _resolve(clause, before, after)]


def _resolve(clause: list[Token], before: set[TokenKind], after: set[TokenKind]) -> list[Token]:
    """One clause without its negations.

    Args:
        clause: Its tokens.
        before: The kinds of the clause before it.
        after: The kinds of the clause after it.
    """
    kinds = [token.kind for token in clause]
    places = [index for index, kind in enumerate(kinds) if kind is TokenKind.NEGATION]
    if not places:
        spoken = [kind for kind in kinds if kind not in _PASSED_OVER]
        is_answer = not before and spoken[:2] == [TokenKind.NOT, TokenKind.ASK]  # "no, give me …"
        return clause[1:] if is_answer and kinds[0] is TokenKind.NOT else clause
    if TokenKind.CUT in kinds:
        is_noun_negated = _next(kinds, places[-1]) in OUTPUTS and _previous(kinds, places[-1]) in OUTPUTS
        meaning, dropped = TokenKind.PROTECT, None if is_noun_negated else TokenKind.CUT  # "remove X, not Y"
    elif _REMOVED & set(kinds) or any(_next(kinds, place) in _ONLY for place in places):
        meaning, dropped = TokenKind.AMBIGUOUS, None
    elif _begins_with_noun(kinds) and before & {TokenKind.CUT, TokenKind.NOT}:
        meaning, dropped = TokenKind.PROTECT, None
    elif _begins_with_noun(kinds) and after <= _ONLY_NOUNS and after & OUTPUTS:
        meaning, dropped = TokenKind.AMBIGUOUS, None  # "not the vocals, the drums"
    else:  # "don't keep X" removes it
        meaning, dropped = None, TokenKind.KEEP
    resolved = []
    for index, token in enumerate(clause):
        if token.kind is TokenKind.NEGATION:
            resolved.append(Token(meaning or _removal(kinds, index)))
        elif token.kind is not dropped:
            resolved.append(token)
    return resolved


def _begins_with_noun(kinds: list[TokenKind]) -> bool:
    """Whether a clause is a negated noun, without a verb."""
    return next((kind for kind in kinds if kind not in _PASSED_OVER), None) is TokenKind.NEGATION and (
        _next(kinds, kinds.index(TokenKind.NEGATION)) is TokenKind.STEM
    )


def _removal(kinds: list[TokenKind], place: int) -> TokenKind:
    """Which side of a negation is removed: the noun before it, or else the one after it."""
    after = _next(kinds, place)
    before = _previous(kinds, place, frozenset() if after else frozenset({TokenKind.ASK}))
    if before in OUTPUTS and after in {None, TokenKind.ASK, TokenKind.FORMAT, TokenKind.AND}:
        return TokenKind.OFF
    if after is TokenKind.FORMAT:
        return TokenKind.NOT
    if after in {TokenKind.MIX, TokenKind.MINUS}:  # "no, the karaoke", or no karaoke
        return TokenKind.AMBIGUOUS
    return TokenKind.NOT if OUTPUTS & set(kinds[place:]) else TokenKind.FILLER


def _next(kinds: list[TokenKind], place: int) -> TokenKind | None:
    ahead = (kind for kind in kinds[place + 1 :] if kind not in _PASSED_OVER | _ENDS)
    return next(ahead, None)


def _previous(
    kinds: list[TokenKind], place: int, also_passed_over: frozenset[TokenKind] = frozenset()
) -> TokenKind | None:
    passed_over = _PASSED_OVER | also_passed_over
    return next((kind for kind in reversed(kinds[:place]) if kind not in passed_over), None)
