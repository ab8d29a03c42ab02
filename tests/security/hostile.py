"""Text that attacks the terminal, with a marker for each way and each source, and a workspace full of it.

What stands in a file or comes from a server can try to write the clipboard, set the title, clear the screen, open a
link, turn the reading direction around, or become markup of the application. `attack("log")` holds all of it;
`traces(raw)` finds what reached the terminal.
"""

from __future__ import annotations

import base64
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import msgspec

from labtui import journal, records, workspace
from labtui.contribute.drafts import store
from labtui.contribute.records import CheckRun, Comment, ContributedLeaf, Draft, Evidence, Request
from labtui.records import JobSpec, JobStatus, State, now
from labtui.taxonomy.leaf import FREEFORM
from labtui.workspace import Workspace

CLICK = "CLICKME"
"""The word that hostile markup would make clickable: it would leave the application."""

FORBIDDEN = {
    # What a click copies is the user's own act, and stands there in base64; this one starts as every attack's does.
    "clipboard (OSC 52)": re.compile(rb"(\x1b\]|\xc2\x9d)52;[a-z]*;" + base64.b64encode(b"ATTACK")),
    "title (OSC 0)": re.compile(rb"\x1b\][012];[^\x07\x1b]*ATTACK"),
    "link (OSC 8)": re.compile(rb"\x1b\]8;"),
    "screen control (CSI)": re.compile(rb"\x1b\[3133[0-9]"),
    "8-bit control (C1)": re.compile(rb"\xc2[\x80-\x9f]|(?<![\xc2-\xf4\x80-\xbf])[\x80-\x9f]"),
    "device control (DCS)": re.compile(rb"\x1bP[^\x1b]*ATTACK"),
    "reading direction (bidi)": re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]"),
}


def attack(source: str, *, short: bool = False, lines: bool = True) -> str:
    """Every attack in one text that names its source. `short` fits into a file name and holds no slash."""
    marker = f"ATTACK-{source}"
    clipboard = base64.b64encode(marker.encode()).decode().replace("/", "A")
    if short:
        return f"{source}\x1b]52;c;{clipboard[:8]}\x07\x1b[31337X\x9b31338X\u202e[b][@click=app.leave]{CLICK}"
    parts = [
        f"{source} before",
        f"\x1b]52;c;{clipboard}\x07",
        f"\x1b]0;{marker}\x07",
        f"\x1b]8;;http://example.org/{marker}\x1b\\link\x1b]8;;\x1b\\",
        "\x1b[31337X\x1b[2J\x1b[31339;1H",
        f"\x9b31338X\x9d52;c;{clipboard}\x9c",
        f"\x1bP+q{marker}\x1b\\",
        "\u202e\u2066turned\u2069",
        f"[@click=app.leave]{CLICK}[/]",
        "[/][red]x[/bold][INFO] [type=x, v={'a[0]'}]",
        f"[{CLICK}](action:app.leave)",
        "\x07\x08\x00\x7f\r",
        f"\x1b]52;c;{clipboard}",
    ]
    return ("\n" if lines else " ").join(parts)


def traces(raw: bytes) -> dict[str, bytes]:
    """What reached the terminal, by way, with its surroundings."""
    found = {}
    for way, pattern in FORBIDDEN.items():
        if match := pattern.search(raw):
            found[way] = raw[max(0, match.start() - 40) : match.end() + 40]
    return found


def hostile_workspace(root: Path) -> Workspace:
    """A workspace in which everything that can hold text attacks: names, titles, logs, events, YAML, Markdown."""
    made = workspace.create(root / attack("folder", short=True))
    _taxonomy(made)
    _jobs(made)
    _chats(made)
    _models(made)
    _data(made)
    _contributions(made)
    return made


def yaml_text(text: str) -> str:
    """As a double-quoted YAML scalar, where escapes stand for any character."""
    return '"' + "".join(f"\\U{ord(c):08X}" if not c.isalnum() and c not in " []()@=.:-" else c for c in text) + '"'


