"""How instructions are worded: sentences with slots by operation, and the phrases that fill the slots by word.

This module is data. A sentence fits an edit when all its slots can be filled for it, so "Shrink the {target} by
{percent_smaller}." serves only factors below 1 and "Tilt the camera {pitch} by {angle}." only tilts. The slots:

- `{target}`, `{reference}`: referring expressions without article;
- `{distance}`, `{angle}`, `{times}`, `{percent_larger}`, `{percent_smaller}`: quantities with their unit;
- `{direction}`, `{relation}`, `{placement}`: one of the phrases below for that word of the parameters; for a camera
  edit the slot of the direction is called like its axis, `{move}`, `{yaw}` or `{pitch}`.

Rules that every English sentence keeps, so that the official GSI-Bench evaluator reads the operation off it: the first
word (after "Please") is one of the operation's verbs there, and "camera" stands in edits of objects only as "from the
camera" or "to the camera", in edits of the camera never so. What a sentence must say by itself: left, right, near and
far are the camera's, and a rotation is the one seen from above.

A new operation brings its sentences with `register_wordings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ENGLISH: dict[str, tuple[str, ...]] = {
    "camera_movement": (
        "Move the {target} {distance} {direction}.",
        "Please move the {target} {direction} by {distance}.",
        "Shift the {target} {direction} by {distance}.",
        "Move the {target} {distance} {direction}, leaving everything else in place.",
        "Shift the {target} {distance} {direction}, without turning it.",
    ),
    "object_placement": (
        "Place the {target} {distance} {relation} the {reference}.",
        "Put the {target} {distance} {relation} the {reference}, measured center to center.",
        "Please place the {target} {relation} the {reference}, with their centers {distance} apart.",
        "Move the {target} so that it stands {distance} {relation} the {reference}.",
        "Place the {target} {relation} the {reference} as seen from the camera, {distance} from center to center.",
    ),
    "object_rotation": (
        "Rotate the {target} {angle} {direction}.",
        "Turn the {target} {direction} by {angle}, as seen from above.",
        "Please rotate the {target} {direction} by {angle}.",
        "Spin the {target} {angle} {direction} on the spot, as seen from above.",
        "Rotate the {target} by {angle} {direction} about its vertical axis, as seen from above.",
    ),
    "receptacle_placement": (
        "Move the {target} to the {placement} of the {reference}.",
        "Place the {target} at the {placement} of the {reference}.",
        "Please put the {target} at the {placement} of the {reference}, as seen from the camera.",
        "Relocate the {target} to the {placement} of the {reference}.",
        "Shift the {target} over to the {placement} of the {reference}, as seen from the camera.",
    ),
    "perspective_control": (
        "Move the camera {distance} {move}.",
        "Please move the camera {move} by {distance}.",
        "Shift the camera {move} by {distance}, without turning it.",
        "Move the camera {move} by {distance} and keep its viewing direction.",
        "Rotate the camera {angle} {yaw}.",
        "Turn the camera {yaw} by {angle}.",
        "Please pan the camera {angle} {yaw}.",
        "Rotate the camera {yaw} by {angle}, without moving it.",
        "Tilt the camera {pitch} by {angle}.",
        "Tilt the camera {angle} {pitch}.",
        "Please tilt the camera {pitch} by {angle}, without moving it.",
        "Rotate the camera {pitch} by {angle}.",
    ),
    "spatial_removal": (
        "Remove the {target}.",
        "Please remove the {target}.",
        "Remove the {target} from the scene.",
        "Remove the {target}, as seen from the camera.",
        "Remove only the {target} and leave everything else as it is.",
    ),
    "object_scaling": (
        "Scale the {target} to {times} its size.",
        "Resize the {target} to {times} its current size.",
        "Enlarge the {target} by {percent_larger}.",
        "Please enlarge the {target} by {percent_larger}.",
        "Make the {target} {percent_larger} larger.",
        "Increase the size of the {target} by {percent_larger}.",
        "Shrink the {target} by {percent_smaller}.",
        "Please shrink the {target} by {percent_smaller}.",
        "Make the {target} {percent_smaller} smaller.",
        "Reduce the size of the {target} by {percent_smaller}.",
    ),
}

CHINESE: dict[str, tuple[str, ...]] = {
    "camera_movement": (
        "把{target}{direction}移动{distance}。",
        "请将{target}{direction}移动{distance}。",
        "将{target}{direction}平移{distance}。",
        "以相机视角为准，把{target}{direction}移动{distance}。",
        "把{target}{direction}挪动{distance}，其他物体保持不动。",
    ),
    "object_placement": (
        "把{target}放到{reference}{relation}{distance}处。",
        "请将{target}放在{reference}{relation}，两者中心相距{distance}。",
        "将{target}移到{reference}{relation}{distance}的位置。",
        "以相机视角为准，把{target}放到{reference}{relation}，中心距离为{distance}。",
    ),
    "object_rotation": (
        "把{target}{direction}旋转{angle}。",
        "请将{target}{direction}转动{angle}。",
        "从上方看，把{target}{direction}旋转{angle}。",
        "将{target}绕竖直轴{direction}旋转{angle}（俯视方向）。",
    ),
    "receptacle_placement": (
        "把{target}移到{reference}的{placement}。",
        "请将{target}放到{reference}的{placement}。",
        "将{target}挪到{reference}的{placement}。",
        "以相机视角为准，把{target}放在{reference}的{placement}。",
    ),
    "perspective_control": (
        "把相机{move}移动{distance}。",
        "请将相机{move}平移{distance}。",
        "将相机{move}移动{distance}，拍摄方向不变。",
        "让相机{move}移动{distance}。",
        "把相机{yaw}转动{angle}。",
        "请将相机{yaw}旋转{angle}。",
        "将相机原地{yaw}转{angle}。",
        "让相机{yaw}转{angle}，位置不变。",
        "把相机{pitch}倾斜{angle}。",
        "请将相机{pitch}倾斜{angle}。",
        "将相机镜头{pitch}转动{angle}。",
        "让相机{pitch}倾斜{angle}，位置不变。",
    ),
    "spatial_removal": (
        "移除{target}。",
        "请把{target}移除。",
        "将{target}从画面中移除。",
        "只移除{target}，其他物体保持不变。",
    ),
    "object_scaling": (
        "把{target}缩放到原来的{times}。",
        "将{target}的尺寸调整为原来的{times}。",
        "把{target}放大{percent_larger}。",
        "请将{target}放大{percent_larger}。",
        "使{target}的尺寸增大{percent_larger}。",
        "把{target}缩小{percent_smaller}。",
        "请将{target}缩小{percent_smaller}。",
        "使{target}的尺寸减小{percent_smaller}。",
    ),
}

Phrases = Mapping[str, Mapping[str, tuple[str, ...]]]

ENGLISH_PHRASES: Phrases = {
    "direction": {
        "left": ("to the left", "to the left as seen from the camera", "to the left relative to the camera view"),
        "right": ("to the right", "to the right as seen from the camera", "to the right relative to the camera view"),
        "forward": ("away from the camera", "farther away from the camera"),
        "backward": ("closer to the camera", "nearer to the camera"),
        "clockwise": ("clockwise",),
        "counterclockwise": ("counterclockwise",),
    },
    "relation": {
        "left_of": ("to the left of",),
        "right_of": ("to the right of",),
        "in_front_of": ("in front of",),
        "behind": ("behind",),
    },
    "placement": {
        "center": ("center", "middle"),
        "near_edge": ("near edge",),
        "far_edge": ("far edge",),
        "left_edge": ("left edge",),
        "right_edge": ("right edge",),
        "near_left_corner": ("near left corner",),
        "near_right_corner": ("near right corner",),
        "far_left_corner": ("far left corner",),
        "far_right_corner": ("far right corner",),
    },
    "move": {
        "left": ("to the left", "left"),
        "right": ("to the right", "right"),
        "forward": ("forward",),
        "backward": ("backward",),
    },
    "yaw": {"left": ("to the left", "left"), "right": ("to the right", "right")},
    "pitch": {"up": ("up", "upward"), "down": ("down", "downward")},
}

CHINESE_PHRASES: Phrases = {
    "direction": {
        "left": ("向左", "往左"),
        "right": ("向右", "往右"),
        "forward": ("朝远离相机的方向",),
        "backward": ("朝靠近相机的方向",),
        "clockwise": ("顺时针", "按顺时针方向"),
        "counterclockwise": ("逆时针", "按逆时针方向"),
    },
    "relation": {
        "left_of": ("左侧", "左边"),
        "right_of": ("右侧", "右边"),
        "in_front_of": ("前方", "前面"),
        "behind": ("后方", "后面"),
    },
    "placement": {
        "center": ("中央", "正中间"),
        "near_edge": ("近侧边缘", "靠近相机的边缘"),
        "far_edge": ("远侧边缘", "远离相机的边缘"),
        "left_edge": ("左侧边缘",),
        "right_edge": ("右侧边缘",),
        "near_left_corner": ("近处左角", "靠近相机的左角"),
        "near_right_corner": ("近处右角", "靠近相机的右角"),
        "far_left_corner": ("远处左角", "远离相机的左角"),
        "far_right_corner": ("远处右角", "远离相机的右角"),
    },
    "move": {"left": ("向左", "往左"), "right": ("向右", "往右"), "forward": ("向前",), "backward": ("向后",)},
    "yaw": {"left": ("向左",), "right": ("向右",)},
    "pitch": {"up": ("向上",), "down": ("向下",)},
}


def register_wordings(operation: str, english: Iterable[str], chinese: Iterable[str] = ()) -> None:
    """Teach the sentences of a new operation. Without Chinese ones its instructions stay English only."""
    ENGLISH[operation] = tuple(english)
    CHINESE[operation] = tuple(chinese)
