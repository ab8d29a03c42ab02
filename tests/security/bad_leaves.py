"""Leaves as nobody wants to meet them: files that harm, that are none, that cannot be read, and honest odd ones.

`lay(root)` makes one folder for each below a taxonomy's root and gives their names. Every one of NOTICED must be told
of by a check; the rest may be in order, but must be read and shown like any other.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.security.hostile import attack
from tests.taxonomy.leaves import SKILL

BELOW = "compositional_skills/bad"

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{name}: &{name}\n  <<: [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HEAD = "version: 3\ncreated_by: ann\ntask_description: Name it.\n"


def seeds(count: int, question: str = "What is {0}?", answer: str = "It is {0}.") -> str:
    """A skill of `count` seeds; `{0}` in the texts is the seed's number."""
    rows = "".join(
        f"  - question: |\n      {question.format(number)}\n    answer: |\n      {answer.format(number)}\n"
        for number in range(count)
    )
    return f"{HEAD}seed_examples:\n{rows}"


TEXTS: dict[str, str | bytes] = {
    # What harms a parser.
    "bomb": BOMB,
    "bomb_of_merges": MERGES,
    "loop": "a: &a [*a]\n",
    "loop_of_merges": "a: &a\n  <<: *a\n",
    "loop_in_seeds": "version: 3\nseed_examples: &s\n  - question: q\n    answer: *s\n",
    "deep_brackets": "[" * 100_000,
    "deep_braces": "{a: " * 100_000,
    "deep_dashes": "- " * 50_000 + "x",
    "deep_indent": "".join(" " * level + "k:\n" for level in range(2000)),
    "deep_questions": "? " * 50_000 + "x",
    "python_object": "a: !!python/object/apply:os.system ['touch PWNED']\n",
    "unknown_tag": "a: !unknown x\n",
    "binary_tag": "a: !!binary '!!!'\n",
    "set_tag": "!!set {a, b}\n",
    "ordered_tag": "created_by: !!omap [a: 1]\nseed_examples: !!set {a}\n",
    "gigantic_number": f"a: {'9' * 100_000}\n",
    "gigantic_exponent": "version: 1e999999999\nseed_examples: .inf\n",
    "sexagesimal": f"version: {'1:' * 3000}1\n",
    "bad_date": "created_by: 2024-99-99\n",
    "directive": "%YAML 9.9\n---\na: 1\n",
    "tag_directive": "%TAG ! tag:example.org,2000:\n---\na: !x 1\n",
    "two_documents": "a: 1\n---\nb: 2\n",
    "list_as_key": "{[1, 2]: x}\n",
    "odd_keys": "null: 1\n1: 2\ntrue: 3\n2024-01-01: 4\n1.5: 6\nversion: 3\n",
    "many_keys": "".join(f"key{number}: 1\n" for number in range(20_000)),
    "same_key": "version: 3\n" * 20_000,
    "many_anchors": "".join(f"- &a{number} x\n" for number in range(20_000)),
    "long_line": f"created_by: {'x' * 400_000}\n",
    "long_key": f"? {'k' * 200_000}\n: v\n",
    "quotes_open": "a: '" + "b\n" * 5_000,
    "block_open": "a: |9\n" + " x\n" * 5_000,
    "only_tabs": "\t" * 5_000,
    "only_newlines": "\n" * 50_000,
    "only_spaces": " " * 100_000,
    "only_remarks": "# x\n" * 20_000,
    "empty": b"",
    # Bytes that are no text.
    "not_utf8": b"version: 3\ncreated_by: caf\xe9\n",
    "utf16": "version: 3\n".encode("utf-16"),
    "nul": b"version: 3\0\n",
    "noise": bytes(range(256)) * 400,
    "control": f"created_by: {attack('control', lines=False)}\n".encode("utf-8", "replace"),
    "surrogate": b"created_by: \xed\xa0\x80\n",
    # Shapes that no leaf has.
    "scalar": "just text\n",
    "number": "42\n",
    "list": "- a\n- b\n",
    "seeds_text": HEAD + "seed_examples: none\n",
    "seeds_mapping": HEAD + "seed_examples: {question: a, answer: b}\n",
    "seeds_scalars": HEAD + "seed_examples: [1, null, x, [a], 2024-01-01]\n",
    "seeds_nested": HEAD + "seed_examples:\n  - question: {a: [1, {b: c}]}\n    answer: [[[]]]\n    context: true\n",
    "document_odd": "version: 3\ndocument: {repo: [a], commit: 3, patterns: {a: b}}\nseed_examples: []\n",
    "conflict": "<<<<<<< ours\n" + seeds(5) + "=======\n" + seeds(6) + ">>>>>>> theirs\n",
    "hostile_keys": f"version: 3\n\"{'[/][red]' * 50}\": 1\n'<script>': 2\n",
}
"""Name -> content. Each of these is worth at least one finding."""

