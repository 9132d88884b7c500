"""Singling objects out by words: a person who has only the picture must pick the same one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gsi_ray.operations.edits import Designation, Edit
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState

# Of the 441 from black to white.
_CLEAR_COLOR_DISTANCE = 50.0

# Colours that people may call by each other's name, depending on the light.
_CONFUSABLE = tuple(
    frozenset(pair)
    for pair in (
        ("red", "orange"), ("red", "pink"), ("red", "brown"), ("orange", "yellow"), ("orange", "brown"),
        ("yellow", "beige"), ("beige", "white"), ("beige", "brown"), ("beige", "gray"), ("white", "gray"),
        ("gray", "black"), ("brown", "black"), ("blue", "purple"), ("purple", "pink"), ("green", "blue"),
        ("green", "yellow"), ("beige", "pink"), ("beige", "orange"), ("brown", "green"), ("black", "green"),
        ("black", "blue"), ("black", "purple"), ("brown", "purple"),
    )
)  # fmt: skip


def address(view: View, target: ObjectState) -> Designation | Rejection:
    """Words for an object that is to be edited; or why it cannot be: other things stand on it, or no words do."""
    if view.state.resting_on(target.object_id):
        return Rejection.CARRIES_OTHERS
    return designate(view, target) or Rejection.AMBIGUOUS


def address_again(view: View, done: Edit) -> Designation | Rejection:
    """Words for the target of an edit in the view after it, to edit it once more; or why it cannot be."""
    target = next((item for item in view.targets if done.target and item.object_id == done.target.object_id), None)
    return Rejection.NO_TARGET if target is None else address(view, target)


def designate(view: View, item: ObjectState) -> Designation | None:
    """Words for an object, the fewest that do: its category, else with its colour, else with its place in view."""
    return designate_by_look(view, item) or designate_by_place(view, item)


def designate_by_look(view: View, item: ObjectState) -> Designation | None:
    """Words for an object that do not depend on where it is: its category alone, or with its colour."""
    rivals = rivals_of(view, item)
    if not rivals:
        return Designation(item.object_id, item.category)
    if item.color and all(_clearly_differ(view, item, rival) for rival in rivals):
        return Designation(item.object_id, item.category, color=item.color)
    return None


def designate_by_place(view: View, item: ObjectState) -> Designation | None:
    """Words for an object among others alike, by a superlative that holds by a clear margin; None if none does."""
    rivals = rivals_of(view, item)
    for name, superlative in SUPERLATIVES.items():
        if rivals and superlative.holds(view, item, rivals):
            return Designation(item.object_id, item.category, superlative=name)
    return None


def rivals_of(view: View, item: ObjectState) -> tuple[ObjectState, ...]:
    """Other objects in view, however little of them shows, that the words for an object's category would fit too."""
    fits = (item.category, f" {item.category}")
    return tuple(
        other
        for other in view.in_view
        if other.object_id != item.object_id and (other.category == fits[0] or other.category.endswith(fits[1]))
    )


def _clearly_differ(view: View, item: ObjectState, rival: ObjectState) -> bool:
    """Whether two colours go by names that nobody confuses, and are far apart in this picture's light as well."""
    if rival.color in ("", item.color) or frozenset((item.color, rival.color)) in _CONFUSABLE:
        return False
    return float(np.linalg.norm(view.mean_color(item) - view.mean_color(rival))) >= _CLEAR_COLOR_DISTANCE


@dataclass(frozen=True)
class Superlative:
    """What makes an object "the ...most": it leads in every one of some measures by a margin.

    Several measures, because people judge by different ones; the words must hold whichever they use.
    """

    measures: Callable[[View, ObjectState], tuple[float, ...]]
    margin: Callable[[View], float]
    sign: float

    def holds(self, view: View, item: ObjectState, rivals: Sequence[ObjectState]) -> bool:
        """Whether `item` leads all its rivals."""
        own, margin = self.measures(view, item), self.margin(view)
        return all(
            self.sign * (mine - theirs) >= margin
            for rival in rivals
            for mine, theirs in zip(own, self.measures(view, rival), strict=True)
        )


def _place_in_image(view: View, item: ObjectState) -> tuple[float, ...]:
    """Column in pixels of what is visible, and of the true centre."""
    left, _, right, _ = view.bounds(item)
    return (left + right) / 2.0, float(view.camera.project(item.box.center)[0][0])


def _distance(view: View, item: ObjectState) -> tuple[float, ...]:
    """Metres from the camera along the line of sight, and in depth."""
    straight = float(np.linalg.norm(item.box.center - view.camera.position))
    return straight, float(view.camera.project(item.box.center)[1])


def _height(_: View, item: ObjectState) -> tuple[float, ...]:
    """Metres above the floor of underside, middle and top."""
    return item.box.bottom, float(item.box.center[2]), item.box.top


def _image_margin(view: View) -> float:
    return view.choices.superlative_margin_image * view.camera.width


def _metric_margin(view: View) -> float:
    return view.choices.superlative_margin_m


SUPERLATIVES: dict[str, Superlative] = {
    "leftmost": Superlative(_place_in_image, _image_margin, -1.0),
    "rightmost": Superlative(_place_in_image, _image_margin, 1.0),
    "closest": Superlative(_distance, _metric_margin, -1.0),
    "farthest": Superlative(_distance, _metric_margin, 1.0),
    "highest": Superlative(_height, _metric_margin, 1.0),
    "lowest": Superlative(_height, _metric_margin, -1.0),
}
