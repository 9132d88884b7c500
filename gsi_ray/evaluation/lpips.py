"""LPIPS 0.1 with AlexNet: how far apart two pictures look, at every pixel (Zhang et al., arXiv 1801.03924).

The few weights that were learnt for it come with the packages `lpips` and `torchmetrics`; those of AlexNet itself are a
file that torchvision's makers offer. Without that file there is no LPIPS: weights drawn at random mean nothing.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from gsi_ray.errors import GsiRayError

BACKBONE = "alexnet-owt-7be5be79.pth"
BACKBONE_URL = f"https://download.pytorch.org/models/{BACKBONE}"

# Where the packages that have the learnt weights keep them.
_LEARNT = {"torchmetrics": "functional/image/lpips_models/alex.pth", "lpips": "weights/v0.1/alex.pth"}

# In torchvision's names: stride and padding, weight's shape, and whether a pooling of 3 by 3 pixels comes before.
_LAYERS = {
    "features.0": (4, 2, (64, 3, 11, 11), False),
    "features.3": (1, 2, (192, 64, 5, 5), True),
    "features.6": (1, 1, (384, 192, 3, 3), True),
    "features.8": (1, 1, (256, 384, 3, 3), False),
    "features.10": (1, 1, (256, 256, 3, 3), False),
}

# LPIPS's own mean and spread of the three channels, of values from -1 to 1.
_MEAN = (-0.030, -0.088, -0.188)
_SPREAD = (0.458, 0.448, 0.450)
_TINY = 1e-10

# What is set for cuDNN is set for all threads.
_SETTING = Lock()

Features = list[Tensor]
"""What AlexNet makes of pictures: one tensor (n, c, h, w) for each layer, of length 1 along c."""


class NoLpips(GsiRayError):
    """LPIPS cannot be computed: a file with weights is missing, or is not what it should be."""


class Lpips:
    """The measure, with its weights loaded, on the GPU if there is one."""

    def __init__(self, alexnet: Path | None = None) -> None:
        """Load the weights of AlexNet from a .pth or .safetensors file with torchvision's names; if none is given, from
        where torch keeps its downloads. Raises NoLpips."""
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        backbone = _read_backbone(alexnet)
        self._layers = [
            (
                # The order in which convolutions are fastest.
                backbone[f"{name}.weight"].to(self._device, torch.float32, memory_format=torch.channels_last),
                backbone[f"{name}.bias"].to(self._device, torch.float32),
            )
            for name in _LAYERS
        ]
        learnt = _read_learnt()
        keys = [f"lin{index}.model.1.weight" for index in range(len(_LAYERS))]
        self._learnt = [learnt[key].flatten().to(self._device, torch.float32) for key in keys]
        self._mean, self._spread = (torch.tensor(values, device=self._device) for values in (_MEAN, _SPREAD))

    def keep_to_one_core(self) -> None:
        """Have this thread work on one core, where others have the others: together they do more than taking turns."""
        torch.set_num_threads(1)

    @torch.inference_mode()
    def features(self, pictures: NDArray[np.float32]) -> Features:
        """What AlexNet makes of pictures (n, h, w, 3) with values from -1 to 1, of at least 31 pixels a side."""
        scaled = torch.from_numpy(pictures).to(self._device).sub(self._mean).div_(self._spread)
        found = scaled.permute(0, 3, 1, 2)
        features = []
        with self._in_full_precision():
            for (weight, bias), (stride, padding, _, pooled) in zip(self._layers, _LAYERS.values(), strict=True):
                if pooled:
                    found = F.max_pool2d(found, 3, 2)
                found = F.conv2d(found, weight, bias, stride, padding).relu_()
                features.append(found)
        for values in features:
            values /= torch.linalg.vector_norm(values, dim=1, keepdim=True) + _TINY
        return features

    @torch.inference_mode()
    def distances(self, first: Features, second: Features, kept: NDArray[np.bool_]) -> list[float]:
        """Mean distance of pictures over the pixels that are `kept` (n, h, w), of each; nothing kept is 0.

        The features of one picture may be compared with those of many.
        """
        total = torch.zeros(kept.shape, device=self._device)
        for one, other, weights in zip(first, second, self._learnt, strict=True):
            distance = (one - other).square_().permute(0, 2, 3, 1) @ weights
            total += F.interpolate(distance[:, None], kept.shape[1:], mode="bilinear", align_corners=False)[:, 0]
        mask = torch.from_numpy(kept).to(self._device)
        means = (total * mask).sum(dim=(1, 2)) / mask.sum(dim=(1, 2)).clamp(min=1)
        return [float(mean) for mean in means]

    @contextmanager
    def _in_full_precision(self) -> Iterator[None]:
        """By default cuDNN rounds what it multiplies to 10 bits, which would show in the fourth decimal."""
        if self._device.type == "cpu":
            yield
        else:
            with _SETTING, torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
                yield


def _read_backbone(given: Path | None) -> Mapping[str, Tensor]:
    file = given or Path(torch.hub.get_dir()) / "checkpoints" / BACKBONE
    if not file.is_file():
        raise NoLpips(
            f"LPIPS needs the weights of AlexNet, and there is no {file}: download {BACKBONE_URL} to that place, or "
            "give its path with --alexnet."
        )
    try:
        weights = _read_weights(file)
    except (OSError, EOFError, KeyError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise NoLpips(
            f"The weights of AlexNet in {file} cannot be read ({type(error).__name__}): download {BACKBONE_URL} again."
        ) from error
    for name, (_, _, shape, _) in _LAYERS.items():
        for key, expected in ((f"{name}.weight", shape), (f"{name}.bias", shape[:1])):
            value = weights.get(key) if isinstance(weights, Mapping) else None
            if not isinstance(value, Tensor) or value.shape != expected:
                raise NoLpips(
                    f'The file {file} does not hold torchvision\'s AlexNet (there is no "{key}" of shape {expected}): '
                    f"download {BACKBONE_URL}."
                )
    return weights


def _read_weights(file: Path) -> Mapping[str, Tensor]:
    if file.suffix != ".safetensors":
        return torch.load(file, map_location="cpu", weights_only=True)
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(file)
    except SafetensorError as error:
        raise ValueError("it is no safetensors file") from error


def _read_learnt() -> Mapping[str, Tensor]:
    """The weights that say how much each feature counts. They are found without importing the package."""
    for package, path in _LEARNT.items():
        spec = find_spec(package)
        folders = spec.submodule_search_locations if spec else None
        for file in (Path(folder) / path for folder in folders or ()):
            if file.is_file():
                return torch.load(file, map_location="cpu", weights_only=True)
    raise NoLpips("LPIPS needs the weights that come with torchmetrics: install it with pip install 'gsi-ray[eval]'.")
