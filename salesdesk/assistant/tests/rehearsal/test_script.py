from pathlib import Path

import pytest

from salesdesk.assistant.rehearsal.script import load_dialogues, read_script

WRITTEN = """
- name: one
  lines:
    - Hello.
    - {caller: "", says: [still there]}
  wanted: {suppressed: false}
"""


def write(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    path.write_text(text)
    return path


def test_a_file_gives_its_dialogues_the_intent_of_its_name(tmp_path: Path) -> None:
    (dialogue,) = read_script(write(tmp_path, "silence.yaml", WRITTEN)).dialogues
    assert (dialogue.name, dialogue.intent, dialogue.direction) == ("one", "silence", "inbound")
    assert [line.caller for line in dialogue.lines] == ["Hello.", ""]
    assert dialogue.wanted.suppressed is False
    assert dialogue.wanted.visits is None


def test_a_slip_is_an_error_and_no_check_that_never_runs(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", WRITTEN.replace("suppressed", "supressed"))
    with pytest.raises(ValueError, match="supressed"):
        load_dialogues([path])


def test_two_of_the_same_name_are_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path, name, WRITTEN) for name in ("a.yaml", "b.yaml")]
    with pytest.raises(ValueError, match="same name: one"):
        load_dialogues(paths)