def _taxonomy(made: Workspace) -> None:
    leaf = made.taxonomy / "compositional_skills" / "writing" / attack("leafname", short=True)
    leaf.mkdir(parents=True)
    seeds = "".join(
        f"  - question: {yaml_text(attack(f'question{n}'))}\n    answer: {yaml_text(attack(f'answer{n}'))}\n"
        for n in range(5)
    )
    (leaf / "qna.yaml").write_text(
        f"version: 2\ncreated_by: {yaml_text(attack('author', lines=False))}\n"
        f"task_description: {yaml_text(attack('task'))}\nseed_examples:\n{seeds}"
    )
    (leaf / "attribution.txt").write_text(attack("attribution"))
    broken = made.taxonomy / "knowledge" / "science" / "broken"
    broken.mkdir(parents=True)
    (broken / "qna.yaml").write_bytes(b"version: 3\n" + attack("rawyaml").encode() + b"\n\xff\xfe\n")
    odd = made.taxonomy / "knowledge" / "science" / "unknown"
    odd.mkdir(parents=True)
    (odd / "qna.yaml").write_text(f"version: 3\n{yaml_text(attack('key', lines=False))}: 1\ndomain: [1, 2\n")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", attack("commit").replace("\0", "")]):
        identity = ["-c", f"user.name={attack('gitauthor', lines=False)}".replace("\0", ""), "-c", "user.email=a@b.c"]
        subprocess.run(["git", *identity, *arguments], cwd=made.taxonomy, check=True, capture_output=True)
    (leaf / attack("newfile", short=True)).write_text("x")


def _contributions(made: Workspace) -> None:
    """A contribution as a stranger's workspace could hold one: whatever its files say was never checked."""
    folder = store.new(made, title=attack("drafttitle"))
    leaf = ContributedLeaf(
        id=f"compositional_skills/writing/{attack('draftleaf', short=True)}", kind=FREEFORM, placed=True
    )
    file = folder.leaf_file(leaf)
    file.parent.mkdir(parents=True)
    seeds = "".join(
        f"  - question: {yaml_text(attack(f'asked{n}'))}\n    answer: {yaml_text(attack(f'wanted{n}'))}\n"
        for n in range(5)
    )
    file.write_text(
        f"version: 3\ncreated_by: {yaml_text(attack('draftauthor', lines=False))}\n"
        f"task_description: {yaml_text(attack('drafttask'))}\nseed_examples:\n{seeds}"
    )
    file.with_name("attribution.txt").write_text(attack("draftattribution"))
    folder.add_evidence(Evidence(leaf=leaf.id, question=attack("asked0"), answer=attack("before"), corrected="x"))
    comment = Comment(author=attack("reviewer"), text=attack("comment"), leaf=leaf.id, seed=1, url=attack("commenturl"))
    check = CheckRun(name=attack("checkname"), state="failed", says=attack("checksays"), url=attack("checkurl"))

    def fill(draft: Draft) -> None:
        draft.leaves, draft.teaches, draft.message = [leaf], attack("teaches"), attack("commitmessage")
        draft.branch, draft.commit, draft.submitted = attack("branch"), "c" * 40, "s"
        draft.request = Request(
            forge="github",
            number=12,
            url=f"https://example.org/{attack('requesturl')}",
            changes_requested=True,
            checks=(check,),
            labels=(attack("label"),),
            comments=(comment,),
        )

    folder.change(fill)


