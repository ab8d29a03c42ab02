"""Planning and starting a generation: what the generate screen and `labtui generate` both call. Blocks."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from labtui import git, jobs
from labtui.config import Config
from labtui.errors import LabError, UsageError
from labtui.generate import dataset, leaves, pipeline
from labtui.generate.arguments import KIND, GenerateArguments, LeafAsked, limit_of
from labtui.generate.remote import RemoteTeacher
from labtui.journal import JobFolder
from labtui.operations import serving
from labtui.serve.find import find_served
from labtui.taxonomy.leaf import Leaf, read_leaf
from labtui.workspace import Workspace

Say = Callable[[str], None]


class GeneratePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a generation would do, before it is started."""

    teacher: str
    served: bool
    """Whether the teacher answers already; it is started first where it does not."""
    remote: bool
    """Whether somebody else serves it."""
    leaves: tuple[LeafAsked, ...]
    pipeline: str
    samples: int
    """Wanted, over all leaves."""
    requests: tuple[int, int]
    """Least and most requests to the teacher."""
    seeds: int
    """Of the leaves' own pairs that go into the data set too."""
    out: str
    """Empty: data/JOB in the workspace."""
    command: tuple[str, ...]

    @property
    def command_line(self) -> str:
        return shlex.join(self.command)


def plan_generate(
    workspace: Workspace,
    config: Config,
    names: Sequence[str],
    *,
    samples: int | None = None,
    teacher: str = "",
    out: Path | None = None,
) -> GeneratePlan:
    """What `start_generate` would do with the same words. Raises LabError where it could not be started."""
    arguments, read = _arguments(workspace, config, names, samples, teacher, out)
    return _plan(workspace, arguments, read)


def start_generate(
    workspace: Workspace,
    config: Config,
    names: Sequence[str],
    *,
    samples: int | None = None,
    teacher: str = "",
    out: Path | None = None,
    say: Say,
) -> JobFolder:
    """Serves the teacher where it is not served yet, starts the generation as a job and returns.

    Raises UsageError for a leaf, teacher or folder that cannot be used, and LabError where the teacher does not
    come up.
    """
    arguments, read = _arguments(workspace, config, names, samples, teacher, out)
    plan = _plan(workspace, arguments, read)
    if arguments.out:
        dataset.check_writable(Path(arguments.out))
    serving.ensure_served(workspace, config, arguments.teacher, say=say)
    return jobs.submit(
        workspace,
        KIND,
        _title(arguments),
        msgspec.to_builtins(arguments),
        inputs={leaf.id: leaf.sha256 for leaf in read} | {"teacher": arguments.teacher_sha256},
        commit=_commit(workspace.taxonomy),
        command=plan.command,
    )


def _arguments(
    workspace: Workspace,
    config: Config,
    names: Sequence[str],
    samples: int | None,
    teacher: str,
    out: Path | None,
) -> tuple[GenerateArguments, list[Leaf]]:
    settings = config.settings.generate
    wanted = settings.samples if samples is None else samples
    if wanted < 1:
        raise UsageError("At least one sample is needed.", where="--samples")
    if not names:
        raise UsageError("No leaf was named.", hint="List them with: labtui taxonomy list")
    read = [_leaf(workspace, name) for name in names]
    read = list({leaf.id: leaf for leaf in read}.values())
    for leaf in read:
        pipeline.load(settings.pipeline, leaf.kind)
    if out is not None:
        out = out.expanduser().absolute()
        dataset.check_out(out)
    return arguments_for(workspace, config, read, wanted, teacher=teacher, out=str(out) if out else ""), read


def arguments_for(
    workspace: Workspace, config: Config, read: Sequence[Leaf], samples: int, *, teacher: str = "", out: str = ""
) -> GenerateArguments:
    """What a generation of `samples` from each of those leaves is asked, with the settings as they are.

    Raises UsageError for a teacher that cannot be used.
    """
    settings = config.settings.generate
    choice = serving.choose(workspace, config, teacher or settings.teacher)
    info = choice.model
    if info.kind == "gguf" and not info.template:
        raise UsageError(
            f"'{info.name}' has no chat template, so it cannot be asked for samples.",
            where=str(info.path),
            hint="Choose an instruction-tuned model as teacher: labtui model list",
        )
    remote = config.settings.serve.remotes[info.name] if info.kind == "remote" else None
    return GenerateArguments(
        taxonomy=str(workspace.taxonomy),
        leaves=tuple(LeafAsked(id=leaf.id, sha256=leaf.sha256, kind=leaf.kind, samples=samples) for leaf in read),
        teacher=teacher or settings.teacher or choice.model.name,
        teacher_model=info.name,
        teacher_adapter=choice.adapter_name,
        teacher_sha256="+".join(part.sha256 for part in (info, choice.adapter) if part and part.sha256),
        remote=RemoteTeacher(url=remote.url, model=remote.model, api_key_env=remote.api_key_env, context=remote.context)
        if remote
        else None,
        out=out,
        pipeline=settings.pipeline,
        temperature=settings.temperature,
        min_p=settings.min_p,
        max_tokens=settings.max_tokens,
        concurrency=settings.concurrency,
        tries=settings.tries,
        seed=settings.seed,
        include_seeds=settings.include_seeds,
    )


