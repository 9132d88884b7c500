"""Where chance comes from: every attempt at a sample, and every choice of views, has a generator of its own.

A seed is a pure function of the recipe and of what it is for, so any sample can be made again without those before it.
"""

from __future__ import annotations

import hashlib

import numpy as np


def attempt_name(fingerprint: str, shard: int, attempt: int) -> str:
    """What a `sample_id` (or a chain's key) is the hash of: the attempt's number counts within its shard."""
    return f"{fingerprint}/{shard}/{attempt}"


def sample_id(name: str) -> str:
    """32 hex digits, unique in a lake because the name is."""
    return hashlib.sha256(f"sample/{name}".encode()).hexdigest()[:32]


def chain_key(name: str) -> str:
    """32 hex digits that a chain's `chain_id` begins with, for the attempt of this name."""
    return hashlib.sha256(f"chain/{name}".encode()).hexdigest()[:32]


def step_name(chain: str, step: int, operation: str) -> str:
    """The name of the attempt at one operation as a step of the chain with this key."""
    return f"{chain}/{step}/{operation}"


def inverse_name(sample: str) -> str:
    """The name of the inverse of the sample with this id."""
    return f"{sample}/inverse"


def seed_of(name: str) -> int:
    """A seed from 0 to 2^63 - 1, which a signed 64-bit column holds."""
    return int.from_bytes(hashlib.sha256(f"seed/{name}".encode()).digest()[:8], "big") >> 1


def generator(name: str) -> np.random.Generator:
    """The generator for the choice with this name."""
    return np.random.default_rng(seed_of(name))
