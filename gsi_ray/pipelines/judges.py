"""Ways to a judge: engines of vLLM that Ray Data runs, or a server. Both take questions and give verdicts."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from ray.data import ActorPoolStrategy, Dataset

from gsi_ray.judging import Inquiry, JudgeUnavailable, Request, Verdict, judgement_row, read_verdict
from gsi_ray.judging.server import Answer, ServedJudge, message_content, require_server
from gsi_ray.recipes import Judge

JOB, OF, INQUIRY, REQUEST, FAILURE = "job", "of", "inquiry", "request", "failure"
"""Columns of a question: the number of its job; how many questions that has; the number of its inquiry; what to ask,
or why nothing can be asked, in which case there is no request."""
ROW, UNREACHABLE = "row", "unreachable"
"""Columns of a verdict, beside `JOB`, `OF` and `FAILURE`: a row of `judgements` as JSON, empty where there was no
request; and whether nobody could be asked."""

_CPUS = 0.2
"""What the tasks and actors around a judge take of a core: most of the time they wait for it."""
_BATCH = 16
_INFERENCE_ERROR = "__inference_error__"
"""Ray's column for rows that a processor is to leave alone."""


class Transport(Protocol):
    """How questions come to a judge, and its answers back."""

    def answered(self, questions: Dataset) -> Dataset:
        """Questions to verdicts, in any order."""


def transport(judge: Judge, inquiries: Sequence[Inquiry]) -> Transport:
    """The way to the judge of some inquiries. Raises JudgeUnavailable where it is plain that there is none."""
    if judge.server is not None:
        require_server(judge)
        return Served(judge, inquiries)
    _require_engine(judge)
    return Engines(judge, inquiries)


class Served:
    """A judge on a server: one actor asks it, many questions at once."""

    def __init__(self, judge: Judge, inquiries: Sequence[Inquiry]) -> None:
        self._judge = judge
        self._inquiries = inquiries

    def answered(self, questions: Dataset) -> Dataset:
        """Pictures become part of messages in tasks, beside each other; an answer is awaited without a thread."""
        at_once = self._judge.requests_at_once
        return questions.map(_Messages(self._judge), num_cpus=_CPUS).map_batches(
            _Asker,
            fn_constructor_args=(self._judge, self._inquiries),
            batch_size=_BATCH,
            batch_format="numpy",
            num_cpus=_CPUS,
            compute=ActorPoolStrategy(size=1, max_concurrent_calls_per_actor=1 + math.ceil(at_once / _BATCH)),
        )


class _Messages:
    def __init__(self, judge: Judge) -> None:
        self._max_pixels = judge.max_pixels

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """A question with its message as JSON; a request whose picture is broken has none."""
        request: Request | None = row[REQUEST]
        if request is None:
            return {**row, "message": "", "error": ""}
        try:
            message, error = json.dumps(message_content(request, self._max_pixels)), ""
        except OSError as broken:
            message, error = "", _unreadable(broken)
        return {**row, REQUEST: request.without_pictures(), "message": message, "error": error}


