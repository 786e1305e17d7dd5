"""Assembles training states into the packaged weights."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from separator.inference.networks.rhythm_net import SHARPNESS, RhythmNet

NOTES = {"licence": "MIT", "card": "docs/models/rhythm.md", "stems": "drums bass other"}


def assemble(states: list[Path], sharpness: float = SHARPNESS) -> RhythmNet:
    """The averaged weights of several runs as one network, in evaluation mode."""
    net = RhythmNet(len(states), sharpness)
    for member, path in zip(net.members, states, strict=True):
        member.load_state_dict(torch.load(path, weights_only=True)["averaged"])
    return net.eval()


def pack(states: list[Path], path: Path) -> None:
    """Write fp16 safetensors; step counts are left out: only training needs them."""
    tensors = assemble(states).state_dict()
    half = {name: value.half().contiguous() for name, value in tensors.items() if value.is_floating_point()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(half, path, metadata=NOTES)
    path.chmod(0o644)  # safetensors writes for its owner alone