HONEST: dict[str, str | bytes] = {
    "tabs": seeds(5, "Tab\there {0}?", "In\tthe\tmiddle {0}"),
    "crlf": SKILL.replace("\n", "\r\n").encode(),
    "cr": SKILL.replace("\n", "\r").encode(),
    "byte_order_mark": "\ufeff".encode() + SKILL.encode(),
    "rtl": seeds(5, "ما هي عاصمة مصر؟ {0}", "القاهرة {0}, مدينة שלום"),
    "japanese": seeds(5, "東京の名物は何ですか。{0}", "寿司と天ぷらです。" * 30 + "{0}"),
    "emoji": seeds(5, "👩‍👩‍👧‍👦 {0} 🏳️‍🌈?", "e\u0301 ﷽ 𝕏 {0}"),
    "line_separators": seeds(5, "one\u2028two {0}?", "three\u0085four {0}"),
    "large_600kB": seeds(1500, "Question {0} " + "word " * 20, "Answer {0} " + "thing " * 40),
    "markup": seeds(5, "[/] [red]x[/bold] [@click=app.leave]y[/] {0}?", "{0} [INFO] \\[x]"),
}
LARGE = {"large_5MB": seeds(12_000, "Question {0} " + "word " * 20, "Answer {0} " + "thing " * 40)}


def lay(root: Path, below: str = BELOW) -> dict[str, Path]:
    """Makes them all; gives name -> path of the qna.yaml."""
    made: dict[str, Path] = {}
    for name, content in (*TEXTS.items(), *HONEST.items(), *LARGE.items()):
        made[name] = _folder(root, below, name) / "qna.yaml"
        made[name].write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    for name, make in NO_FILES.items():
        path = _folder(root, below, name) / "qna.yaml"
        with contextlib.suppress(PermissionError):
            make(path)
            made[name] = path
    for name in ODD_NAMES:
        folder = Path(os.fsencode(root / below).decode("utf-8", "surrogateescape")) / name
        folder.mkdir(parents=True)
        (folder / "qna.yaml").write_text(SKILL)
        made[name] = folder / "qna.yaml"
    return made


def _folder(root: Path, below: str, name: str) -> Path:
    folder = root / below / name
    folder.mkdir(parents=True)
    return folder


def _directory(path: Path) -> None:
    path.mkdir()
    (path / "inner.yaml").write_text("a: 1\n")


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _loop_of_links(path: Path) -> None:
    path.symlink_to(path.name)


def _folder_loop(path: Path) -> None:
    path.write_text(SKILL)
    (path.parent / "again").symlink_to(path.parent)


def _unreadable(path: Path) -> None:
    path.write_text(SKILL)
    path.chmod(0)


def _closed_folder(path: Path) -> None:
    path.write_text(SKILL)
    path.parent.chmod(0)


def _sparse(path: Path) -> None:
    with open(path, "wb") as stream:
        stream.truncate(1 << 40)


def _device(path: Path) -> None:
    os.mknod(path, 0o20666, os.makedev(1, 5))  # /dev/zero: it never ends


def _socket(path: Path) -> None:
    # The path of a socket is short, so it is bound from its own folder.
    here = os.getcwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


def _attribution(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def leaf(path: Path) -> None:
        path.write_text(SKILL)
        make(path.with_name("attribution.txt"))

    return leaf


NO_FILES: dict[str, Callable[[Path], None]] = {
    "directory": _directory,
    "link_out": _link("/etc/passwd"),
    "link_to_device": _link("/dev/zero"),
    "link_to_itself": _loop_of_links,
    "link_to_nothing": _link("nothing-there"),
    "link_to_folder": _link(".."),
    "folder_loop": _folder_loop,
    "unreadable": _unreadable,
    "closed_folder": _closed_folder,
    "fifo": os.mkfifo,
    "socket": _socket,
    "device": _device,
    "sparse_1TB": _sparse,
    "attribution_folder": _attribution(lambda path: path.mkdir()),
    "attribution_fifo": _attribution(os.mkfifo),
    "attribution_link": _attribution(lambda path: path.symlink_to("/dev/zero")),
    "attribution_large": _attribution(lambda path: path.write_bytes(b"Title of work: x\n" * 200_000)),
    "attribution_noise": _attribution(lambda path: path.write_bytes(bytes(range(256)) * 50)),
}

ODD_NAMES = (
    "line\nbreak",
    "-rf",
    "[/][red]x[b]",
    "a b  c",
    "日本語",
    "x" * 200,
    "caf\udce9",
    attack("name", short=True),
    "/".join(["deep"] * 55),
)

NOTICED = (*TEXTS, "directory", "fifo", "socket", "device", "sparse_1TB", "large_5MB")
"""Those that a check of the whole taxonomy must name. Links that lead out are no leaves, and left out."""
