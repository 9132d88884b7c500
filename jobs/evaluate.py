"""`gsi-ray evaluate` as a job of a Ray cluster. From the root of the repository:

    ray job submit --working-dir . -- python jobs/evaluate.py --lake s3://bucket/lake --recipe evaluation.yaml

Submitted again, it goes on from the shards that are scored. It ends with the exit statuses of jobs/generate.py.
"""

from gsi_ray.cli import run_job

run_job("evaluate")
