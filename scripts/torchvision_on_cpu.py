"""Lets a torchvision that was built for GPUs be imported without CUDA. Put into an environment as sitecustomize.py.

Its compiled operators cannot be loaded then, and it only asks that two of them have been declared: nobody calls them.
"""

import sys
from importlib.abc import MetaPathFinder

_OPERATORS = ("nms", "qnms")


class _Declaring(MetaPathFinder):
    """Finds nothing, but notices who is looked for."""

    def find_spec(self, name, path=None, target=None):
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch

            self.library = torch.library.Library("torchvision", "DEF")  # gone, its declarations would be, too
            for operator in _OPERATORS:
                self.library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


_declaring = _Declaring()
sys.meta_path.insert(0, _declaring)
