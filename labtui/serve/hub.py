"""Finds a model's GGUF on the Hugging Face hub (or what HF_ENDPOINT names): address, length and hash."""

from __future__ import annotations

import os
import re
from typing import Any

import msgspec

from labtui.errors import LabError, MissingExtra, UsageError

PREFERRED = ("Q4_K_M", "Q4_K_S", "Q5_K_M", "Q4_1", "Q4_0", "Q6_K", "Q8_0", "F16", "BF16")
"""Which of several quantisations is taken where none is named: small enough to run, good enough to use."""
LISTED = 12
_ADDRESS = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+?)(?:@(?P<revision>[\w./-]+))?(?::(?P<file>.+))?")


class HubFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a repository, fixed to a commit."""

    url: str
    headers: dict[str, str]
    repository: str
    name: str
    size: int
    sha256: str


def resolve(address: str) -> HubFile:
    """What `ORG/NAME[@REVISION][:FILE or QUANTISATION]` means there. Raises LabError and UsageError."""
    match = check_address(address)
    repository, revision, wanted = match["repository"], match["revision"], match["file"] or ""
    hub = _hub()
    # Read now, not when the package was imported.
    endpoint = os.environ.get("HF_ENDPOINT") or None
    info = _ask(hub, endpoint, repository, revision)
    offered = {entry.rfilename: entry for entry in info.siblings or [] if entry.rfilename.lower().endswith(".gguf")}
    name = choose(sorted(offered), wanted, repository)
    entry = offered[name]
    lfs = entry.lfs
    return HubFile(
        url=hub.hf_hub_url(repository, name, revision=info.sha or revision, endpoint=endpoint),
        headers=dict(hub.utils.build_hf_headers()),
        repository=repository,
        name=name,
        size=int((lfs.size if lfs else entry.size) or 0),
        sha256=str(lfs.sha256) if lfs else "",
    )


def check_address(address: str) -> re.Match[str]:
    """The parts of an address. Raises UsageError."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise UsageError(
            f"'hf:{address}' does not name a model.", hint="It looks like: hf:ORG/NAME or hf:ORG/NAME:FILE.gguf"
        )
    return match


def choose(names: list[str], wanted: str, repository: str) -> str:
    """The one file meant among a repository's GGUF files. Raises UsageError with what there is to choose from."""
    models = [name for name in names if "mmproj" not in name.lower()]
    if not models:
        raise UsageError(
            f"'{repository}' holds no GGUF file.",
            where=f"hf:{repository}",
            hint="Most models are offered as GGUF in a repository of their own, often called NAME-GGUF.",
        )
    if wanted in models:
        return wanted
    if wanted:
        fitting = [name for name in models if wanted.lower() in name.lower()]
        if len(fitting) == 1:
            return fitting[0]
        raise UsageError(
            f"'{wanted}' names no file of '{repository}'."
            if not fitting
            else f"'{wanted}' fits {len(fitting)} files of '{repository}'.",
            where=f"hf:{repository}",
            hint="There are:\n" + _listing(fitting or models),
        )
    whole = [name for name in models if not re.search(r"-\d{5}-of-\d{5}", name)]
    if len(whole) == 1:
        return whole[0]
    for quantization in PREFERRED:
        for name in whole:
            if re.search(rf"(?<![A-Z0-9_]){quantization}(?![A-Z0-9_])", name.upper()):
                return name
    raise UsageError(
        f"'{repository}' holds {len(models)} GGUF files.",
        where=f"hf:{repository}",
        hint="Name one, as hf:ORG/NAME:FILE. There are:\n" + _listing(models),
    )


def _listing(names: list[str]) -> str:
    more = [f"  … and {len(names) - LISTED} more"] if len(names) > LISTED else []
    return "\n".join([*(f"  {name}" for name in names[:LISTED]), *more])


def _hub() -> Any:
    # Nobody needs to know that labtui asks.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import huggingface_hub
        import huggingface_hub.errors
        import huggingface_hub.utils
    except ImportError as error:
        raise MissingExtra("Fetching from the hub", "local") from error
    return huggingface_hub


def _ask(hub: Any, endpoint: str | None, repository: str, revision: str | None) -> Any:
    errors = hub.errors
    where = f"hf:{repository}"
    try:
        return hub.HfApi(endpoint=endpoint).model_info(repository, revision=revision, files_metadata=True, timeout=30)
    except errors.GatedRepoError as error:
        raise LabError(
            "The model's owner wants its licence accepted first.",
            where=where,
            hint="Accept it on the model's page, log in with `hf auth login`, then try again.",
        ) from error
    except errors.RevisionNotFoundError as error:
        raise LabError(f"There is no revision '{revision}'.", where=where, hint="Leave @REVISION away.") from error
    except errors.RepositoryNotFoundError as error:
        raise LabError(
            "There is no such model, or it is private.",
            where=where,
            hint="Check the name; for a private one log in first: hf auth login",
        ) from error
    except errors.HFValidationError as error:
        raise UsageError(
            f"'{repository}' cannot be a model's name there.", where=where, hint="It looks like: hf:ORG/NAME"
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise LabError(
            "The hub is switched off by the variable HF_HUB_OFFLINE.", where=where, hint="Unset it, or add a file."
        ) from error
    except Exception as error:
        # Which HTTP library the hub's package uses, and so what it raises, changes with its version.
        status = getattr(getattr(error, "response", None), "status_code", None)
        names = {kind.__name__ for kind in type(error).__mro__}
        if status:
            what = f"The hub answers HTTP {status}."
        elif names & {"TransportError", "ConnectionError", "TimeoutError"}:
            what = "The hub cannot be reached."
        else:
            what = "The hub does not answer as it should."
        raise LabError(
            what, where=where, hint="Try again later, or download the file yourself: labtui model add FILE"
        ) from error
