"""The Developer Certificate of Origin: its text, and that a contributor confirmed it for a contribution."""

from __future__ import annotations

from labtui.contribute.drafts.draft_folder import DraftFolder
from labtui.contribute.records import Draft
from labtui.records import now

ADDRESS = "https://developercertificate.org/"

TEXT = """\
Developer Certificate of Origin
Version 1.1

Copyright (C) 2004, 2006 The Linux Foundation and its contributors.

Everyone is permitted to copy and distribute verbatim copies of this
license document, but changing it is not allowed.


Developer's Certificate of Origin 1.1

By making a contribution to this project, I certify that:

(a) The contribution was created in whole or in part by me and I
    have the right to submit it under the open source license
    indicated in the file; or

(b) The contribution is based upon previous work that, to the best
    of my knowledge, is covered under an appropriate open source
    license and I have the right under that license to submit that
    work with modifications, whether created in whole or in part
    by me, under the same open source license (unless I am
    permitted to submit under a different license), as indicated
    in the file; or

(c) The contribution was provided directly to me by some other
    person who certified (a), (b) or (c) and I have not modified
    it.

(d) I understand and agree that this project and the contribution
    are public and that a record of the contribution (including all
    personal information I submit with it, including my sign-off) is
    maintained indefinitely and may be redistributed consistent with
    this project or the open source license(s) involved.
"""
"""Verbatim, as its licence demands."""

IN_SHORT = (
    "You wrote this or may pass it on under an open licence, and you know that the contribution is public for good, "
    "with your name and address in it."
)


def confirm(folder: DraftFolder) -> Draft:
    """Notes that the certificate was shown and confirmed for this contribution; once is enough."""

    def note(draft: Draft) -> None:
        draft.signed_off_at = draft.signed_off_at or now()

    return folder.change(note)


def take_back(folder: DraftFolder) -> Draft:
    """It is no longer confirmed."""
    return folder.change(lambda draft: setattr(draft, "signed_off_at", None))


def confirmed(draft: Draft) -> bool:
    return draft.signed_off_at is not None
