"""The trainer: one process, one seed, resumable from its last checkpoint."""

import json
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from separator.inference.networks.rhythm_net import STEMS, BandSplitUNet, load_rhythm
from training import pool
from training.batches import BatchMixer, after_vocal_stage
from training.pool import VALIDATION, render, rendered

SAVE_EVERY_S = 120.0
LOG_EVERY, CHECK_EVERY = 20, 250  # steps
VALIDATION_SONGS = 16
AUDIBLE = 0.003  # share of the power under which a stem is not scored: -25 dB


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters."""

    seed: int
    steps: int
    batch: int = 4
    rate: float = 2e-3
    warm_up: int = 100
    averaging: float = 0.998
    clip: float = 1.0
    compile: bool = True  # needs a C++ compiler; a third faster
    render_every: int = 0  # a fresh song each so many steps, while training goes on; 0: never
    samples: str = ""  # a folder of recorded instruments for those songs
    start: str = ""  # safetensors of one network to start from; random weights if none

    def rate_at(self, step: int) -> float:
        """The learning rate of a step: a warm-up, then constant.

        Measured: falling to zero at the end, it fits the synthetic songs better and real ones worse.
        """
        return self.rate * min(1.0, (step + 1) / self.warm_up)


def loss(logits: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
    """L1 of real and imaginary parts over the mean input, plus 0.03 times the error in decibels."""
    masks = logits.float().softmax(dim=1)[..., None]
    parts = torch.view_as_real(inputs)  # real and imaginary
    error = masks * parts[:, None] - torch.view_as_real(targets)
    level = parts.abs().mean(dim=(1, 2, 3, 4)).clamp_min(1e-4)
    l1 = error.abs().mean(dim=(2, 3, 4, 5)).sum(dim=1) / level
    power = parts.square().mean(dim=(1, 2, 3, 4)).clamp_min(1e-8)
    decibels = 10 * torch.log10(error.square().mean(dim=(2, 3, 4, 5)) / power[:, None] + 1e-3)
    return l1.mean() + 0.03 * decibels.mean()


class Run:
    """A training run in a folder: `state.pt`, `log.jsonl`, `averaged-00250.pt` and so on to choose from."""

    def __init__(self, folder: Path, songs: Path, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.folder, self.songs, self.recipe = folder, songs, recipe
        self.net, self.averaged = BandSplitUNet(), BandSplitUNet()
        if recipe.start:
            self.net.load_state_dict(load_rhythm(Path(recipe.start)).members[0].state_dict())
        self.averaged.load_state_dict(self.net.state_dict())
        self.averaged.eval()
        self.forward = torch.compile(self.net, dynamic=False) if recipe.compile else self.net
        self.loss = torch.compile(loss, dynamic=False) if recipe.compile else loss
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=recipe.rate, weight_decay=1e-2)
        self.step, self.cpu_s, self.stopping = 0, 0.0, False
        self.batches = BatchMixer(songs, recipe.seed, recipe.batch)
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "state.pt").exists():
            self._resume()

    def train(self) -> None:
        """Train to the last step, or until SIGTERM; the next run resumes there."""
        signal.signal(signal.SIGTERM, self._request_stop)
        saved, began, done = time.monotonic(), time.process_time(), self.step
        losses = []
        while self.step < self.recipe.steps and not self.stopping:
            if self.recipe.render_every and self.step % self.recipe.render_every == 0:
                number = self.recipe.seed * 100_000 + 50_000 + self.step // self.recipe.render_every
                render(self.songs, number, Path(self.recipe.samples) if self.recipe.samples else None)
            losses.append(self._train_step())
            self.step += 1
            if self.step % LOG_EVERY == 0:
                cpu = time.process_time() - began
                self._log(loss=float(np.mean(losses)), s_per_step=cpu / (self.step - done))
                losses = []
            if self.step % CHECK_EVERY == 0:
                self._log(**validate(self.averaged, self.songs))
                torch.save(
                    {"averaged": self.averaged.state_dict()}, self.folder / f"averaged-{self.step:05d}.pt"
                )
            if time.monotonic() - saved > SAVE_EVERY_S or self.step == self.recipe.steps:
                self.cpu_s, began, done = (
                    self.cpu_s + time.process_time() - began,
                    time.process_time(),
                    self.step,
                )
                self._save()
                saved = time.monotonic()
        self._save()

    def _request_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _train_step(self) -> float:
        inputs, targets = self.batches.batch_at(self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate_at(self.step)
        self.net.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.forward(inputs)
        value = self.loss(logits, inputs, targets)
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.recipe.clip)
        self.optimiser.step()
        self._average()
        return float(value.detach())

    @torch.no_grad()
    def _average(self) -> None:
        """Update the exponential moving average of the weights; faster at first."""
        decay = min(self.recipe.averaging, (1 + self.step) / (10 + self.step))
        for mean, new in zip(
            self.averaged.state_dict().values(), self.net.state_dict().values(), strict=True
        ):
            if mean.is_floating_point():
                mean.lerp_(new, 1 - decay)

    def _log(self, **facts: float) -> None:
        entry = {"step": self.step, "at": round(time.time()), **{k: round(v, 4) for k, v in facts.items()}}
        with (self.folder / "log.jsonl").open("a") as file:
            file.write(json.dumps(entry) + "\n")

    def _save(self) -> None:
        state: dict[str, Any] = {
            "net": self.net.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "cpu_s": self.cpu_s,
            "recipe": asdict(self.recipe),
        }
        part = self.folder / "state.part"
        torch.save(state, part)
        part.replace(self.folder / "state.pt")

    def _resume(self) -> None:
        state = torch.load(self.folder / "state.pt", weights_only=True)
        self.net.load_state_dict(state["net"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.cpu_s = state["step"], state["cpu_s"]


@torch.inference_mode()
def validate(net: nn.Module, songs: Path) -> dict[str, float]:
    """On held-out synthetic songs: the loss, and the median SDR of each stem in dB."""
    scores: dict[str, list[float]] = {"loss": [], "drums": [], "bass": [], "other": []}
    for seed in rendered(songs, validation=True)[:VALIDATION_SONGS]:
        stems = torch.stack([pool.stem(songs, seed, 0, i) for i in range(4)])
        inputs, targets = after_vocal_stage(stems, pool.mask(songs, seed, 0))
        logits = net(inputs[None])
        scores["loss"].append(float(loss(logits, inputs[None], targets[None])))
        errors = (logits[0].softmax(dim=0) * inputs - targets).abs().square().sum(dim=(1, 2, 3))
        powers = targets.abs().square().sum(dim=(1, 2, 3))
        for name, power, error in zip(STEMS, powers.tolist(), errors.tolist(), strict=True):
            if power > AUDIBLE * sum(powers.tolist()):
                scores[name].append(10 * np.log10(power / error))
    return {f"val_{name}": float(np.median(values)) for name, values in scores.items() if values}


def prepare(songs: Path, count: int, first: int, every: int, samples: Path | None = None) -> None:
    """Render songs `first`, `first + every` ... below `count`, and a share of the validation songs."""
    for seed in range(first, VALIDATION_SONGS, every):
        render(songs, VALIDATION + seed, samples)
    for seed in range(first, count, every):
        render(songs, seed, samples)
