"""`python -m gsi_ray.pipelines.probe` starts Ray, runs a task, and prints what Ray has. `gsi-ray doctor` runs it."""

from __future__ import annotations

import ray

from gsi_ray.pipelines.starting import start_ray


@ray.remote
def _one() -> int:
    return 1


def main() -> None:
    """Use the cluster that RAY_ADDRESS names, or else start one on this machine."""
    start_ray()
    assert ray.get(_one.remote()) == 1
    resources = ray.cluster_resources()
    print(f"{ray.__version__}: {resources.get('CPU', 0):g} CPUs, {resources.get('GPU', 0):g} GPUs")
    ray.shutdown()


if __name__ == "__main__":
    main()
