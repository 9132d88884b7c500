"""What an action is, how its arguments are matched, and how it can fail."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.thor_player.game import Game

F = TypeVar("F", bound=Callable[..., Any])

_ACTIONS: dict[str, _Action] = {}

_ENVELOPE = frozenset({"action", "sequenceId", "agentId"})
# These may come with any action: they are about the answer to it.
_ABOUT_ANSWER = frozenset(
    {"renderImage", "renderDepthImage", "renderInstanceSegmentation", "renderObjectImage"}
    | {"renderSemanticSegmentation", "renderClassImage"}
)
# Time goes on while the client is thinking: by so much with each action, unless physics is paused.
_BETWEEN_ACTIONS_S = 0.04


class ActionFailed(Exception):
    """An action was understood and cannot be done: it fails with this message, which may be empty."""


class Refused(Exception):
    """A request makes no action; the client turns these errors into a ValueError, by their code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Outcome:
    """How an action went. What `emits` may be answered with a patch."""

    error_code: str = ""
    error_message: str = ""
    returned: Any = None
    succeeded: bool = True
    emits: bool = False


@dataclass(frozen=True)
class _Action:
    function: Callable[..., Any]
    emits: bool


def action(*, emits: bool = False) -> Callable[[F], F]:
    """Make a function of the game an action under its own name; its other parameters are the action's arguments.

    It returns the `actionReturn`. One that takes any further arguments ignores those it does not know.
    """

    def enter(function: F) -> F:
        _ACTIONS[function.__name__] = _Action(function, emits)
        return function

    return enter


def perform(game: Game, request: Mapping[str, Any]) -> Outcome:
    """Do what the client asks for, and let the world go on."""
    name = request["action"]
    emits = False
    try:
        if name not in _ACTIONS:
            raise Refused("InvalidAction", f"Invalid action: {name}")
        emits = _ACTIONS[name].emits
        function = _ACTIONS[name].function
        outcome = Outcome(returned=function(game, **_arguments(function, request)), emits=emits)
    except Refused as refusal:
        outcome = Outcome(refusal.code, str(refusal), succeeded=False)
    except ActionFailed as failure:
        outcome = Outcome("", str(failure), succeeded=False, emits=emits)
    except Exception as failure:  # as the real player does: a fault of an action is no fault of the player
        message = f"{type(failure).__name__}: {failure}. trace: {traceback.format_exc()}"
        outcome = Outcome("UnhandledException", message, succeeded=False)
    if game.world is not None and not game.paused:
        game.world.advance(_BETWEEN_ACTIONS_S)
    return outcome


def _arguments(function: Callable[..., Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """What of a request is for the function; refuses it where it lacks something, or has what nobody knows."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    named = {each.name: each for each in parameters if each.kind is not each.VAR_KEYWORD}
    arguments = {name: value for name, value in request.items() if name not in _ENVELOPE}
    missing = [name for name, each in named.items() if each.default is each.empty and name not in arguments]
    if missing:
        raise Refused("MissingArguments", f"{function.__name__} lacks {', '.join(missing)}")
    if len(named) < len(parameters):
        return arguments
    unknown = sorted(arguments.keys() - named.keys() - _ABOUT_ANSWER)
    if unknown:
        raise Refused("InvalidArgument", f"{function.__name__} does not know {', '.join(unknown)}")
    return {name: value for name, value in arguments.items() if name in named}
