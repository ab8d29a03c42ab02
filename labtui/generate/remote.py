"""A teacher somebody else serves: its address stands in the job, its key only in the environment."""

from __future__ import annotations

import os

import msgspec

from labtui.errors import LabError
from labtui.serve.target import Target


class RemoteTeacher(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    model: str = ""
    api_key_env: str = ""
    context: int = 0


def remote_target(name: str, remote: RemoteTeacher) -> Target:
    """Raises LabError where the key's variable is not set."""
    key = os.environ.get(remote.api_key_env, "") if remote.api_key_env else ""
    if remote.api_key_env and not key:
        raise LabError(
            f"The access key of '{name}' is not set.",
            where=f"serve.remotes.{name}.api_key_env",
            hint=f"Set it and resume the job: export {remote.api_key_env}=…",
        )
    return Target(url=remote.url.rstrip("/"), model=remote.model or name, key=key, context=remote.context, name=name)
