from __future__ import annotations

from pathlib import Path

import pytest

from gsi_ray import lake
from gsi_ray.lake.stores import Store


def test_a_new_lake_can_be_written_to_and_the_trial_leaves_nothing_behind(tmp_path: Path) -> None:
    lake.require_writable(str(tmp_path / "not" / "yet" / "there"))
    assert not list(tmp_path.iterdir())
    lake.require_writable("memory://trial")
    assert Store.open("memory://trial").files("", "") == []


@pytest.mark.parametrize("place", ["file/lake", "file"])
def test_a_lake_under_a_file_is_refused_up_front(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(lake.UnwritableLake, match=r"Cannot write to the lake .* \(Not a directory\): check"):
        lake.require_writable(str(tmp_path / place))


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="no folder that not even root may write to")
def test_a_folder_without_leave_to_write_is_refused_up_front() -> None:
    with pytest.raises(
        lake.UnwritableLake, match=r"Cannot write to the lake '/sys/lake' \(.*\): check address, rights"
    ):
        lake.require_writable("/sys/lake")


@pytest.mark.parametrize("url", ["ftp://host/lake", "nonsense://x", "simplecache::s3://bucket/lake"])
def test_a_place_that_cannot_hold_a_lake_is_refused_with_those_that_can(url: str) -> None:
    with pytest.raises(lake.UnsupportedLake, match="s3://, gs://, az:// or memory://"):
        lake.require_writable(url)


@pytest.mark.parametrize(("url", "package"), [("gs://bucket/lake", "gcsfs"), ("az://container/lake", "adlfs")])
def test_a_store_whose_package_is_missing_is_refused_with_its_name(url: str, package: str) -> None:
    try:
        __import__(package)
    except ImportError:
        with pytest.raises(lake.UnsupportedLake, match=f"pip install {package}"):
            lake.scan("triplets", url)
    else:
        pytest.skip(f"{package} is installed")


def test_publishing_replaces_a_file_and_makes_its_folders(lake_url: str) -> None:
    store = Store.open(lake_url)
    store.publish("a/b/c.txt", b"one")
    store.publish("a/b/c.txt", b"two")
    assert store.read("a/b/c.txt") == b"two"
    assert store.files("a", "") == ["a/b/c.txt"]


def test_a_failed_write_is_reported_with_its_place_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("in the way")
    with pytest.raises(lake.UnwritableLake, match=r"Cannot write a/b\.txt to the lake"):
        Store.open(str(tmp_path)).publish("a/b.txt", b"one")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
