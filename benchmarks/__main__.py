"""All benchmarks that leave nothing behind, one after the other."""

from benchmarks import evaluation, generation, listing, reporting, scheduling

evaluation.main([])
generation.main([])
listing.main([])
reporting.main([])
scheduling.main(["ray", "resume"])
