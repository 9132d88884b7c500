"""`gsi-ray edit` as a job of a Ray cluster. From the root of the repository:

    ray job submit --working-dir . -- python jobs/edit.py --lake s3://bucket/lake --editor truth

Submitted again, it goes on from the shards that are edited. It ends with the exit statuses of jobs/generate.py.
"""

from gsi_ray.cli import run_job

run_job("edit")
