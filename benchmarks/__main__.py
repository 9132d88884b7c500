"""All benchmarks that leave nothing behind, one after the other."""

from benchmarks import evaluation, generation, listing, scheduling

evaluation.main([])
generation.main([])
listing.main([])
scheduling.main(["ray", "resume"])
