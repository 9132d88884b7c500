"""Editing on Ray Data: editors carry out the instructions of a lake's samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from gsi_ray.editors import Edited, Editor, create_editor
from gsi_ray.lake import images as image_files
from gsi_ray.lake import read_shard, require_writable, write_rows
from gsi_ray.lake.derived import sample_shards, shard_names
from gsi_ray.lake.rows import Row, camera_row, object_row
from gsi_ray.pipelines.derive import Derivation, Job, Outcome, derive
from gsi_ray.recipes import Workers
from gsi_ray.sampling.triplet import Triplet


def edit(
    lake: str,
    editors: Sequence[str],
    *,
    splits: Sequence[str] = (),
    environments: Sequence[str] = (),
    workers: int | None = None,
) -> Derivation:
    """Have the samples of a lake edited by some editors, as far as they have not been.

    Raises UnknownEditor, LakeError, RayFailed, or ShardsFailed.
    """
    for name in editors:
        create_editor(name).close()
    require_writable(lake)
    done = {name: shard_names(lake, "edits", {"editor": name}) for name in editors}
    jobs = [
        Job(samples, (name,))
        for name in editors
        for samples in sample_shards(lake, splits, environments)
        if samples.shard not in done[name]
    ]
    if not jobs:
        return Derivation(0, 0, 0)
    return derive(partial(EditMaker, lake), jobs, what="edits", needs=Workers(), workers=workers)


class EditMaker:
    """Keeps the editor that it has used last."""

    def __init__(self, lake: str) -> None:
        self._lake = lake
        self._editor: Editor | None = None

    def __call__(self, job: Job) -> Outcome:
        """Edit all samples of a shard."""
        (name,) = job.names
        if self._editor is None or self._editor.name != name:
            self.close()
            self._editor = create_editor(name)
        triplets = read_shard(f"{self._lake.rstrip('/')}/{job.samples.key}")
        edits = self._editor.edit(triplets)
        rows = [edit_row(name, triplet, edited) for triplet, edited in zip(triplets, edits, strict=True)]
        write_rows("edits", rows, self._lake, job.samples.shard, {"editor": name})
        return Outcome(job.samples.shard, len(rows), sum(row["error"] is not None for row in rows))

    def close(self) -> None:
        """Free the editor."""
        if self._editor is not None:
            self._editor.close()
        self._editor = None


def edit_row(editor: str, triplet: Triplet, edited: Edited) -> Row:
    """The row of the table `edits`."""
    return {
        "sample_id": triplet.sample_id,
        "editor": editor,
        "image": None if edited.rgb is None else {"bytes": image_files.encode_rgb(edited.rgb), "path": None},
        "error": edited.error,
        "seconds": edited.seconds,
        "objects": None if edited.objects is None else [object_row(one) for one in edited.objects],
        "camera": None if edited.camera is None else camera_row(edited.camera),
    }