def _jobs(made: Workspace) -> None:
    for number, (kind, state) in enumerate(
        [("generate", State.DONE), ("train", State.FAILED), ("serve", State.STOPPED), ("generate", State.FAILED)]
    ):
        moment = now() - timedelta(minutes=number)
        name = f"{moment:%Y%m%dT%H%M%SZ}-{kind}-bad{number}"
        folder = journal.JobFolder(made.jobs / name)
        folder.path.mkdir(mode=0o700)
        spec = JobSpec(
            id=name,
            kind=kind,
            title=attack(f"title{number}"),
            created=moment,
            workspace=str(made.root),
            arguments={attack("argument", lines=False): attack("value"), "leaves": [attack("leaf")]},
            inputs={attack("input", lines=False): attack("hash")},
            versions={"labtui": attack("version")},
            commit=attack("sha"),
            command=("labtui", attack("command")),
        )
        folder.spec_file.write_bytes(journal.dump(spec))
        status = JobStatus(
            state=state,
            attempt=1,
            host=attack("host", lines=False),
            boot="",
            supervisor_pid=1,
            supervisor_started=0.0,
            submitted=moment,
            started=moment,
            ended=moment,
            exit_code=1,
            reason=attack("reason"),
        )
        folder.status_file.write_bytes(journal.dump(status))
        pen = journal.Reporter(folder, 1)
        pen.stage(attack("stage"), attack("detail"))
        pen.progress(3, 10, attack("unit", lines=False))
        pen.metric(1, **{"loss": 1.0, attack("metric", lines=False): 2.0})
        pen.send(
            records.Sample(
                id="x",
                leaf=attack("sampleleaf"),
                accepted=False,
                reason=attack("why"),
                question=attack("asked"),
                answer=attack("answered"),
            )
        )
        pen.artifact(attack("artifact"), attack("path"), note=attack("note"))
        pen.warning(attack("warning"), attack("warninghint"))
        pen.error(attack("error"), attack("errorwhere"), attack("errorhint"))
        pen.close()
        folder.log_file.write_bytes((attack("log") + "\n").encode("utf-8") * 40 + b"\x80\x9b31338X\xff raw\n")
    stray = made.jobs / attack("jobname", short=True)
    stray.mkdir()
    (stray / "spec.json").write_text(attack("broken spec"))


def _chats(made: Workspace) -> None:
    from labtui.chat import conversations
    from labtui.chat.store import ChatStore

    talk = conversations.new(attack("chatmodel", lines=False), system=attack("system"))
    talk.title = attack("chattitle", lines=False)
    pane = talk.panes[0]
    question = conversations.ask(talk, pane, attack("chatquestion"))
    answer = conversations.begin_answer(
        talk, pane, question, conversations.Made(model=attack("madeby"), engine=attack("engine"))
    )
    answer.text = (
        "# " + attack("chatanswer") + "\n\n```" + attack("fence") + "\n```\n| a | b |\n|-|-|\n| [/] | \x1b[31337X |\n"
    )
    answer.reasoning = attack("reasoning")
    answer.end = "failed"
    answer.reason = attack("endreason")
    talk.draft = attack("draft")
    ChatStore(made.chats).save(talk)
    (made.chats / f"{attack('chatfile', short=True)}.json").write_text(attack("not json"))


def _models(made: Workspace) -> None:
    from labtui.serve.models import ModelInfo, write_model

    info = ModelInfo(
        name="plain",
        kind="adapter",
        path=str(made.models / "plain"),
        architecture=attack("architecture"),
        quantization=attack("quantization", lines=False),
        source=attack("source"),
        licence=attack("licence"),
        base=attack("base"),
    )
    folder = made.models / "plain"
    folder.mkdir()
    (folder / "adapter.gguf").write_bytes(b"GGUF")
    write_model(folder, info)
    other = made.models / attack("modelfolder", short=True)
    other.mkdir()
    named = msgspec.structs.replace(info, name=attack("modelname", lines=False), path=str(other))
    (other / "model.json").write_bytes(journal.dump(named))
    (other / "adapter.gguf").write_bytes(b"GGUF")


def _data(made: Workspace) -> None:
    folder = made.data / attack("dataset", short=True)
    folder.mkdir()
    line = {
        "id": attack("id"),
        "messages": [{"role": "user", "content": attack("u")}, {"role": "assistant", "content": attack("a")}],
        "metadata": attack("metadata"),
        "unmask": False,
    }
    (folder / "messages.jsonl").write_bytes(msgspec.json.encode(line) + b"\n" + attack("notjson").encode() + b"\n")
