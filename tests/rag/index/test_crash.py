"""What is left when a build is killed, or the disk is full or cannot be written."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import BuildError
from rag.index.build import build
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.index.write import UNFINISHED
from rag.settings import Settings

MIB = 2**20


def mount(*arguments: str) -> bool:
    done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 80 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or not mount("-t", "tmpfs", "-o", "size=80m", "none", folder):
        pytest.skip("mounting a file system needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def assert_answers(index_dir: Path, version_id: str) -> None:
    with IndexVersion.open(index_dir) as version:
        assert version.id == version_id
        assert version.lexical("worry", 1)


def outcome(library: Path, settings: Settings) -> str:
    """What the BuildError says; nothing when the build succeeds."""
    try:
        build([library], settings)
    except BuildError as error:
        return str(error)
    return ""


def test_a_build_killed_at_any_step_leaves_an_index_that_answers(
    library: Path, settings: Settings, write_document, tmp_path: Path
) -> None:
    build([library], settings)
    write_document("walking", "A walk each day lifts the mood of many people a little.")
    driver = Path(__file__).with_name("killed_builds.py")
    done = subprocess.run(
        [sys.executable, driver, library, settings.index_dir, tmp_path / "scratch"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == [], done.stderr
    assert found["steps"] >= 20


def test_a_full_disk_is_one_clear_error_wherever_it_happens(
    library: Path, small_disk: Path, write_document
) -> None:
    settings = Settings(index_dir=small_disk / "indexes")
    first = build([library], settings).version_id
    write_document("walking", "A walk each day lifts the mood of many people a little.")
    needed = sum(f.stat().st_size for f in small_disk.rglob("*") if f.is_file())
    ballast = small_disk / "ballast"
    failed = 0
    # From too little for the encoder, through each smaller file, to too little for the manifest.
    for short in (needed, 2 * MIB, *range(44 * 1024, 0, -4 * 1024)):
        disk = os.statvfs(small_disk)
        with ballast.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, disk.f_bavail * disk.f_frsize - needed + short)
        message = outcome(library, settings)
        ballast.unlink()
        if not message:
            break
        failed += 1
        assert "free some space" in message
        assert "rag build" in message
        assert_answers(settings.index_dir, first)
        assert [p.name for p in (small_disk / "indexes/versions").iterdir()] == [first]
    second = build([library], settings).version_id
    assert failed >= 8
    assert_answers(settings.index_dir, second)


def test_a_file_size_limit_is_one_clear_error(
    library: Path, settings: Settings, write_document
) -> None:
    first = build([library], settings).version_id
    write_document("walking", "A walk each day lifts the mood of many people a little.")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, hard))
    try:
        with pytest.raises(BuildError, match="free some space"):
            build([library], settings)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert_answers(settings.index_dir, first)
    assert [p.name for p in (settings.index_dir / "versions").iterdir()] == [first]


def test_a_version_that_cannot_be_replaced_stays(
    library: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id = build([library], settings).version_id
    folder = IndexStore(settings.index_dir).folder(version_id)
    (folder / "vectors.faiss").write_bytes(b"damaged, so that the next build replaces it")
    rename = Path.rename

    def refusing(path: Path, target: Path) -> Path:
        if path.name.startswith(UNFINISHED):
            raise OSError(errno.EIO, "refused")
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refusing)
        with pytest.raises(BuildError):
            build([library], settings)
    assert [p.name for p in folder.parent.iterdir()] == [version_id]
    assert (folder / "vectors.faiss").read_bytes().startswith(b"damaged")
    build([library], settings)
    assert_answers(settings.index_dir, version_id)


def test_a_folder_that_cannot_be_written(library: Path, small_disk: Path, write_document) -> None:
    settings = Settings(index_dir=small_disk / "indexes")
    first = build([library], settings).version_id
    store = IndexStore(settings.index_dir)
    write_document("walking", "A walk each day lifts the mood of many people a little.")
    assert mount("-o", "remount,ro", str(small_disk))
    for call in (
        lambda: build([library], settings),
        lambda: store.activate(first),
        lambda: store.prune(2),
    ):
        with pytest.raises(BuildError, match="writable"):
            call()
    assert_answers(settings.index_dir, first)
    with pytest.raises(BuildError, match="writable"):
        build([library], Settings(index_dir=small_disk / "another"))
