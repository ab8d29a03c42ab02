"""docs/cli.md and the command line say the same: every command, every option, every key of every JSON."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from labtui import cli, errors, jobs, paths, settings, workspace
from labtui.chat.conversations import Made, Speed
from labtui.commands import chat, model
from labtui.contribute.evidence.check_questions import CheckQuestion
from labtui.contribute.evidence.tries import Answer, Asked, TriedLeaf, TryResult, Tuning
from labtui.generate.arguments import LeafAsked
from labtui.generate.dataset import Card, LeafCount
from labtui.operations import models as model_rows
from labtui.operations.generating import GeneratePlan
from labtui.operations.training_plan import TrainPlan
from labtui.operations.trying import TryPlan
from labtui.records import State, now
from labtui.serve.client import Sampling
from labtui.serve.models import ModelInfo, write_model
from labtui.taxonomy.editing.skeleton import MadeLeaf
from labtui.taxonomy.moving import Moved
from labtui.train.data import Message
from labtui.train.estimate import Range
from labtui.workspace import Workspace
from tests.contribute import drafting as drafts
from tests.contribute.submitting import lab as submitting
from tests.jobs import kinds
from tests.jobs.conftest import end_for_good
from tests.taxonomy import leaves, repos
from tests.terminal import labtui

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "object": (dict,),
    "any": (object,),
    "null": (type(None),),
    "time": (str,),
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


# --- the page as data ------------------------------------------------------------------------------------------------


def sections() -> dict[str, list[str]]:
    """The lines under each heading of the second and third order, by the heading's words."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            lines = found.setdefault(line.lstrip("# ").strip("`"), [])
        else:
            lines.append(line)
    return found


def rows(lines: list[str], header: str) -> list[list[str]]:
    """The cells of the table whose first column is called `header`; empty where there is none."""
    cells = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines
        if line.startswith("|")
    ]
    return cells[2:] if cells and cells[0][0] == header else []


def options(lines: list[str]) -> dict[str, str]:
    """Option -> what stands in its row, first column included."""
    return {
        name: " ".join(row) for row in rows(lines, "option") for name in re.findall(r"`(--?[a-zA-Z][a-z0-9-]*)", row[0])
    }


def keys(shape: str) -> dict[str, str]:
    """Key -> type of one of the JSON shapes."""
    found = {row[0].strip("`"): row[1] for row in rows(sections()[shape], "key")}
    assert found, f"docs/cli.md has no table of keys under '{shape}'"
    return found


# --- the program as data ---------------------------------------------------------------------------------------------


def tree() -> dict[str, click.Command]:
    """Every command that is no group, by what is typed."""

    def walk(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        if not isinstance(command, click.Group):
            yield words, command
            return
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from walk(f"{words} {name}", inner)

    return dict(walk("labtui", cli.root))


COMMANDS = tree()


def named(command: click.Command) -> dict[str, click.Option]:
    """Option -> its parameter."""
    return {
        name: parameter
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


# --- commands and options --------------------------------------------------------------------------------------------


def test_the_page_has_every_command_and_no_other() -> None:
    described = {heading for heading in sections() if heading.startswith("labtui ")}
    assert described == set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS)
def test_the_page_has_every_option_of_a_command_and_no_other(words: str) -> None:
    everywhere = options(sections()["Options of every command"])
    described = options(sections()[words])
    assert set(described) == set(named(COMMANDS[words])) - set(everywhere)
    for name, parameter in named(COMMANDS[words]).items():
        if isinstance(parameter.type, click.Choice) and name.startswith("--"):
            assert set(re.findall(r"`([a-z]+)`", described[name])) == set(parameter.type.choices)


def test_the_options_of_every_command_are_those_of_the_program() -> None:
    everywhere = set(options(sections()["Options of every command"]))
    assert everywhere == {*named(cli.root), "--help", "-h"}
    for words, command in COMMANDS.items():
        assert everywhere - {"--help", "-h", "--version"} <= set(named(command)), words


@pytest.mark.parametrize("words", COMMANDS)
def test_the_usage_line_names_the_arguments(words: str) -> None:
    command = COMMANDS[words]
    usage = next(line.strip() for line in sections()[words] if line.startswith("    labtui "))
    assert usage == words or usage.startswith(f"{words} ")
    context = click.Context(command)
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            assert parameter.make_metavar(context) in usage
        elif parameter.required:
            assert parameter.opts[0] in usage


@pytest.mark.parametrize("words", COMMANDS)
def test_what_json_prints_has_a_section(words: str) -> None:
    described = options(sections()[words])
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in sections()}
    for target in re.findall(r"\(#([^)]+)\)", described.get("--json", "")):
        assert target in anchors


