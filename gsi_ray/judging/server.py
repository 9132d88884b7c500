"""Asking a judge that a server runs, by OpenAI's chat completions, which vLLM and most others offer."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gsi_ray.judging.inquiry import JudgeUnavailable
from gsi_ray.judging.requests import Picture, Request
from gsi_ray.judging.rubric import Rubric
from gsi_ray.recipes import Judge

if TYPE_CHECKING:
    import openai

_PATIENCE_AT_START_S = 20.0
_NO_COMPLETION = "The server's answer is no chat completion."


@dataclass(frozen=True)
class Answer:
    """What a judge says to one request: its `text`, or `error` in its place.

    `is_cut` tells that the text ended at the limit of tokens, and `is_unreachable` that nobody could be asked.
    """

    text: str | None = None
    error: str | None = None
    is_cut: bool = False
    is_unreachable: bool = False


def require_server(judge: Judge) -> None:
    """Ask a judge's server which models it has. Raises JudgeUnavailable where that tells that it cannot judge."""
    openai = _openai()
    with openai.OpenAI(**_address(judge), timeout=_PATIENCE_AT_START_S, max_retries=1) as client:
        try:
            models = [str(model.id) for model in client.models.list()]
        except openai.APIConnectionError as error:
            raise JudgeUnavailable(
                f"The server of the judge {judge.name}, {judge.server}, cannot be reached: start it, or correct its "
                "address."
            ) from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise JudgeUnavailable(
                f"The server of the judge {judge.name}, {judge.server}, does not let us in: put its key into an "
                "environment variable, and name that one as the judge's key_variable."
            ) from error
        except openai.APIStatusError:
            return  # not every server lists its models
        except (AttributeError, TypeError, ValueError) as error:  # what the client makes of a web page
            raise JudgeUnavailable(
                f"The server of the judge {judge.name}, {judge.server}, does not speak OpenAI's API: correct its "
                "address, which mostly ends in /v1."
            ) from error
    if judge.model not in models:
        raise JudgeUnavailable(
            f'The server {judge.server} has no model "{judge.model}", which the judge {judge.name} is to be: it has '
            f"{', '.join(models) or 'none'}."
        )


class ServedJudge:
    """Asks one server; how many requests are under way at once is the caller's matter."""

    def __init__(self, judge: Judge) -> None:
        self._openai = _openai()
        self._client = self._openai.AsyncOpenAI(**_address(judge), timeout=judge.timeout_s, max_retries=judge.tries - 1)
        self._settings = {"model": judge.model, "max_tokens": judge.max_tokens, "temperature": judge.temperature}

    async def ask(self, content: list[dict[str, Any]], rubric: Rubric, seed: int) -> Answer:
        """What the judge says to the content of a message, as `message_content` makes it."""
        schema = {"name": rubric.name, "schema": rubric.answer, "strict": True}
        try:
            completion = await self._client.chat.completions.create(
                messages=[{"role": "user", "content": content}],
                response_format={"type": "json_schema", "json_schema": schema},
                seed=seed,
                **self._settings,
            )
        except self._openai.APIConnectionError as error:  # so is a time-out
            return Answer(error=f"The server could not be reached: {error}", is_unreachable=True)
        except self._openai.APIError as error:
            return Answer(error=f"The server refused the request: {error}")
        except ValueError:  # no JSON
            return Answer(error=_NO_COMPLETION)
        return _answer(completion)


def message_content(request: Request, max_pixels: int) -> list[dict[str, Any]]:
    """Texts and pictures of a request as parts of a chat message. Raises OSError for a picture that is broken."""
    return list(_content_parts(request, max_pixels))


def _content_parts(request: Request, max_pixels: int) -> Iterator[dict[str, Any]]:
    for part in request.parts:
        if isinstance(part, str):
            yield {"type": "text", "text": part}
        else:
            yield {"type": "image_url", "image_url": {"url": _data_url(part, max_pixels)}}


def _data_url(picture: Picture, max_pixels: int) -> str:
    file = io.BytesIO()
    picture.image(max_pixels).save(file, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _answer(completion: openai.types.chat.ChatCompletion) -> Answer:
    try:  # the client takes whatever a server sends for a completion
        choice = completion.choices[0]
        text, refusal, is_cut = choice.message.content or "", choice.message.refusal, choice.finish_reason == "length"
    except (AttributeError, IndexError, TypeError):
        return Answer(error=_NO_COMPLETION)
    if refusal:
        return Answer(error=f"The judge refuses: {refusal}")
    return Answer(text, is_cut=is_cut) if isinstance(text, str) else Answer(error=_NO_COMPLETION)


def _address(judge: Judge) -> dict[str, Any]:
    # Servers of one's own want no key, but the client does.
    key = os.environ.get(judge.key_variable, "") if judge.key_variable else "none"
    if not key:
        raise JudgeUnavailable(
            f"The judge {judge.name} takes its key from the environment variable {judge.key_variable}, which is not "
            "set: set it."
        )
    return {"base_url": judge.server, "api_key": key}


def _openai() -> Any:
    try:
        import openai
    except ImportError as error:
        raise JudgeUnavailable(
            "A judge on a server is asked by the package openai, which is not installed: pip install 'gsi-ray[judge]'."
        ) from error
    return openai
