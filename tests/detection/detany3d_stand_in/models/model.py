"""A stand-in for the class of this name in the official code of GSI-Bench, with its call surface and its frames.

Like the real one it sees a picture with 896 pixels on its longest side, and says where in that a thing is; the
intrinsics it uses as they are given. What it finds are patches of colour: `mug` is what is mostly red, `book` what is
mostly blue, all of them 2 m away and 20 cm in size. Some labels make it misbehave.
"""

import os
import time
from pathlib import Path

import numpy as np
from PIL import Image

SIDE, PATCH = 896, 14
DEPTH_M, SIZE_M = 2.0, 0.2
COLORS = {"mug": 0, "book": 2}


class DetAny3DInference:
    def __init__(self, config_path="./detect_anything/configs/demo.yaml"):
        if not Path(config_path).is_file():
            raise FileNotFoundError(f"Config file not found: {config_path}")
        print("Loading SAM model...")
        if "STAND_IN_PROCESS" in os.environ:
            Path(os.environ["STAND_IN_PROCESS"]).write_text(str(os.getpid()))
        self.dino_model = None if os.environ.get("STAND_IN_WITHOUT_DINO") else object()

    def predict(
        self,
        image_path,
        text_prompts=None,
        point_coords=None,
        bbox_coords=None,
        output_dir="./results",
        show_orientation=True,
        gt_camera_intrinsics=None,
    ):
        assert isinstance(image_path, np.ndarray) and image_path.dtype == np.uint8 and image_path.flags.writeable
        assert image_path.ndim == 3 and image_path.shape[2] == 3
        assert isinstance(text_prompts, list) and len(text_prompts) == 1
        assert point_coords is None and bbox_coords is None
        assert output_dir is None and not show_orientation
        assert isinstance(gt_camera_intrinsics, np.ndarray) and gt_camera_intrinsics.shape == (3, 3)
        [label] = text_prompts
        print(f"Running on a picture of {image_path.shape} for {label}")
        if label == "ghost":
            raise RuntimeError("CUDA error: an illegal memory access was encountered\nand more lines")
        if label == "crash":
            print("Segmentation fault")
            os._exit(139)
        if label == "statue":
            time.sleep(60)
        center, half = self._patch(image_path, COLORS[label]) if label in COLORS else (None, None)
        depth = np.nan if label == "fog" else DEPTH_M
        if label == "fog":
            center = half = np.array([1.0, 1.0])
        detections = []
        if center is not None:
            position = np.linalg.inv(gt_camera_intrinsics) @ [*center, 1.0] * depth
            detections.append(
                {
                    "label": f"a {label}",
                    "bbox_3d": [float(value) for value in [*position, SIZE_M, SIZE_M, SIZE_M, 0.0]],
                    "bbox_2d": [float(value) for value in [*(center - half), *(center + half)]],
                    "iou_score": 0.9,
                    "rotation_matrix": np.eye(3).tolist(),
                    "position_3d": [float(value) for value in position],
                }
            )
        return {"img_shape": image_path.shape[:2], "detections": detections, "visualization_image": image_path}

    def _patch(self, picture, channel):
        """Middle and half extent, in the pixels that the network sees, of what is mostly of a colour."""
        height, width = picture.shape[:2]
        scale = SIDE / max(height, width)
        size = int(width * scale + 0.5), int(height * scale + 0.5)
        seen = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR)).astype(int)
        left, top = (side // 2 - side // PATCH * PATCH // 2 for side in size)
        cut = seen[top : top + size[1] // PATCH * PATCH, left : left + size[0] // PATCH * PATCH]
        others = [other for other in range(3) if other != channel]
        rows, columns = np.nonzero(cut[..., channel] > 1.5 * cut[..., others].max(axis=-1))
        if not len(rows):
            return None, None
        low, high = np.array([columns.min(), rows.min()]), np.array([columns.max() + 1, rows.max() + 1])
        return (low + high) / 2.0, (high - low) / 2.0
