"""Which operation an instruction asks for, by its wording alone: GSI-Bench's edits do not say it otherwise."""

from __future__ import annotations

from typing import Literal

Operation = Literal["move", "rotate", "remove", "scale", "view"]

_VERBS: dict[Operation, tuple[str, ...]] = {
    "move": ("move", "shift", "relocate", "place", "put", "push", "pull"),
    "rotate": ("rotate", "turn", "spin"),
    "remove": ("remove",),
    "scale": ("scale", "resize", "make", "shrink", "reduce", "enlarge", "expand", "increase"),
    "view": ("view", "changeview", "look"),
}
_OPERATION_OF_VERB = {verb: operation for operation, verbs in _VERBS.items() for verb in verbs}


class UnknownOperation(ValueError):
    """An instruction whose first word is none of the verbs."""


def operation_of(prompt: str) -> Operation:
    """The operation of an instruction. Raises UnknownOperation.

    It is that of the first word, after "please". Whatever speaks of the camera, other than of what is "from the camera"
    or "to the camera", is about the view.

    >>> operation_of("Please move the mug 15 centimeters to the left.")
    'move'
    >>> operation_of("Move the camera to the left by 0.2 meters.")
    'view'
    """
    if "camera" in prompt and "from the camera" not in prompt and "to the camera" not in prompt:
        return "view"
    verb, _, rest = prompt.partition(" ")
    if verb.lower() == "please":
        verb = rest.partition(" ")[0]
    operation = _OPERATION_OF_VERB.get(verb.lower())
    if operation is None:
        raise UnknownOperation(
            f'"{verb}" is no verb of GSI-Bench, in "{prompt}": begin with one of {", ".join(_OPERATION_OF_VERB)}'
        )
    return operation
