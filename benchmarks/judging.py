"""What judging takes beside vLLM itself: .venv-judge/bin/python -m benchmarks.judging [SHARDS].

A tiny random Qwen3-VL on the CPU is asked the shipped rubric `plausibility` about made-up pairs of 512 px: once by the
bare engine, given decoded pictures and finished prompts, and as `gsi-ray judge` does, through Ray Data. That is timed
for SHARDS shards (12 if not given) and for a quarter of them, and the difference counts, so that what it takes to start
drops out. `make test-judge` makes the environment.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.resident import resident_mb
from gsi_ray.judging import Inquiry, Request, load_rubric, subject_of
from gsi_ray.judging.subjects import COLUMNS
from gsi_ray.lake import ShardName, scan, write_shard
from gsi_ray.pipelines.judge import Extent
from gsi_ray.pipelines.judge import judge as judge_lake
from gsi_ray.pipelines.starting import start_ray
from gsi_ray.recipes import Judge
from tests.triplets import make_triplet
from tests.vllm.tiny_judge import engine_arguments, make_tiny_judge

SHARDS = 12
SAMPLES_PER_SHARD = 16
SIDE = 512
SEQUENCES = 16
MAX_TOKENS = 640
RUBRIC = load_rubric("plausibility")


def make_lake(lake: str, shards: int) -> str:
    """Pairs of pictures that no two samples share."""
    rng = np.random.default_rng(0)
    for shard in range(shards):
        samples = [make_triplet(rng) for _ in range(SAMPLES_PER_SHARD)]
        samples = [
            replace(one, before=replace(one.before, rgb=picture(rng)), after=replace(one.after, rgb=picture(rng)))
            for one in samples
        ]
        write_shard(samples, lake, str(ShardName("ab", shard)), split="train", environment="tabletop")
    return lake


def picture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Patches of random colours."""
    return np.kron(rng.integers(0, 256, (16, 16, 3), np.uint8), np.ones((SIDE // 16, SIDE // 16, 1), np.uint8))


def bare(model: str, requests: list[Request], warm_up: int) -> float:
    """Seconds that the engine takes for all but the first `warm_up` requests."""
    from vllm import LLM, SamplingParams
    from vllm.sampling_params import StructuredOutputsParams

    engine = LLM(model, **engine_arguments(SEQUENCES))
    answer = StructuredOutputsParams(json=RUBRIC.answer)
    sampling = SamplingParams(max_tokens=MAX_TOKENS, temperature=0.0, seed=0, structured_outputs=answer)
    prompts = [prompt(engine.get_tokenizer(), request) for request in requests]
    engine.generate(prompts[:warm_up], sampling, use_tqdm=False)
    began = time.perf_counter()
    engine.generate(prompts[warm_up:], sampling, use_tqdm=False)
    return time.perf_counter() - began


def prompt(tokenizer: Any, request: Request) -> dict[str, Any]:
    """A request as the bare engine takes it."""
    content = [{"type": "text", "text": part} if isinstance(part, str) else {"type": "image"} for part in request.parts]
    messages = [{"role": "user", "content": content}]
    return {
        "prompt": tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True),
        "multi_modal_data": {"image": [one.image(SIDE * SIDE) for one in request.pictures]},
    }


def through_ray(judge: Judge, lake: str) -> float:
    """Seconds for all samples of a lake, the start of an engine with them."""
    began = time.perf_counter()
    judge_lake(lake, [judge], [RUBRIC], Extent())
    return time.perf_counter() - began


def main(arguments: list[str]) -> None:
    """Measure, and print a table."""
    shards = int(arguments[0]) if arguments else SHARDS
    few = shards // 4
    with tempfile.TemporaryDirectory() as folder:
        model = str(make_tiny_judge(Path(folder) / "tiny"))
        judge = Judge(
            name="tiny",
            model=model,
            engine=engine_arguments(SEQUENCES),
            device="cpu",
            max_pixels=SIDE * SIDE,
            max_tokens=MAX_TOKENS,
            requests_at_once=2 * SEQUENCES,
        )
        lakes = [make_lake(f"{folder}/{count}", count) for count in (few, shards)]
        start_ray()
        times, memory = [], []
        for lake in lakes:
            times.append(through_ray(judge, lake))
            memory.append(resident_mb())
        ray.shutdown()
        inquiry = Inquiry(judge, RUBRIC)
        rows = scan("triplets", lakes[1]).select(COLUMNS).collect().iter_rows(named=True)
        requests = [inquiry.request(subject_of(row)) for row in rows]
        engine_s = bare(model, requests, few * SAMPLES_PER_SHARD)
    show(len(requests) - few * SAMPLES_PER_SHARD, engine_s, times[1] - times[0], memory)


def show(requests: int, engine_s: float, ray_s: float, memory: list[float]) -> None:
    """The table."""
    table = Table("", "requests/s", "seconds", title=f"{requests} requests", title_justify="left")
    table.add_row("bare engine", f"{requests / engine_s:.2f}", f"{engine_s:.1f}")
    table.add_row("gsi-ray judge", f"{requests / ray_s:.2f}", f"{ray_s:.1f}")
    table.add_row("overhead", f"{ray_s / engine_s - 1.0:+.1%}", f"{ray_s - engine_s:+.1f}")
    console = Console()
    console.print(table)
    console.print(f"Memory of the driver: {memory[0]:,.0f} MB after few, {memory[1]:,.0f} MB after all.")


if __name__ == "__main__":
    main(sys.argv[1:])
