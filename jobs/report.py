"""`gsi-ray report` as a job of a Ray cluster. From the root of the repository:

    ray job submit --working-dir . -- python jobs/report.py --lake s3://bucket/lake --out /shared/report

The report is written where the job runs: give a folder that other machines see, too.
"""

from gsi_ray.cli import run_job

run_job("report")
