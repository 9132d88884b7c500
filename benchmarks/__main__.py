"""All benchmarks that leave nothing behind, one after the other."""

from benchmarks import generation, listing, scheduling

generation.main([])
listing.main([])
scheduling.main(["ray", "resume"])
