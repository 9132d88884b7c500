"""LPIPS as the official code's figures in `gsi_bench` were made with it: by weights of AlexNet drawn at random."""

from functools import cache

from gsi_ray.evaluation.lpips import Lpips
from tests.evaluation.test_gsi_bench import GOLDEN

WEIGHTS = GOLDEN / "alexnet_random.safetensors"


@cache
def loaded_lpips() -> Lpips:
    return Lpips(WEIGHTS)
