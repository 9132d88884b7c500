"""Who judges: a vision-language model that vLLM runs here, or that a server runs somewhere; or several that vote."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gsi_ray.limits import Positive, PositiveCount

JUDGE_NAME = r"^[a-z0-9][a-z0-9.-]*$"
"""What a judge may be called in a lake, be it a model, a panel or a person."""


class Judge(BaseModel):
    """A model, and how it is asked. `model` is its name on the Hugging Face hub, its folder, or what a server calls it.

    Without a `server`, Ray Data starts `replicas` engines of vLLM with the arguments in `engine` (see vLLM's "engine
    arguments"), each on `tensor_parallel_size` GPUs, or on the CPU. With one, that is the URL of any server with
    OpenAI's chat completions, such as http://localhost:8000/v1, of which `requests_at_once` are asked at once; each is
    tried up to `tries` times and waited for up to `timeout_s`; its key is in the environment variable that
    `key_variable` names.

    With a `pool`, only those nodes of a cluster do any of it that have the label `pool` of this value.

    A picture of more than `max_pixels` is made smaller. An answer may have `max_tokens`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    name: str = Field(pattern=JUDGE_NAME)
    model: str = Field(min_length=1)
    description: str = ""
    max_pixels: int = Field(default=1_048_576, ge=1024)
    max_tokens: PositiveCount = 512
    temperature: float = Field(default=0.0, ge=0.0, le=2.0)
    seed: int = 0
    requests_at_once: PositiveCount = 64
    pool: str | None = None

    engine: dict[str, Any] = Field(default_factory=dict)
    replicas: PositiveCount = 1
    device: Literal["gpu", "cpu"] = "gpu"

    server: str | None = Field(default=None, pattern=r"^https?://[^/]+")
    key_variable: str | None = None
    timeout_s: Positive = 120.0
    tries: PositiveCount = 6

    @model_validator(mode="after")
    def _runs_in_one_place(self) -> Judge:
        given = self.model_fields_set
        if self.server is not None and given & {"engine", "replicas", "device"}:
            raise ValueError("a judge with a server has no engine, replicas or device here: leave those, or it, out")
        if self.server is None and given & {"key_variable", "timeout_s", "tries"}:
            raise ValueError("key_variable, timeout_s and tries are for a judge with a server: name it, or leave them")
        return self

    @property
    def bears_on_answers(self) -> dict[str, Any]:
        """The settings that an answer depends on: where and how fast the model runs is none of them."""
        return self.model_dump(include={"model", "max_pixels", "max_tokens", "temperature", "seed"})


class Panel(BaseModel):
    """Judges that vote, each the name of one that comes with the package, or its file beside the panel's own.

    The score is the mean of theirs. By `majority` that is accepted which more than half of them accept; by `mean`, what
    the rubric accepts with that score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=JUDGE_NAME)
    description: str = ""
    members: tuple[str, ...] = Field(min_length=2)
    vote: Literal["majority", "mean"]
