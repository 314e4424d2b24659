import json
from pathlib import Path

import pytest

from lifecircle.errors import OutputError
from lifecircle.write.bundle import check_target, discard, file_hash, result_folder, write_manifest


def write(target: Path, text: str) -> None:
    with result_folder(target) as folder:
        (folder / "a.txt").write_text(text, encoding="utf-8")
        write_manifest({"version": "1"}, folder)


def write_half(target: Path) -> None:
    with result_folder(target) as folder:
        (folder / "a.txt").write_text("half", encoding="utf-8")
        raise ZeroDivisionError


def test_a_result_is_put_in_place_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "结果 1", "one")
    assert (tmp_path / "结果 1" / "a.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["结果 1"]


def test_the_manifest_names_every_file_with_its_hash(tmp_path: Path) -> None:
    write(tmp_path / "result", "one")
    manifest = json.loads((tmp_path / "result" / "manifest.json").read_text())
    # sha256sum of the three bytes "one"
    digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    assert manifest["files"] == {"a.txt": {"bytes": 3, "sha256": digest}}
    assert file_hash(tmp_path / "result" / "a.txt") == digest


def test_a_new_result_replaces_the_old_one(tmp_path: Path) -> None:
    write(tmp_path / "result", "one")
    write(tmp_path / "result", "two")
    assert (tmp_path / "result" / "a.txt").read_text() == "two"


def test_a_failed_run_leaves_the_old_result(tmp_path: Path) -> None:
    write(tmp_path / "result", "one")
    with pytest.raises(ZeroDivisionError):
        write_half(tmp_path / "result")
    assert (tmp_path / "result" / "a.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_run_killed_between_the_two_renames_is_undone(tmp_path: Path) -> None:
    write(tmp_path / "result", "one")
    (tmp_path / "result").rename(tmp_path / ".result.old")
    (tmp_path / ".result.new").mkdir()
    check_target(tmp_path / "result")
    assert (tmp_path / "result" / "a.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_run_killed_after_the_two_renames_is_finished(tmp_path: Path) -> None:
    write(tmp_path / ".result.old", "one")
    write(tmp_path / "result", "two")
    check_target(tmp_path / "result")
    assert [path.name for path in tmp_path.iterdir()] == ["result"]
    assert (tmp_path / "result" / "a.txt").read_text() == "two"


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "result").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="this is a file"):
        check_target(tmp_path / "result")


def test_a_folder_with_something_else_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "plan.docx").write_bytes(b"x")
    with pytest.raises(OutputError, match="files that are no result"):
        write(tmp_path / "papers", "one")
    assert (tmp_path / "papers" / "plan.docx").read_bytes() == b"x"


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="a part of the path is a file"):
        check_target(tmp_path / "file" / "result")


def test_what_was_never_written_is_tidied_even_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    discard(tmp_path / "file" / ".map.png.part")
    discard(tmp_path / "nowhere" / ".map.png.part")
    (tmp_path / ".part").touch()
    discard(tmp_path / ".part")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