def test_the_exit_codes_are_those_of_the_program() -> None:
    described = {int(row[0]) for row in rows(sections()["Exit codes"], "code")}
    assert described == {value for name, value in vars(errors).items() if name.startswith("EXIT_")}


# --- shapes of the JSON ----------------------------------------------------------------------------------------------


def fits(value: Any, shape: str) -> None:
    """Asserts that an object has exactly the keys of the table, each of the type that stands there."""
    described = keys(shape)
    assert flat(value, described) == set(described)


def flat(value: dict[str, Any], described: dict[str, str], before: str = "") -> set[str]:
    found = set()
    for name, item in value.items():
        key = f"{before}{name}"
        assert key in described, f"{key} does not stand in docs/cli.md"
        found.add(key)
        words = described[key].split(" or ")
        expected = tuple(one for word in words for one in TYPES[word])
        assert isinstance(item, expected), f"{key} is {item!r}, not {described[key]}"
        assert not isinstance(item, bool) or "boolean" in words or "any" in words, f"{key} is {item!r}"
        if "time" in words and item is not None:
            assert TIME.fullmatch(item), f"{key} is {item!r}"
        inside = {other for other in described if other.startswith((f"{key}.", f"{key}[]."))}
        if not inside:
            continue
        parts = item if isinstance(item, list) else [item]
        marks = f"{key}[]." if isinstance(item, list) else f"{key}."
        if not any(parts):
            # Nothing to compare with here; the tests of the structs cover what stands inside.
            found |= inside
        for part in filter(None, parts):
            found |= flat(part, described, marks)
    return found


def asked(*words: str, code: int = 0) -> Any:
    done = labtui(*words, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_config_show() -> None:
    for row in (answer := asked("config", "show", "--set", "chat.seed=7")):
        fits(row, "A setting")
    assert {row["key"] for row in answer} >= {"chat.seed", "jobs.keep_days", "keys"}


def test_system_info() -> None:
    answer = asked("system", "info")
    assert answer
    for fact in answer:
        fits(fact, "A fact")


def test_taxonomy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = workspace.create(tmp_path / "lab")
    leaves.write(lab.taxonomy, "compositional_skills/words/synonyms")
    broken = leaves.write(lab.taxonomy, "compositional_skills/words/broken", "version: 3\ncreated_by: [ann\n")
    monkeypatch.chdir(lab.root)
    answer = asked("taxonomy", "list")
    assert {leaf["kind"] for leaf in answer} == {"freeform skill", "unreadable"}
    for leaf in answer:
        fits(leaf, "A leaf")
    findings = asked("taxonomy", "check", code=1)
    assert findings[0]["path"] == str(broken)
    for finding in findings:
        fits(finding, "A finding")


def test_taxonomy_rules() -> None:
    answer = asked("taxonomy", "rules")
    assert len(answer) > 50
    for rule in answer:
        fits(rule, "A rule")


def test_taxonomy_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = workspace.create(tmp_path / "lab")
    repos.make(lab.taxonomy)
    changed = leaves.SKILL.replace("uno", "un").replace("created_by: ann", "created_by: bob")
    repos.put(lab.taxonomy, {f"{repos.WORDS}/qna.yaml": changed, f"{repos.WORDS}/note.md": "x"})
    repos.put(lab.taxonomy, {f"{repos.BIRDS}/qna.yaml": "a: [", f"{repos.BIRDS}/attribution.txt": "x"})
    monkeypatch.chdir(lab.root)
    answer = asked("taxonomy", "diff")
    fits(answer, "A difference")
    first, second = answer["leaves"]
    part = {key.removeprefix("leaves[].seeds[].parts[]."): kind for key, kind in keys("A difference").items()}
    for field in first["fields"]:
        assert flat(field, part) <= set(part)
    text = {key.removeprefix("text."): kind for key, kind in part.items() if key.startswith("text.")}
    assert flat(second["attribution"], text) == set(text)
    fits(asked("taxonomy", "diff", "--base", "empty", "--brief"), "A difference")


def test_taxonomy_update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = repos.make(tmp_path / "theirs")
    lab = workspace.create(tmp_path / "lab")
    lab.taxonomy.rmdir()
    repos.clone(theirs, lab.taxonomy)
    repos.commit(theirs, {f"{repos.WORDS}/qna.yaml": leaves.SKILL.replace("uno", "un")})
    monkeypatch.chdir(lab.root)
    answer = asked("taxonomy", "update")
    assert answer["leaves"]
    fits(answer, "An update")


@pytest.mark.parametrize(("command", "kind"), [("fix", "compositional_skills"), ("upgrade", "knowledge")])
def test_taxonomy_fix_and_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, kind: str) -> None:
    lab = workspace.create(tmp_path / "lab")
    leaves.write(lab.taxonomy, f"{kind}/words/synonyms", leaves.SKILL.replace("version: 3", "version: 2"))
    leaves.write(lab.taxonomy, f"{kind}/words/broken", b"\xff")
    (lab.taxonomy / f"{kind}/words/folder/qna.yaml").mkdir(parents=True)
    monkeypatch.chdir(lab.root)
    answer = asked("taxonomy", command, "--dry-run", code=1)
    fits(answer, "What is written")
    (change,) = answer["changes"]
    assert bool(change["fixed"]) == (command == "fix")
    assert bool(change["missing"]) == (command == "upgrade")
    for finding in (*change["fixed"], *change["left"]):
        fits(finding, "A finding")


