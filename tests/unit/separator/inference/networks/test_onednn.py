"""oneDNN's layers give PyTorch's numbers, and do their packing once."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from separator.inference import precision
from separator.inference.networks import onednn

pytestmark = pytest.mark.skipif(not onednn.is_available(), reason="LOUD: no oneDNN here, nothing is compared")

CPU = torch.device("cpu")
VERBOSE = torch.backends.mkldnn


def noise(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@torch.inference_mode()
@pytest.mark.parametrize("dilation", [1, 2])
def test_a_convolution_gives_the_same_for_sounds_of_any_size(dilation):
    """Its weight is packed for the first that comes; what comes later need not be as long."""
    weight, bias = noise(24, 16, 3, 3), noise(24, seed=2)
    layer = onednn.Conv(weight, bias, torch.float32, "sigmoid", dilation)
    for batch, rows, columns in ((1, 8, 40), (2, 8, 40), (1, 3, 7)):
        x = noise(batch, rows, columns, 16, seed=3)
        sides = {"padding": (1, dilation), "dilation": (1, dilation)}
        expected = functional.conv2d(x.permute(0, 3, 1, 2), weight, bias, **sides).permute(0, 2, 3, 1)
        torch.testing.assert_close(layer(x), expected.sigmoid(), atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_a_convolution_packs_its_weight_once(capfd):
    """On a processor with tiles (AMX) packing takes ten times as long as what is packed for."""
    dtype = torch.bfloat16 if precision.is_fast(CPU, torch.bfloat16) else torch.float32
    layer, x = onednn.Conv(noise(96, 96, 3, 3), noise(96), dtype), noise(1, 16, 64, 96).to(dtype)
    layer(x)
    with VERBOSE.verbose(VERBOSE.VERBOSE_ON):
        layer.times(x, layer(x))
    calls = [line for line in capfd.readouterr().out.splitlines() if ",exec," in line]
    assert len(calls) == 2
    assert not [line for line in calls if ",reorder," in line]
