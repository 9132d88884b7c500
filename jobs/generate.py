"""`gsi-ray generate` as a job of a Ray cluster. From the root of the repository:

    ray job submit --working-dir . -- python jobs/generate.py gsi-syn-train --lake s3://bucket/lake

Submitted again, whatever ended it, it goes on from the shards that are there. Its exit status is 0 when the recipe is
in the lake, 1 when shards failed (the log names them), 2 for bad input, and 130 when it was stopped.
"""

from gsi_ray.cli import run_job

run_job("generate")
