"""`gsi-ray judge` as a job of a Ray cluster. From the root of the repository:

    ray job submit --working-dir . -- python jobs/judge.py --lake s3://bucket/lake --judge qwen3-vl-235b

Submitted again, it goes on from what is judged. It ends with the exit statuses of jobs/generate.py.
"""

from gsi_ray.cli import run_job

run_job("judge")
