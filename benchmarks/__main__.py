"""All benchmarks, one after the other."""

from benchmarks import generation

generation.main([])
