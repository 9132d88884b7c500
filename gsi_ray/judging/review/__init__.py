"""Judging by eye: a page, served to this machine alone, on which a person goes through samples and gives verdicts.

The verdicts lie in the lake as those of any other judge do.
"""

from gsi_ray.judging.review.errors import ReviewError
from gsi_ray.judging.review.queue import Entry, Selection, read_queue
from gsi_ray.judging.review.review import Review
from gsi_ray.judging.review.server import ReviewServer

__all__ = ["Entry", "Review", "ReviewError", "ReviewServer", "Selection", "read_queue"]
