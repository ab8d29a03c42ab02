"""Which licences are accepted, and what is said of the others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from labtui.taxonomy.licences import accepted, assess, judge


@pytest.mark.parametrize(
    "licence",
    [
        *accepted(),
        "apache-2.0",
        "cc-by-sa-4.0",
        "public domain",
        "In the public domain.",
        "MIT OR GPL-2.0-only",
        "MIT AND Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        " CC0-1.0 ",
    ],
)
def test_accepted(licence: str) -> None:
    assert assess(licence) == ("", "", "")
    assert judge(licence) == ""


@pytest.mark.parametrize(
    "licence",
    ["GPL-3.0-or-later", "CC-BY-NC-4.0", "CC-BY-SA-3.0", "CC BY-NC-SA 4.0", "MIT AND GPL-2.0-only", "OGL-UK-3.0"],
)
def test_known_and_not_accepted(licence: str) -> None:
    assert assess(licence).rule == "legal.licence-not-accepted"


@pytest.mark.parametrize(
    ("licence", "hint"),
    [
        ("CC BY-SA 4.0", "Write: CC-BY-SA-4.0"),
        ("Creative Commons Attribution-ShareAlike 4.0 International", "Write: CC-BY-SA-4.0"),
        ("CC0", "Write: CC0-1.0"),
        ("Apache License, Version 2.0", "Write: Apache-2.0"),
        ("MIT License", "Write: MIT"),
        ("CC BY", "Name the version, such as CC-BY-4.0."),
        ("CC-BY-SA", "Name the version, such as CC-BY-SA-4.0."),
        ("Apache", "Name the version, such as Apache-2.0."),
    ],
)
def test_what_was_meant_is_proposed(licence: str, hint: str) -> None:
    verdict = assess(licence)
    assert (verdict.rule, verdict.hint) == ("legal.licence-unknown", hint)


@pytest.mark.parametrize(
    "licence",
    [
        "Creative Commons",
        "https://example.com/terms",
        "free",
        "(",
        "OR",
        "MIT OR",
        "as it is " * 40,
        "\u202e",
        "MIT / GPL",
    ],
)
def test_what_is_no_licence(licence: str) -> None:
    assert assess(licence).rule == "legal.licence-unknown"
    assert assess(licence).hint


def test_the_usual_licence_costs_no_import() -> None:
    script = (
        "import sys; from labtui.taxonomy.licences import assess; assess('Apache-2.0');"
        "sys.exit('license_expression' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
