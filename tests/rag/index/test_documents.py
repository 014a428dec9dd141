from __future__ import annotations

from pathlib import Path

import pytest

from rag.index.documents import Quarantine, find_documents


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.md", "a.pdf", "a.pdf.toml", ".hidden.md", "sub/c.md", ".git/d.md", "sub/.e"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "tree"


def names(found: list[Path], root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in found]


def test_folders_are_searched_in_order_without_side_cars(tree: Path) -> None:
    quarantine = Quarantine()
    assert names(find_documents([tree], quarantine), tree) == ["a.pdf", "b.md", "sub/c.md"]
    assert quarantine.found == []


def test_a_file_named_twice_is_read_once(tree: Path) -> None:
    found = find_documents([tree / "b.md", tree, tree / "sub" / ".." / "b.md"], Quarantine())
    assert names(found, tree) == ["b.md", "a.pdf", "sub/c.md"]


def test_links_that_leave_the_folder_are_refused(tree: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "private.md").write_text("x")
    (tree / "file.md").symlink_to(secret / "private.md")
    (tree / "folder").symlink_to(secret)
    (tree / "gone.md").symlink_to(tmp_path / "nowhere.md")
    (tree / "within.md").symlink_to(tree / "b.md")
    (tree / "loop").symlink_to(tree)
    quarantine = Quarantine()
    assert names(find_documents([tree], quarantine), tree) == ["a.pdf", "b.md", "sub/c.md"]
    refused = {Path(path).name: reason for path, reason in quarantine.found}
    assert set(refused) == {"file.md", "folder", "gone.md"}
    assert all("leaves the folder" in reason for reason in refused.values())


def test_a_link_that_the_user_names_is_followed(tree: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tree)
    quarantine = Quarantine()
    assert len(find_documents([link], quarantine)) == 3
    assert quarantine.found == []


def test_a_missing_path_is_quarantined(tmp_path: Path) -> None:
    quarantine = Quarantine()
    assert find_documents([tmp_path / "none"], quarantine) == []
    assert quarantine.found == [(str(tmp_path / "none"), "there is no such file or folder")]
