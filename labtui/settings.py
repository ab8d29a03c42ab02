"""Every setting there is, with its type, default and meaning. Read and merged by `labtui.config`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


def _says(description: str) -> Meta:
    return Meta(description=description)


def _reaches(description: str) -> Meta:
    """A setting that reaches out or runs something: from a workspace it counts only once the folder is trusted."""
    return Meta(description=description, extra={"reaches_out": True})


Ratio = Annotated[float, Meta(ge=0, le=1)]


class Interface(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    theme: Annotated[str, _says("labtui-dark, -light, -contrast or -ansi; empty: the last chosen")] = ""
    ascii: Annotated[bool, _says("draw with ASCII signs and borders only")] = False
    animations: Annotated[
        Literal["auto", "on", "off"], _says("auto: off over SSH, where TEXTUAL_ANIMATIONS says none, and in tests")
    ] = "auto"
    mouse: Annotated[bool, _says("take the mouse; off leaves selection to the terminal")] = True
    bell: Annotated[bool, _says("ring the terminal's bell when a job ends that is not on screen")] = False


class Taxonomy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    base: Annotated[
        str,
        Meta(
            max_length=200,
            pattern=r"^(?!-)[^\x00-\x1f]*$",
            description="what changes are counted from: a branch, tag or commit; empty: the remote's default branch",
        ),
    ] = ""


class Chat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    model: Annotated[str, _says("model to chat with; empty: the served one, else the only one there is")] = ""
    system: Annotated[str, _says("system prompt; empty sends none")] = ""
    temperature: Annotated[float, Meta(ge=0, le=5, description="0 is greedy")] = 0.7
    top_p: Annotated[float, Meta(ge=0, le=1, description="share of probability sampled from")] = 0.95
    min_p: Annotated[float, Meta(ge=0, le=1, description="least probability relative to the likeliest token")] = 0.05
    max_tokens: Annotated[int, Meta(ge=1, description="longest answer")] = 1024
    seed: Annotated[int | None, _says("fixes the sampling; none draws anew each time")] = None


class Remote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One OpenAI-compatible endpoint somebody else serves."""

    url: str
    model: str = ""
    api_key_env: str = ""
    context: int = 0


class Serve(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    engine: Annotated[Literal["auto", "xllamacpp", "llama_cpp"], _says("auto: the first one installed")] = "auto"
    threads: Annotated[
        int, Meta(ge=0, description="CPU threads; 0: as many as pay for the model, at most the physical cores")
    ] = 0
    context: Annotated[int, Meta(ge=0, description="context window in tokens; 0: the model's own, at most 8192")] = 0
    parallel: Annotated[int, Meta(ge=1, le=256, description="requests answered at once (xllamacpp)")] = 4
    gpu_layers: Annotated[int, Meta(ge=-1, description="layers put on the GPU; -1: all that fit")] = -1
    idle_minutes: Annotated[
        float, Meta(ge=0, description="a server started on the way stops after so long without a request; 0: never")
    ] = 15.0
    remotes: Annotated[dict[str, Remote], _reaches("endpoints by name: url, model, api_key_env, context")] = {}


class Generate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    teacher: Annotated[str, _says("model that writes samples; empty: as chat.model")] = ""
    samples: Annotated[int, Meta(ge=1, description="samples wanted a leaf")] = 24
    temperature: Annotated[float, Meta(ge=0, le=5, description="of the teacher")] = 0.9
    min_p: Annotated[float, Meta(ge=0, le=1, description="of the teacher")] = 0.08
    max_tokens: Annotated[int, Meta(ge=16, description="longest answer of the teacher")] = 256
    concurrency: Annotated[int, Meta(ge=0, description="requests under way at once; 0: what the server takes")] = 0
    tries: Annotated[float, Meta(ge=1, description="at most so many tries for each sample wanted")] = 4.0
    pipeline: Annotated[str, _says("simple: seeds as turns, for small teachers; json: one request a sample")] = "simple"
    seed: Annotated[int, Meta(ge=0, description="another one draws other samples from the same leaves")] = 0
    include_seeds: Annotated[bool, _says("put the leaf's own pairs into the data set too, marked as such")] = True


class Review(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    policy: Annotated[
        Literal["everything", "not_rejected", "accepted"],
        _says("what a training takes: all, all but what reviewers rejected, or only what they accepted"),
    ] = "not_rejected"


class Train(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    model: Annotated[str, _says("student; empty: as chat.model")] = ""
    epochs: Annotated[float, Meta(gt=0, description="passes over the data, where no steps are given")] = 5.0
    rank: Annotated[int, Meta(ge=1, description="LoRA rank")] = 16
    alpha: Annotated[float, Meta(gt=0, description="LoRA alpha; the adapter counts alpha/rank")] = 32.0
    dropout: Annotated[Ratio, _says("LoRA dropout")] = 0.0
    learning_rate: Annotated[float, Meta(gt=0, description="highest rate of the schedule")] = 5e-4
    warmup_steps: Annotated[int, Meta(ge=0, description="steps until the highest rate")] = 3
    batch: Annotated[int, Meta(ge=1, description="samples a step")] = 4
    max_tokens: Annotated[int, Meta(ge=16, description="longer samples are left out, and said so")] = 512
    checkpoint_steps: Annotated[int, Meta(ge=1, description="steps between checkpoints")] = 10
    threads: Annotated[int, Meta(ge=0, description="CPU threads; 0: all physical cores")] = 0
    device: Annotated[Literal["auto", "cpu", "cuda"], _says("auto: the graphics card, where torch can use it")] = "auto"
    seed: Annotated[int, Meta(ge=0, description="of order and initialisation")] = 42


class ForgeHost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A host with a forge on it. Addresses are made from the host's name where none are given."""

    kind: Literal["github", "gitlab", "forgejo"]
    web: str = ""
    api: str = ""
    token_env: str = ""
    """Name of the environment variable that holds the token for this host."""


class Contribute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    forges: Annotated[
        dict[str, Literal["github", "gitlab", "forgejo"] | ForgeHost],
        _reaches("forges by host: github, gitlab or forgejo (Gitea too), or kind, web, api, token_env"),
    ] = {}


class Jobs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    grace_seconds: Annotated[float, Meta(ge=0, description="time a stopped job has to save before it is killed")] = 30.0
    keep_days: Annotated[int, Meta(ge=0, description="`jobs prune` removes ended jobs older than this")] = 30


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    interface: Interface = Interface()
    taxonomy: Taxonomy = Taxonomy()
    chat: Chat = Chat()
    serve: Serve = Serve()
    generate: Generate = Generate()
    review: Review = Review()
    train: Train = Train()
    contribute: Contribute = Contribute()
    jobs: Jobs = Jobs()
    keys: Annotated[dict[str, str], _says("keys by action id, separated by commas: {home.open: 'enter,o'}")] = {}
