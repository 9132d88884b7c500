"""Chance is a pure function of names, the same in every version: data must be replayable."""

from __future__ import annotations

import numpy as np

from gsi_ray.sampling import seeds


def test_names_ids_and_seeds_never_change() -> None:
    name = seeds.attempt_name("0123456789", 3, 14)
    assert name == "0123456789/3/14"
    assert seeds.sample_id(name) == "a531b3aca56d10c57a2df63166d3fb81"
    assert seeds.seed_of(name) == 8887387977130886835
    assert seeds.generator(name).integers(0, 1000, 4).tolist() == [349, 112, 54, 327]


def test_every_attempt_has_an_id_and_a_seed_of_its_own() -> None:
    names = [seeds.attempt_name("0123456789", shard, attempt) for shard in range(40) for attempt in range(50)]
    names.append(seeds.attempt_name("0123456789", 1, 11) + "1")
    assert len({seeds.sample_id(name) for name in names}) == len(names)
    assert len({seeds.seed_of(name) for name in names}) == len(names)


def test_seeds_fit_a_signed_column_of_64_bits() -> None:
    found = [seeds.seed_of(str(number)) for number in range(300)]
    assert min(found) >= 0 and max(found) < 2**63
    assert np.array(found, dtype=np.int64).tolist() == found
    assert max(found) > 2**62  # and use all of it