def test_model_list(tmp_path: Path) -> None:
    folder = paths.models_dir() / "small"
    folder.mkdir(parents=True)
    (folder / "model.gguf").write_bytes(b"GGUF")
    write_model(folder, ModelInfo(name="small", kind="gguf", path=str(folder / "model.gguf"), size=4))
    (answer,) = asked("model", "list")
    assert (answer["name"], answer["missing"]) == ("small", False)
    fits(answer, "A model")


def test_contributions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = drafts.lab(tmp_path)
    monkeypatch.chdir(lab.root)
    begun = asked("contribute", "new", "--kind", "knowledge")
    assert any(step["problems"] for step in begun["steps"])
    whole = drafts.whole(lab)
    for answer in (begun, asked("contribute", "show", whole.id), asked("contribute", "resume", begun["id"])):
        fits(answer, "A contribution")
    (lab.drafts / begun["id"] / "draft.json").write_text("{")
    listed = asked("contribute", "list")
    assert {bool(row["problem"]) for row in listed} == {True, False}
    for row in listed:
        fits(row, "A contribution in short")
    fits(asked("contribute", "abandon", begun["id"]), "An abandoned contribution")


def test_submitting_a_contribution(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "all").mkdir()
    lab = submitting.make(tmp_path / "all", clean_environment)
    submitting.cloned(lab, str(lab.upstream), str(lab.fork))
    monkeypatch.chdir(lab.workspace.root)
    lab.draft()
    plan = asked("contribute", "submit", "last", "--dry-run")
    assert plan["files"] and plan["commands"] and plan["obstacles"] and plan["identity"]
    fits(plan, "A plan of a submission")
    fits(asked("contribute", "submit", "last", "--bundle", "out.bundle"), "Files to send")
    submitted = asked("contribute", "submit")
    assert submitted["steps"]
    fits(submitted, "A submission")
    lab.upstream_commit({f"{submitting.BIRDS}/qna.yaml": leaves.SKILL})
    rebased = asked("contribute", "rebase", code=1)
    assert rebased["conflicts"]
    fits(rebased, "A rebase")
    fits(asked("contribute", "tidy", "--abandoned"), "A tidying")