class _Asker:
    """Called by Ray Data with some questions at a time, and with the next ones while those are being answered."""

    def __init__(self, judge: Judge, inquiries: Sequence[Inquiry]) -> None:
        self._inquiries = inquiries
        self._judge = ServedJudge(judge)
        self._under_way = asyncio.Semaphore(judge.requests_at_once)

    async def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """A batch of questions to a batch of verdicts."""
        rows = [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        verdicts = await asyncio.gather(*map(self._ask, rows))
        return {name: [verdict[name] for verdict in verdicts] for name in verdicts[0]}

    async def _ask(self, row: dict[str, Any]) -> dict[str, Any]:
        inquiry = self._inquiries[row[INQUIRY]]
        if row["error"]:
            answer = Answer(error=row["error"])
        elif row["message"]:
            async with self._under_way:
                answer = await self._judge.ask(json.loads(row["message"]), inquiry.rubric, inquiry.seed)
        else:  # nothing to ask: in a batch of numpy the request may be NaN then, and not None
            answer = None
        return _verdict(inquiry, row, answer)


class Engines:
    """A judge that vLLM runs: as many engines as the judge has replicas, fed by Ray Data's processor for them."""

    def __init__(self, judge: Judge, inquiries: Sequence[Inquiry]) -> None:
        self._judge = judge
        self._inquiries = inquiries

    def answered(self, questions: Dataset) -> Dataset:
        """Questions without a request pass the processor by, as rows with an error do."""
        from ray.data.llm import build_processor, vLLMEngineProcessorConfig

        judge = self._judge
        config = vLLMEngineProcessorConfig(
            model_source=judge.model,
            engine_kwargs=dict(judge.engine),
            concurrency=judge.replicas,
            batch_size=min(_BATCH, judge.requests_at_once),
            max_concurrent_batches=math.ceil(judge.requests_at_once / _BATCH),
            placement_group_config={"bundles": [{"CPU": 1}]} if judge.device == "cpu" else None,
            chat_template_stage={"enabled": True, "num_cpus": _CPUS},
            # The engine does both itself, and pictures are decoded where questions are made.
            tokenize_stage=False,
            detokenize_stage=False,
            prepare_multimodal_stage=False,
            should_continue_on_error=True,
            log_engine_metrics=judge.device == "gpu",
            runtime_env={"env_vars": {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}},
        )
        with _quiet():
            processor = build_processor(
                config,
                preprocess=_Prompts(judge, self._inquiries),
                preprocess_map_kwargs={"num_cpus": _CPUS},
                postprocess_map_kwargs={"num_cpus": _CPUS},
            )
        return processor(questions).map(_Verdicts(judge, self._inquiries), num_cpus=_CPUS)


class _Prompts:
    def __init__(self, judge: Judge, inquiries: Sequence[Inquiry]) -> None:
        self._max_pixels = judge.max_pixels
        self._sampling = [
            {
                "max_tokens": judge.max_tokens,
                "temperature": judge.temperature,
                "seed": inquiry.seed,
                "structured_outputs": {"json": inquiry.rubric.answer},
            }
            for inquiry in inquiries
        ]

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """What the processor needs of a question, its pictures decoded."""
        request: Request | None = row[REQUEST]
        if request is None:
            return {_INFERENCE_ERROR: "nothing to ask"}
        slim = request.without_pictures()
        try:
            pictures = [picture.image(self._max_pixels) for picture in request.pictures]
        except OSError as broken:
            return {REQUEST: slim, _INFERENCE_ERROR: _unreadable(broken)}
        content = [
            {"type": "text", "text": part} if isinstance(part, str) else {"type": "image"} for part in request.parts
        ]
        return {
            REQUEST: slim,
            "messages": [{"role": "user", "content": content}],
            "multimodal_data": {"image": pictures},
            "sampling_params": self._sampling[row[INQUIRY]],
            _INFERENCE_ERROR: "",
        }


class _Verdicts:
    def __init__(self, judge: Judge, inquiries: Sequence[Inquiry]) -> None:
        self._max_tokens = judge.max_tokens
        self._inquiries = inquiries

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row that comes from the processor to a verdict."""
        if row[REQUEST] is None:
            answer = None
        elif row[_INFERENCE_ERROR]:
            answer = Answer(error=str(row[_INFERENCE_ERROR]))
        else:
            is_cut = row["num_generated_tokens"] >= self._max_tokens
            answer = Answer(row["generated_text"], is_cut=is_cut)
        return _verdict(self._inquiries[row[INQUIRY]], row, answer)


@contextmanager
def _quiet() -> Iterator[None]:
    """Ray tells that it is initialised again, and from then on would tell everything."""
    logger = logging.getLogger("ray")
    level = logger.level
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        logger.setLevel(level)


def _verdict(inquiry: Inquiry, row: Mapping[str, Any], answer: Answer | None) -> dict[str, Any]:
    """Only texts and numbers."""
    kept = {JOB: int(row[JOB]), OF: int(row[OF]), FAILURE: str(row[FAILURE])}
    if answer is None:
        return {**kept, ROW: "", UNREACHABLE: False}
    request: Request = row[REQUEST]
    if answer.text is None:
        verdict = Verdict(error=answer.error)
    else:
        verdict = read_verdict(answer.text, inquiry.rubric, request.subject, is_cut=answer.is_cut)
    judgement = judgement_row(request, inquiry.judge.name, inquiry.rubric_name, verdict, answer.text)
    return {**kept, ROW: json.dumps(judgement), UNREACHABLE: answer.is_unreachable}


def _unreadable(error: OSError) -> str:
    return f"A picture of the sample cannot be read: {error}"


def _require_engine(judge: Judge) -> None:
    if importlib.util.find_spec("vllm") is None:
        raise JudgeUnavailable(
            f"The judge {judge.name} is run by vLLM, which is not installed: pip install 'gsi-ray[vllm]', or name a "
            "server in the judge's file."
        )
    is_on_hub = re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", judge.model) is not None
    if not (Path(judge.model) / "config.json").is_file() and (not is_on_hub or Path(judge.model).exists()):
        raise JudgeUnavailable(
            f"There is no model in {judge.model}, which the judge {judge.name} is to be: give the folder with its "
            "config.json, or its name on the Hugging Face hub."
        )
