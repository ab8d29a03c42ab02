"""What strangers submitted: one answer changed in each readable file, and every line outside of it stays as it was."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from labtui.taxonomy.editing import LeafEditor
from labtui.taxonomy.editing.document import Path as ValuePath
from labtui.taxonomy.editing.document import at_path, replaced, same
from labtui.taxonomy.lint import lint
from labtui.taxonomy.places import follow

NEW = (
    "A new answer.",
    "Two lines:\n- one # x\n- two\n",
    "no",
    "long " * 60 + "end",
    " first\n  and\n\n\nlast",
    "四十雀: これは鳥です。",
    "tab\there \nand a blank before",
)


def answers(value: Any) -> list[ValuePath]:
    found: list[ValuePath] = []
    for number, seed in enumerate(value.get("seed_examples") or [] if isinstance(value, dict) else []):
        if not isinstance(seed, dict):
            continue
        if "answer" in seed and not isinstance(seed["answer"], dict | list):
            found.append(("seed_examples", number, "answer"))
        pairs = seed.get("questions_and_answers")
        for index, pair in enumerate(pairs if isinstance(pairs, list) else []):
            if isinstance(pair, dict) and "answer" in pair and not isinstance(pair["answer"], dict | list):
                found.append(("seed_examples", number, "questions_and_answers", index, "answer"))
    return found


def rules(text: str) -> Counter[str]:
    return Counter(finding.rule for finding in lint(text, "qna.yaml"))


def files(corpus: Path) -> list[Path]:
    return sorted((corpus / "qna").glob("*.yaml")) + sorted((corpus / "taxonomy").rglob("qna.yaml"))


def test_one_answer_changed_in_each_file(corpus: Path) -> None:
    changed = 0
    for number, path in enumerate(files(corpus)):
        data = path.read_bytes()
        editor = LeafEditor.open(data)
        assert editor.data() == data
        places = answers(editor.value)
        if not places:
            continue
        at, new = places[number % len(places)], NEW[number % len(NEW)]
        before, text = editor.value, editor.text
        node: Any = follow(editor.root, at)
        first, last = node.start_mark.line, node.end_mark.line + (node.end_mark.column > 0)
        editor.set(at, new)
        assert at_path(editor.value, at) == new, path
        assert same(yaml.safe_load(editor.text), replaced(before, at, new)), path
        lines, now = text.split("\n"), editor.text.split("\n")
        # An answer on a line of its own is written behind its key when it becomes a block.
        first -= not lines[first][: node.start_mark.column].strip()
        assert now[:first] == lines[:first], path
        assert now[len(now) - len(lines[last:]) :] == lines[last:], path
        assert not rules(editor.text) - rules(text), path
        editor.undo()
        assert editor.data() == data
        changed += 1
    assert changed > 650


def test_the_files_that_cannot_be_read_can_be_edited_as_text(corpus: Path) -> None:
    verdicts = json.loads((corpus / "verdicts.json").read_text())
    seen = 0
    for name, verdict in verdicts.items():
        if verdict["verdict"] != "unreadable":
            continue
        data = (corpus / "qna" / f"{name}.yaml").read_bytes()
        editor = LeafEditor.open(data)
        assert editor.problem is not None, name
        editor.replace(editor.text + "# looked at\n")
        assert editor.data() == data + b"# looked at\n"
        editor.undo()
        assert editor.data() == data
        seen += 1
    assert seen == 97


def test_seeds_added_moved_and_removed(corpus: Path, fault_rounds: int) -> None:
    for path in files(corpus)[:: 1 if fault_rounds > 5 else 4]:
        data = path.read_bytes()
        editor = LeafEditor.open(data)
        if not answers(editor.value):
            continue
        before, seeds = rules(editor.text), editor.value["seed_examples"]
        editor.add_seed()
        editor.move_seed(0, len(seeds) - 1)
        assert same(editor.value["seed_examples"][:-1], [*seeds[1:], seeds[0]]), path
        editor.delete_seed(len(seeds))
        editor.add_seed(0, context="A context\nof two lines.\n")
        assert not rules(editor.text) - before, path
        assert same(editor.value["seed_examples"][1:], [*seeds[1:], seeds[0]]), path
        while editor.can_undo:
            editor.undo()
        assert editor.data() == data