def test_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds.make_known(monkeypatch)
    lab: Workspace = workspace.create(tmp_path / "lab")
    monkeypatch.chdir(lab.root)
    folder = jobs.submit(lab, "steps", "count", {"steps": 3})
    try:
        jobs.wait(folder, timeout=60)
        for answer in (
            asked("jobs", "list"),
            asked("jobs", "wait"),
            [asked("jobs", "stop")],
            [asked("jobs", "attach")],
        ):
            (job,) = answer
            assert (job["id"], job["state"]) == (folder.id, "done")
            assert job["ended"] is not None
            fits(job, "A job")
        answer = asked("jobs", "prune", "--days", "0", "--dry-run")
        assert answer["removed"] == [folder.id]
        fits(answer, "A clearing")
    finally:
        end_for_good(folder)


def test_the_states_of_a_job_are_all_said() -> None:
    text = " ".join(sections()["labtui jobs list"])
    assert {str(state) for state in State} <= set(re.findall(r"`([a-z]+)`", text.partition("| option")[0]))


def fields(kind: type) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}


@pytest.mark.parametrize(
    ("shape", "before", "kind"),
    [
        ("A new leaf", "", MadeLeaf),
        ("A moved leaf", "", Moved),
        ("A plan of a generation", "", GeneratePlan),
        ("A plan of a generation", "leaves[].", LeafAsked),
        ("A plan of a training", "", TrainPlan),
        ("A plan of a training", "memory_bytes.", Range),
        ("A plan of a training", "seconds.", Range),
        ("A plan of a training", "example[].", Message),
        ("A plan of a try", "", TryPlan),
        ("A check question", "", CheckQuestion),
        ("A try", "result.", TryResult),
        ("A try", "result.leaves[].", TriedLeaf),
        ("A try", "result.tuning.", Tuning),
        ("A try", "result.asked[].", Asked),
        ("A try", "result.asked[].before.", Answer),
        ("A generation", "dataset.", Card),
        ("A generation", "dataset.leaves[].", LeafCount),
        ("An answer", "made.", Made),
        ("An answer", "made.sampling.", Sampling),
        ("An answer", "speed.", Speed),
    ],
)
def test_what_is_printed_as_it_is_has_the_keys_of_the_page(shape: str, before: str, kind: type) -> None:
    described = {key.removeprefix(before) for key in keys(shape) if key.startswith(before)}
    assert {key for key in described if "." not in key} == fields(kind)


def test_an_answer() -> None:
    from labtui.chat.conversations import Turn

    made = Made(model="small", sampling=Sampling())
    turn = Turn(id="a", role="assistant", text="Yes.", created=now(), made=made, speed=Speed(seconds=1.5))
    fits(json.loads(json.dumps(chat._document("Is it?", turn))), "An answer")


def test_a_served_model() -> None:
    info = ModelInfo(name="small", kind="gguf", path="/nowhere/model.gguf")
    server = model_rows.Server(job="j", model="small", adapter="", state=State.RUNNING, ready=True)
    document = model.document(model_rows.Row(info, True, (server,)))
    fits(json.loads(msgspec.json.encode(document)), "A model")


@pytest.mark.parametrize(
    ("module", "shape"),
    [("generate", "A generation"), ("train", "A training"), ("model", "A server"), ("jobs", "A clearing")],
)
def test_objects_that_commands_put_together_have_the_keys_of_the_page(module: str, shape: str) -> None:
    """Those that only a real model would print: read in the source, where they stand as literals."""
    source = ast.parse((Path(cli.__file__).parent / "commands" / f"{module}.py").read_text(encoding="utf-8"))
    literals = [
        {key.value for key in call.args[0].keys if isinstance(key, ast.Constant)}
        for call in ast.walk(source)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print_json"
        if isinstance(call.args[0], ast.Dict)
    ]
    assert {key for key in keys(shape) if "." not in key} in literals


def test_variables_name_settings_that_are_there() -> None:
    """What the page shows of settings can be typed."""
    text = PAGE.read_text(encoding="utf-8")
    shown = set(re.findall(r"`((?:chat|generate|train|serve|jobs|interface)\.[a-z_]+)`", text))
    assert shown
    for key in shown:
        section, _, name = key.partition(".")
        assert name in type(getattr(settings.Settings(), section)).__struct_fields__, key
    for variable in re.findall(r"LABTUI_([A-Z_]+)__([A-Z_]+)=", text):
        section, name = (word.lower() for word in variable)
        assert name in type(getattr(settings.Settings(), section)).__struct_fields__
