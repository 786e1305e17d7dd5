"""`python -m training`: all, prepare, train, pack, evaluate, artefacts, plot; see docs/models/rhythm.md."""

import argparse
import json
from functools import partial
from pathlib import Path
from typing import TypeAlias

import torch

from separator.inference.networks.rhythm_net import PACKAGED, SHARPNESS, RhythmNet, load_rhythm
from training import artefacts, pipeline, plot
from training.evaluate import Song, available, load_songs, scores, split
from training.hpss import split as classical
from training.report import report
from training.trainer import Recipe, Run, prepare
from training.weights import assemble, pack


def main() -> None:
    """Run one command."""
    args = _parser().parse_args()
    torch.set_num_threads(args.threads)
    args.run(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training")
    parser.add_argument(
        "--folder", type=Path, default=Path(".training"), help="songs, states and logs go here"
    )
    parser.add_argument("--threads", type=int, default=1)
    commands = parser.add_subparsers(required=True)
    for add in (_all_command, _prepare_command, _train_command, _pack_command):
        add(commands)
    _evaluate_command(commands)
    _artefacts_command(commands)
    _plot_command(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - its only name


def _all_command(commands: Commands) -> None:
    defaults = pipeline.Schedule()
    command = commands.add_parser(
        "all", help="songs, two seeds, the better one, curve: from nothing to the package"
    )
    command.add_argument("--songs", type=int, default=defaults.songs)
    command.add_argument("--steps", type=int, default=defaults.steps)
    _add_samples_option(command)
    command.set_defaults(
        run=lambda a: pipeline.run(a.folder, pipeline.Schedule(a.songs, a.steps, samples=a.samples))
    )


def _prepare_command(commands: Commands) -> None:
    command = commands.add_parser("prepare", help="render songs")
    command.add_argument("--songs", type=int, default=pipeline.Schedule().songs)
    command.add_argument("--first", type=int, default=0)
    command.add_argument("--every", type=int, default=1)
    _add_samples_option(command)
    command.set_defaults(run=lambda a: prepare(a.folder / "songs", a.songs, a.first, a.every, a.samples))


def _add_samples_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--samples", type=Path, help="a folder of recorded instruments with a manifest")


def _train_command(commands: Commands) -> None:
    command = commands.add_parser("train", help="train one seed, or resume it")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--steps", type=int, default=pipeline.Schedule().steps)
    command.add_argument("--rate", type=float, default=Recipe.rate, help="the highest learning rate")
    command.add_argument("--render-every", type=int, default=0, help="steps between fresh songs; 0: none")
    _add_samples_option(command)
    command.add_argument("--start", default="", help="safetensors to start from; random weights if none")
    command.add_argument("--eager", action="store_true", help="without torch.compile")
    command.set_defaults(run=_train)


def _pack_command(commands: Commands) -> None:
    command = commands.add_parser("pack", help="put the averaged weights of runs into the package")
    command.add_argument("states", type=Path, nargs="+")
    command.set_defaults(run=lambda a: pack(a.states, PACKAGED))


def _evaluate_command(commands: Commands) -> None:
    command = commands.add_parser("evaluate", help="score on real songs")
    _add_measuring_options(command)
    command.add_argument("--hpss", action="store_true", help="score HPSS instead")
    command.add_argument("--json", type=Path, help="write the scores to this file, too")
    command.add_argument("--against", type=Path, help="compare with the scores in such a file, song by song")
    command.set_defaults(run=_evaluate)


def _artefacts_command(commands: Commands) -> None:
    command = commands.add_parser("artefacts", help="seams, pumping, holes, leaks on real songs")
    _add_measuring_options(command)
    command.add_argument("--pictures", type=Path, help="a folder for spectrograms of the first song")
    command.set_defaults(run=_artefacts)


def _add_measuring_options(command: argparse.ArgumentParser) -> None:
    """Add the options that every measurement on real songs has."""
    folders = [Path("../shared/audio"), Path("../shared/audio2")]
    command.add_argument("--audio", type=Path, nargs="+", default=folders, help="folders of songs")
    command.add_argument("--states", type=Path, nargs="*", help="training states; packaged weights if none")
    command.add_argument("--sharpness", type=float, default=SHARPNESS)
    command.add_argument("--songs", nargs="*", help="these songs only")


def _plot_command(commands: Commands) -> None:
    command = commands.add_parser("plot", help="draw the learning curve")
    command.add_argument("logs", type=Path, nargs="+")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=lambda a: plot.curve(a.logs, a.out))


def _train(args: argparse.Namespace) -> None:
    recipe = Recipe(
        args.seed,
        args.steps,
        rate=args.rate,
        compile=not args.eager,
        render_every=args.render_every,
        samples=str(args.samples or ""),
        start=args.start,
    )
    Run(args.folder / f"seed{args.seed}", args.folder / "songs", recipe).train()


def _evaluate(args: argparse.Namespace) -> None:
    splitter = classical if args.hpss else partial(split, _net(args))
    rows = {song.name: scores(song, splitter) for song in _songs(args)}
    print(report(rows, json.loads(args.against.read_text()) if args.against else None))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def _artefacts(args: argparse.Namespace) -> None:
    net, songs = _net(args), _songs(args)
    print(artefacts.table(net, songs))
    if args.pictures:
        parts = split(net, songs[0].accompaniment)
        plot.spectrograms([songs[0].mixture, songs[0].accompaniment, *parts], args.pictures / "split.png")


def _net(args: argparse.Namespace) -> RhythmNet:
    return assemble(args.states, args.sharpness) if args.states else load_rhythm()


def _songs(args: argparse.Namespace) -> list[Song]:
    return load_songs(args.audio, args.songs or available(args.audio))


if __name__ == "__main__":
    main()
