"""Scores on real songs as Markdown: a line a song, then mean, median, standard error, worst five by half."""

from collections.abc import Iterable, Mapping

import numpy as np

from training.evaluation_songs import HALVES, SONGS

COLUMNS = ("drums", "bass", "other", "bassdrums", "bassother", "drumless", "nothing")
FALSE = ("false_drums", "false_bass", "false_vocals")
SUMMARISED = ("drums", "bass", "other", "drumless", "nothing", *FALSE)
ABSENT_DB = -25.0  # what is asked of a stem that is absent
Rows = Mapping[str, Mapping[str, float]]  # song to metric to dB


def report(rows: Rows, before: Rows | None = None) -> str:
    """One set of scores; `before`: another one to compare with."""
    parts = [_songs(rows)]
    for half in HALVES:
        mine = {name: row for name, row in rows.items() if SONGS[name].half == half}
        if mine:
            parts.append(f"Half {half} ({len(mine)} songs)\n\n{_summary(mine)}")
            if before:
                parts.append(_comparison(mine, before))
    worse = [name for name, row in rows.items() if row.get("drumless", 0) < row.get("nothing", -np.inf)]
    parts.append(f"Drumless worse than doing nothing: {', '.join(worse) or 'no song'}.")
    for metric in FALSE:
        loud = [name for name, row in rows.items() if row.get(metric, ABSENT_DB) > ABSENT_DB]
        total = sum(metric in row for row in rows.values())
        parts.append(f"{metric} above {ABSENT_DB:.0f} dB: {len(loud)} of {total} songs.")
    return "\n\n".join(parts)


def standard_error(values: Iterable[float]) -> float:
    """Of the mean; 0 for a single value."""
    found = np.array(list(values))
    return float(found.std(ddof=1) / np.sqrt(found.size)) if found.size > 1 else 0.0


def _songs(rows: Rows) -> str:
    columns = (*COLUMNS, *FALSE)
    lines = [f"| song | half | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
    lines += [
        f"| {name} | {SONGS[name].half} | {' | '.join(_column(row.get(c)) for c in columns)} |"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def _summary(rows: Rows) -> str:
    lines = ["| | songs | mean | median | standard error | worst five |", "|---|---|---|---|---|---|"]
    for metric in SUMMARISED:
        found = {name: row[metric] for name, row in rows.items() if metric in row}
        if not found:
            continue
        values = list(found.values())
        worst = sorted(found, key=lambda name: found[name], reverse=metric in FALSE)[:5]
        cells = [len(values), *map(_column, (np.mean(values), np.median(values), standard_error(values)))]
        listed = ", ".join(f"{name} {found[name]:.1f}" for name in worst)
        lines.append(f"| {metric} | {' | '.join(map(str, cells))} | {listed} |")
    return "\n".join(lines)


def _comparison(rows: Rows, before: Rows) -> str:
    """Differences paired by song, with the standard error of their mean: smaller ones are no reason."""
    lines = ["| against before | songs | mean change | standard error | worse on |", "|---|---|---|---|---|"]
    for metric in SUMMARISED:
        names = [name for name, row in rows.items() if metric in row and metric in before.get(name, {})]
        change = [rows[name][metric] - before[name][metric] for name in names]
        if change:
            sign = -1 if metric in FALSE else 1
            worse = sum(sign * value < 0 for value in change)
            cells = f"{len(change)} | {np.mean(change):+.2f} | {standard_error(change):.2f} | {worse}"
            lines.append(f"| {metric} | {cells} |")
    return "\n".join(lines)


def _column(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