def _commit(taxonomy: Path) -> str:
    """The taxonomy's commit; empty where it is no repository, or git is not there to say."""
    try:
        head = git.head(taxonomy) if git.available() and git.root(taxonomy) else None
    except LabError:
        return ""
    return head.sha if head else ""


def _leaf(workspace: Workspace, name: str) -> Leaf:
    if not workspace.taxonomy.is_dir():
        raise LabError(
            "The workspace has no taxonomy.",
            where=str(workspace.taxonomy),
            hint="Give it one: labtui init . --taxonomy URL|DIR",
        )
    leaf = read_leaf(workspace.taxonomy, name)
    if why := leaves.why_unusable(leaf):
        raise LabError(why, where=str(leaf.path), hint=f"See what is wrong with it: labtui taxonomy check {leaf.id}")
    return leaf


def _plan(workspace: Workspace, arguments: GenerateArguments, read: list[Leaf]) -> GeneratePlan:
    steps = {leaf.id: len(pipeline.load(arguments.pipeline, leaf.kind).steps) for leaf in read}
    remote = arguments.remote is not None
    served = remote or bool(find_served(workspace.jobs, arguments.teacher_model, arguments.teacher_adapter))
    least = sum(steps[leaf.id] * leaf.samples for leaf in arguments.leaves)
    most = sum(steps[leaf.id] * limit_of(arguments.tries, leaf.samples) for leaf in arguments.leaves)
    return GeneratePlan(
        teacher=arguments.teacher,
        served=served,
        remote=remote,
        leaves=arguments.leaves,
        pipeline=arguments.pipeline,
        samples=arguments.wanted,
        requests=(least, most),
        seeds=sum(len(leaves.own_pairs(leaf)) for leaf in read) if arguments.include_seeds else 0,
        out=arguments.out,
        command=_command(arguments),
    )


def _command(arguments: GenerateArguments) -> tuple[str, ...]:
    named = [leaf.id for leaf in arguments.leaves]
    samples = str(arguments.leaves[0].samples)
    out = ["--out", arguments.out] if arguments.out else []
    return ("labtui", "generate", *named, "--samples", samples, "--teacher", arguments.teacher, *out)


def _title(arguments: GenerateArguments) -> str:
    ends = [leaf.id.rpartition("/")[2] for leaf in arguments.leaves]
    named = ", ".join(ends[:3]) + (f" and {len(ends) - 3} more" if len(ends) > 3 else "")
    samples = arguments.leaves[0].samples
    many = "1 sample" if samples == 1 else f"{samples:,} samples"
    return f"{named}, {many}" + (" each" if len(ends) > 1 else "")


def out_of(folder: JobFolder) -> Path:
    """Where a generation job's data set is or will be: in the workspace the job lies in, wherever that was moved."""
    spec = folder.spec()
    workspace = Workspace(folder.path.absolute().parent.parent)
    return msgspec.convert(spec.arguments, GenerateArguments).folder(workspace, spec.id)


def plan_facts(plan: GeneratePlan) -> list[tuple[str, str]]:
    """What will happen, as (what, how much) in words."""
    how = "answers already" if plan.served else "is started first"
    each = plan.leaves[0].samples
    asked = f"{each:,} of each of {len(plan.leaves)} leaves: {plan.samples:,}" if len(plan.leaves) > 1 else f"{each:,}"
    facts = [
        ("samples", asked),
        ("teacher", f"{plan.teacher}, {'served by somebody else' if plan.remote else how}"),
        ("requests", f"{plan.requests[0]:,} where every answer is good, at most {plan.requests[1]:,}"),
        ("pipeline", plan.pipeline),
    ]
    if plan.seeds:
        facts.append(("seeds", f"their {plan.seeds} own pairs go into the data set too"))
    facts.append(("data set", plan.out or "data/JOB in the workspace"))
    return facts
