"""`python -m training prepare | train | pack | evaluate | plot | all`; see docs/models/rhythm.md."""

import argparse
from functools import partial
from pathlib import Path

import torch

from separator.models.rhythm_net import PACKAGED, SHARPNESS, load_rhythm
from training.evaluate import DEVELOPMENT, FAIR, load_songs, scores, split, table
from training.hpss import split as classical
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
    render = commands.add_parser("prepare", help="render songs")
    render.add_argument("--songs", type=int, default=400)
    render.add_argument("--first", type=int, default=0)
    render.add_argument("--every", type=int, default=1)
    render.set_defaults(run=lambda a: prepare(a.folder / "songs", a.songs, a.first, a.every))
    train = commands.add_parser("train", help="train one seed, or go on with it")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--steps", type=int, default=4000)
    train.add_argument("--render-every", type=int, default=0)
    train.set_defaults(run=_train)
    measure = commands.add_parser("evaluate", help="score on real songs")
    measure.add_argument("--audio", type=Path, default=Path("../shared/audio"))
    measure.add_argument(
        "--states", type=Path, nargs="*", help="training states; the packaged weights if none"
    )
    measure.add_argument("--sharpness", type=float, default=SHARPNESS)
    measure.add_argument("--hpss", action="store_true", help="score the classical way instead")
    measure.add_argument(
        "--all", action="store_true", help="with the songs that are kept for the last measurement"
    )
    measure.set_defaults(run=_evaluate)
    keep = commands.add_parser("pack", help="put the averaged weights of runs into the package")
    keep.add_argument("states", type=Path, nargs="+")
    keep.set_defaults(run=_pack)
    return parser


def _train(args: argparse.Namespace) -> None:
    recipe = Recipe(args.seed, args.steps, render_every=args.render_every)
    Run(args.folder / f"seed{args.seed}", args.folder / "songs", recipe).go()


def _evaluate(args: argparse.Namespace) -> None:
    songs = load_songs(args.audio, list(FAIR) if args.all else list(DEVELOPMENT))
    splitter = classical
    if not args.hpss:
        net = assemble(args.states, args.sharpness) if args.states else load_rhythm()
        splitter = partial(split, net)
    print(table({song.name: scores(song, splitter) for song in songs}))


def _pack(args: argparse.Namespace) -> None:
    pack(args.states, PACKAGED, {"licence": "MIT", "card": "docs/models/rhythm.md"})


if __name__ == "__main__":
    main()
