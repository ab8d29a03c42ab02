"""Messages, names, the certificate: what is made from a draft alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.contribute.records import ContributedLeaf, Draft
from labtui.contribute.submitting.dco import TEXT
from labtui.contribute.submitting.message import SUBJECT_LIMIT, proposed, signed_off
from labtui.contribute.submitting.names import branch_name

ANN = "Ann Example <ann@example.org>"
LINE = f"Signed-off-by: {ANN}"


def draft(*leaves: ContributedLeaf, **more: str) -> Draft:
    return Draft(id="20260102T030405Z-abcde", leaves=[*leaves], **more)  # type: ignore[arg-type]


def leaf(name: str, change: str = "new", was: str = "") -> ContributedLeaf:
    return ContributedLeaf(id=name, change=change, was=was, placed=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("leaves", "subject"),
    [
        ([leaf("knowledge/science/birds/black_capped_chickadee")], "Add knowledge: black capped chickadee (birds)"),
        ([leaf("compositional_skills/haiku", "changed")], "Improve skill: haiku"),
        ([leaf("knowledge/a/new", "renamed", "knowledge/a/old")], "Move knowledge: new (a)"),
        ([leaf("knowledge/a/old", "deleted")], "Remove knowledge: old (a)"),
        ([leaf("knowledge/a/b"), leaf("knowledge/a/c")], "Add 2 leaves in knowledge/a"),
        ([leaf("knowledge/a/b"), leaf("compositional_skills/c", "changed")], "Change 2 leaves"),
        ([], "Nothing yet"),
    ],
)
def test_subjects(leaves: list[ContributedLeaf], subject: str) -> None:
    assert proposed(draft(*leaves)).split("\n")[0] == subject


def test_what_it_teaches_stands_between_subject_and_leaves() -> None:
    made = draft(leaf("knowledge/a/new", "renamed", "knowledge/a/old"), teaches="Which birds stay in winter. " * 8)
    subject, teaches, leaves = proposed(made).split("\n\n")
    assert max(len(line) for line in teaches.split("\n")) <= 72 and "winter" in teaches
    assert leaves == "Move knowledge/a/new (was knowledge/a/old)" and len(subject) <= SUBJECT_LIMIT


def test_signing_off_once_and_beside_other_trailers() -> None:
    assert signed_off("Subject", ANN) == f"Subject\n\n{LINE}\n"
    assert signed_off(signed_off("Subject\n\nBody", ANN), ANN) == f"Subject\n\nBody\n\n{LINE}\n"
    assert signed_off("S\n\nCo-authored-by: Ben <b@x.org>", ANN) == f"S\n\nCo-authored-by: Ben <b@x.org>\n{LINE}\n"
    assert signed_off("Note: this is a subject", ANN) == f"Note: this is a subject\n\n{LINE}\n"
    assert signed_off("a\x1b[31mb\r\nc\x00", ANN) == f"ab\nc\n\n{LINE}\n"


@given(st.text(max_size=200))
def test_signing_off_any_text_twice_is_signing_it_once(text: str) -> None:
    once = signed_off(text, ANN)
    assert once.endswith(f"{LINE}\n") and once.count(LINE) == 1
    assert signed_off(once, ANN) == once


def test_names_of_branches() -> None:
    one = draft(leaf("knowledge/birds/black_capped_chickadee"))
    assert branch_name(one) == "contribute/black-capped-chickadee"
    assert branch_name(one, {"contribute/black-capped-chickadee"}) == "contribute/black-capped-chickadee-2"
    assert branch_name(one, {"Contribute/Black-Capped-Chickadee", "contribute/black-capped-chickadee-2/x"}).endswith(
        "-3"
    )
    assert branch_name(draft(leaf("knowledge/四十雀"))) == "contribute/leaves-abcde"
    assert branch_name(draft(leaf("a/b"), leaf("a/c"), title="Zwölf Vögel!")) == "contribute/zwolf-vogel"
    assert len(branch_name(draft(leaf("a/" + "x" * 300)))) < 60


def test_the_certificate_is_the_one_everybody_signs() -> None:
    """Verbatim, as its licence demands: the words of the published text, whatever the spaces."""
    words = " ".join(TEXT.split())
    assert words.startswith("Developer Certificate of Origin Version 1.1 Copyright (C) 2004, 2006 The Linux Foundation")
    assert words.endswith("this project or the open source license(s) involved.")
    assert hashlib.sha256(words.encode()).hexdigest() == CERTIFICATE


CERTIFICATE = "bd21114d8f3086d79bfd3929fc2043b4acf7575d74d92ee2f486032da1463e77"
