"""Judging by a vision-language model: rubrics, what is asked, and how answers are read.

A new rubric is a YAML file in `rubrics/`, or anywhere.
"""

from gsi_ray.judging.inquiry import Inquiry, JudgeUnavailable
from gsi_ray.judging.records import judgement_row
from gsi_ray.judging.requests import Picture, Request, request
from gsi_ray.judging.rubric import Rubric, load_rubric, shipped_rubrics
from gsi_ray.judging.subjects import Subject, subject_of
from gsi_ray.judging.verdicts import Verdict, read_verdict

__all__ = [
    "Inquiry",
    "JudgeUnavailable",
    "Picture",
    "Request",
    "Rubric",
    "Subject",
    "Verdict",
    "judgement_row",
    "load_rubric",
    "read_verdict",
    "request",
    "shipped_rubrics",
    "subject_of",
]
