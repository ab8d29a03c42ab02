"""What was generated from a leaf: counted over jobs and data sets, read in pieces, damaged files passed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from labtui import journal, workspace
from labtui.generate.dataset import CARD, MESSAGES, Card, LeafCount
from labtui.generate.journal import Sample
from labtui.operations import leaf_data
from labtui.operations.leaf_data import LeafData, look
from labtui.records import JobSpec
from labtui.widgets.leaf_data_lines import data_lines, data_note
from labtui.workspace import Workspace

LEAF = "compositional_skills/linguistics/synonyms"
OTHER = "knowledge/other"
NOW, BEFORE = "a" * 64, "b" * 64
START = datetime(2026, 11, 1, tzinfo=UTC)


def sample(number: int, *, leaf: str = LEAF, sha256: str = NOW, reason: str = "", text: str = "glad") -> Sample:
    return Sample(
        t=START + timedelta(minutes=number),
        id=f"{leaf}-{number}",
        leaf=leaf,
        leaf_sha256=sha256,
        kind="freeform skill",
        number=number,
        accepted=not reason,
        reason=reason,
        parts={"question": f"A word like '{text}'?", "answer": "happy"},
        seeds=(2,),
        pipeline="simple",
        pipeline_sha256="",
        teacher="mixtral",
        temperature=0.9,
        min_p=0.1,
        max_tokens=100,
        sampling_seeds=(1,),
    )


def job(lab: Workspace, name: str, samples: list[Sample], *, leaves: list[dict[str, str]] | None = None) -> Path:
    folder = journal.JobFolder(lab.jobs / f"{name}-generate-x")
    folder.path.mkdir(parents=True)
    asked = [{"id": leaf, "sha256": sha} for leaf, sha in {(one.leaf, one.leaf_sha256) for one in samples}]
    spec = JobSpec(
        id=folder.id, kind="generate", title=f"job {name}", created=START, workspace=str(lab.root),
        arguments={"leaves": leaves if leaves is not None else asked}, inputs={}, versions={}, command=(),
    )  # fmt: skip
    folder.spec_file.write_bytes(journal.dump(spec))
    lines = journal.JsonLines(folder.path / "samples.jsonl")
    for one in samples:
        lines.append(one)
    lines.close()
    return folder.path


def card(lab: Workspace, name: str, **counts: object) -> None:
    (lab.data / name).mkdir(parents=True)
    count = {
        "id": LEAF, "sha256": NOW, "kind": "freeform skill", "wanted": 9, "accepted": 5, "seeds": 7, "tries": 9,
        "rejected": {}, "ending": "enough", "pipeline": "simple", "pipeline_sha256": "", **counts,
    }  # fmt: skip
    made = Card(
        id="x", made=START, job="j", records=12, samples=5, seeds=7, teacher="mixtral", temperature=1, min_p=0,
        max_tokens=9, seed=0, leaves=[msgspec.convert(count, LeafCount)],
    )  # fmt: skip
    (lab.data / name / CARD).write_bytes(journal.dump(made))


@pytest.fixture
def lab(tmp_path: Path) -> Workspace:
    return workspace.create(tmp_path / "lab")


def last(lab: Workspace, leaf: str = LEAF, sha256: str = NOW) -> LeafData:
    *_, data = look(lab, leaf, sha256)
    assert data.done
    return data


def shown(data: LeafData | None, room: int = 100) -> str:
    return "\n".join(line.plain for line in data_lines(data, ["first seed", "second seed"], room))


def test_samples_of_all_jobs_are_counted_the_newest_come_first(lab: Workspace) -> None:
    job(lab, "20261101T000000Z", [sample(1), sample(2, reason="duplicate"), sample(3, leaf=OTHER, sha256=BEFORE)])
    job(lab, "20261102T000000Z", [sample(4, reason="cut off"), sample(5, reason="duplicate"), sample(6)])
    job(lab, "20261103T000000Z", [sample(7, leaf=OTHER, sha256=BEFORE)])
    data = last(lab)
    assert (data.accepted, data.rejected, data.present) == (2, 3, 2)
    assert data.reasons == {"duplicate": 2, "cut off": 1}
    assert [one.number for one in data.samples] == [6, 5, 4, 2, 1]
    assert [one.title for one in data.jobs] == ["job 20261102T000000Z", "job 20261101T000000Z"]
    assert "2 accepted and 3 rejected of 5 tries in 2 jobs" in shown(data)
    assert "all of the accepted from the leaf as it is now" in shown(data)
    assert "rejected: 2 duplicate · 1 cut off" in shown(data)
    assert "seed 2 (“second seed”)" in shown(data)
    assert data_note(data) == "2"


def test_what_stems_from_an_older_version_is_told_apart(lab: Workspace) -> None:
    job(lab, "20261101T000000Z", [sample(1, sha256=BEFORE), sample(2, sha256=BEFORE), sample(3)])
    data = last(lab)
    assert (data.accepted, data.present) == (3, 1)
    assert "2 of the accepted from an earlier version of the leaf, 1 from the present one" in shown(data)
    assert shown(data).count("· earlier version") == 2


def test_a_leaf_that_was_moved_keeps_its_samples(lab: Workspace) -> None:
    job(lab, "20261101T000000Z", [sample(1, leaf="compositional_skills/old/place")])
    assert last(lab).accepted == 1


def test_data_sets_are_listed_with_and_without_a_card(lab: Workspace) -> None:
    card(lab, "made")
    card(lab, "older", sha256=BEFORE, accepted=3, seeds=0)
    card(lab, "others", id=OTHER, sha256=BEFORE)
    (lab.data / "foreign").mkdir()
    metadata = msgspec.json.encode({"kind": "generated", "leaf": LEAF}).decode()
    line = msgspec.json.encode({"id": "1", "messages": [], "metadata": metadata})
    (lab.data / "foreign" / MESSAGES).write_bytes(line + b"\n" + line + b"\nrubbish\n")
    sets = {one.name: one for one in last(lab).sets}
    assert set(sets) == {"made", "older", "foreign"}
    assert (sets["made"].samples, sets["made"].seeds, sets["made"].present) == (5, 7, True)
    assert (sets["older"].samples, sets["older"].present) == (3, False)
    assert (sets["foreign"].samples, sets["foreign"].present) == (2, None)
    assert "7 own pairs" in shown(last(lab)) and "earlier version" in shown(last(lab))


def test_damaged_files_are_passed_over(lab: Workspace) -> None:
    folder = job(lab, "20261101T000000Z", [sample(1)])
    with open(folder / "samples.jsonl", "ab") as stream:
        stream.write(b"\xff\xfe rubbish\n{}\n" + msgspec.json.encode(sample(2)) + b"\n" + b'{"torn": ')
    (folder / "spec.json").write_text("no json")
    (lab.data / "bad").mkdir()
    (lab.data / "bad" / CARD).write_bytes(b"\x00")
    (lab.jobs / "20261102T000000Z-generate-y" / "samples.jsonl").mkdir(parents=True)
    assert last(lab).accepted == 2


def test_a_folder_in_place_of_a_journal_and_odd_arguments_do_no_harm(lab: Workspace) -> None:
    job(lab, "20261101T000000Z", [sample(1)], leaves=[{"id": OTHER}])
    job(lab, "20261102T000000Z", [sample(2)], leaves=[3, None])  # type: ignore[list-item]
    assert last(lab).jobs == ()


def test_nothing_yet_says_which_key_makes_some(lab: Workspace) -> None:
    assert "Nothing was generated from this leaf yet." in shown(last(lab))
    assert "g makes samples" in shown(last(lab))
    assert "Looking through" in shown(None)


def test_what_is_known_is_given_on_the_way_and_can_be_stopped(lab: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaf_data, "PIECE", 2000)
    monkeypatch.setattr(leaf_data, "PAUSE", -1)
    job(lab, "20261101T000000Z", [sample(number) for number in range(200)])
    reports = list(look(lab, LEAF, NOW))
    assert len(reports) > 20
    counts = [data.accepted for data in reports]
    assert counts == sorted(counts) and counts[-1] == 200
    assert [data.done for data in reports] == [False] * (len(reports) - 1) + [True]
    assert len(reports[-1].samples) == leaf_data.NEWEST
    stopping = iter(look(lab, LEAF, NOW, lambda: True))
    assert not [data for data in stopping if data.done]


@pytest.mark.parametrize("room", [20, 40, 78, 120])
def test_lines_fit_and_hostile_text_is_shown_as_text(lab: Workspace, room: int) -> None:
    evil = "\x1b]52;c;QVRUQUNL\x07[@click=app.quit]x[/]\u202e日本語 " * 5
    job(lab, "20261101T000000Z", [sample(1, text=evil), sample(2, reason=evil)])
    lines = data_lines(last(lab), [evil, evil], room)
    assert all(line.cell_length <= max(20, room) for line in lines)
    assert "\x1b" not in "".join(line.plain for line in lines) and "\u202e" not in "".join(line.plain for line in lines)
    assert "[@click" in "".join(line.plain for line in lines).replace("│", "").replace(" ", "")
