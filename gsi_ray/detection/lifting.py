"""3D boxes of things of any name: found in 2D by a text, masked, and lifted by metric depth, under known intrinsics.

Grounding DINO finds boxes for the label, SAM 2 masks what is in each of them, a Depth Anything with metric depth says
how far away every pixel is, and geometry does the rest (`oriented_boxes`). The models are those of `transformers`; they
run on the GPU where there is one. Depth is taken as it comes: what a model has learned of the scale of things under
other focal lengths is not corrected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import (
    AutoImageProcessor,
    AutoModelForDepthEstimation,
    AutoModelForZeroShotObjectDetection,
    AutoProcessor,
    Sam2Model,
)

from gsi_ray.detection.detector import DetectorError, DetectorFailed, Picture
from gsi_ray.detection.oriented_boxes import Surfaces, distinct, outline
from gsi_ray.detection.records import Detection
from gsi_ray.detection.settings import LiftingSettings
from gsi_ray.lake.exports.gsi_bench import yaw_about_y

# Of the colours in ImageNet, by which SAM 2's inputs are measured.
_MEAN_RGB, _SPREAD_RGB = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Depth is enlarged with a filter that overshoots at edges.
_NEAREST_M = 1e-3
# Weights of these models that are not needed to look at a picture are this share of all at most.
_MOST_MISSING = 0.1
# Two masks with more in common than this are of one thing.
_MOST_OVERLAP = 0.5


@dataclass(frozen=True, eq=False)
class _Found:
    """What the finder saw in one picture: `boxes` (n, 4), x0, y0, x1, y1 in pixels, and their `scores` (n,)."""

    boxes: torch.Tensor
    scores: NDArray[np.float32]


class Lifting:
    """Looks at pictures of one size in batches; what else is in a batch does not change what is found in a picture.

    A detection's label is what was asked for, and its `box_2d` is round its mask. Of two masks with much in common the
    one with the better score stays, and one of hardly any pixels is no find. A picture fails where its depth is not all
    finite, or its intrinsics have no focal length.
    """

    name = "lifting"

    def __init__(self, settings: LiftingSettings) -> None:
        """Load the models. Raises DetectorError where one is not there, or knows no metres."""
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._settings = settings
        # With "pil", what a model gets to see does not depend on whether torchvision is installed.
        self._finder = self._model(AutoModelForZeroShotObjectDetection.from_pretrained, settings.finder)
        self._finder_inputs = _loaded(AutoProcessor.from_pretrained, settings.finder, backend="pil")
        self._segmenter = self._model(Sam2Model.from_pretrained, settings.segmenter)
        self._depth = self._model(AutoModelForDepthEstimation.from_pretrained, settings.depth)
        self._depth_inputs = _loaded(AutoImageProcessor.from_pretrained, settings.depth, backend="pil")
        if getattr(self._depth.config, "depth_estimation_type", None) != "metric":
            raise DetectorError(
                f'The model "{settings.depth}" does not say how many metres away things are: give one of the Depth '
                "Anything models with metric depth."
            )

    def _model(self, load: Callable[..., Any], name: str) -> Any:
        model, report = _loaded(load, name, use_safetensors=True, output_loading_info=True)
        # What is missing is drawn at random, with no more than a warning.
        if len(report["missing_keys"]) > _MOST_MISSING * len(model.state_dict()):
            raise _of_another_kind(name)
        return model.to(self.device).eval()

    @torch.inference_mode()
    def detect(self, pictures: Sequence[Picture]) -> list[tuple[Detection, ...] | DetectorFailed]:
        """What there is in each picture, in their order; nothing is an empty tuple."""
        answers: dict[int, tuple[Detection, ...] | DetectorFailed] = {}
        for numbers in self._batches(pictures):
            batch = [pictures[number] for number in numbers]
            images = [Image.fromarray(picture.rgb) for picture in batch]
            found = self._find(images, [picture.label for picture in batch])
            masks = self._segment(images, [one.boxes for one in found])
            for number, picture, one, shown, depth in zip(
                numbers, batch, found, masks, self._estimate(images), strict=True
            ):
                answers[number] = _lift(picture, shown, one.scores, depth)
        return [answers[number] for number in range(len(pictures))]

    def _batches(self, pictures: Sequence[Picture]) -> Iterator[list[int]]:
        """The numbers of pictures of one size, not too many at a time."""
        by_size: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        for number, picture in enumerate(pictures):
            by_size[picture.rgb.shape].append(number)
        for numbers in by_size.values():
            for start in range(0, len(numbers), self._settings.batch_size):
                yield numbers[start : start + self._settings.batch_size]

    def _find(self, images: list[Image.Image], labels: list[str]) -> list[_Found]:
        # The form of text that the model was trained on: small letters, and a full stop after each thing.
        texts = [f"{label.strip().lower().rstrip('.')}." for label in labels]
        inputs = self._finder_inputs(images=images, text=texts, padding=True, return_tensors="pt").to(self.device)
        results = self._finder_inputs.post_process_grounded_object_detection(
            self._finder(**inputs),
            inputs["input_ids"],
            threshold=self._settings.box_threshold,
            text_threshold=self._settings.text_threshold,
            target_sizes=[(image.height, image.width) for image in images],
        )
        found = []
        for text, result in zip(texts, results, strict=True):
            boxes, scores = result["boxes"].cpu(), result["scores"].cpu()
            # Of no boxes, there is one empty text.
            named = torch.tensor([_names(seen, text) for seen in result["text_labels"][: len(boxes)]], dtype=torch.bool)
            found.append(_Found(boxes[named], scores[named].numpy()))
        return found

    def _segment(self, images: list[Image.Image], boxes: list[torch.Tensor]) -> list[NDArray[np.bool_]]:
        """Masks (n, h, w) of what is in the boxes (n, 4) of each picture, all in one pass."""
        width, height = images[0].size
        most = max(len(some) for some in boxes)
        masks = [np.zeros((0, height, width), dtype=np.bool_)] * len(images)
        filled = [number for number, some in enumerate(boxes) if len(some)]
        if not filled:
            return masks
        # SAM 2 wants equally many boxes in each picture, and looks at each on its own: the first makes up the number.
        padded = torch.stack([torch.cat([boxes[n], boxes[n][:1].repeat(most - len(boxes[n]), 1)]) for n in filled])
        side = self._segmenter.config.prompt_encoder_config.image_size
        scale = torch.tensor([side / width, side / height] * 2)
        output = self._segmenter(
            pixel_values=self._squares([images[n] for n in filled], side),
            input_boxes=(padded * scale).to(self.device),
            multimask_output=False,
        )
        for number, logits in zip(filled, output.pred_masks, strict=True):
            shown = torch.nn.functional.interpolate(logits, (height, width), mode="bilinear", align_corners=False)
            masks[number] = (shown[: len(boxes[number]), 0] > 0.0).cpu().numpy()
        return masks

    def _squares(self, images: list[Image.Image], side: int) -> torch.Tensor:
        """Pictures (n, 3, side, side) as SAM 2 takes them.

        Its own image processor does the same, but wants torchvision, which nothing else here needs.
        """
        pixels = torch.from_numpy(np.stack([np.asarray(image) for image in images])).to(self.device)
        resized = torch.nn.functional.interpolate(
            pixels.permute(0, 3, 1, 2).float(), (side, side), mode="bilinear", align_corners=False, antialias=True
        )
        mean, spread = (
            torch.tensor(values, device=self.device).reshape(3, 1, 1) for values in (_MEAN_RGB, _SPREAD_RGB)
        )
        return (resized.round() / 255.0 - mean) / spread

    def _estimate(self, images: list[Image.Image]) -> list[NDArray[np.float32]]:
        """Planar depth (h, w) in metres of each picture."""
        inputs = self._depth_inputs(images=images, return_tensors="pt").to(self.device)
        sizes = [(image.height, image.width) for image in images]
        results = self._depth_inputs.post_process_depth_estimation(self._depth(**inputs), target_sizes=sizes)
        return [result["predicted_depth"].float().clamp(min=_NEAREST_M).cpu().numpy() for result in results]


def _loaded(load: Callable[..., Any], name: str, **options: Any) -> Any:
    """A model or what prepares its inputs. Raises DetectorError where it is not there, or is another."""
    try:
        return load(name, trust_remote_code=False, **options)
    except OSError as error:
        raise DetectorError(
            f'The model "{name}" is not on this machine, and cannot be had from the Hugging Face hub '
            f"({str(error).splitlines()[0].rstrip('.')}); run 'hf download {name}' where there is a network and bring "
            "its cache here, or name a folder that has the model with its weights as safetensors."
        ) from error
    except ValueError as error:
        raise _of_another_kind(name) from error


def _of_another_kind(name: str) -> DetectorError:
    return DetectorError(
        f'The model "{name}" is not of the kind that its place is for: give a Grounding DINO as "finder", a SAM 2 as '
        '"segmenter", and a Depth Anything as "depth".'
    )


def _names(seen: str, text: str) -> bool:
    """Whether some word that was seen is one of a text, and not its full stop."""
    words = [word.strip(".#") for word in seen.split()]
    return any(word and word in text for word in words)


def _lift(
    picture: Picture, masks: NDArray[np.bool_], scores: NDArray[np.float32], depth: NDArray[np.float32]
) -> tuple[Detection, ...] | DetectorFailed:
    if not np.isfinite(depth).all():
        return DetectorFailed("the depth model gave no number for some pixels")
    if picture.intrinsics[0, 0] <= 0.0 or picture.intrinsics[1, 1] <= 0.0:
        return DetectorFailed("the intrinsics have no focal length")
    surfaces = Surfaces.of(depth, picture.intrinsics)
    detections = []
    for number in distinct(masks, scores, _MOST_OVERLAP):
        box = surfaces.box(masks[number])
        if box is not None:
            box_3d = np.array([*box.center, *box.size, yaw_about_y(box.rotation)])
            detections.append(Detection(picture.label, outline(masks[number]), box_3d, box.rotation))
    return tuple(detections)
