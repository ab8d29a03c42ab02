"""legal.*: attribution.txt. Nobody but people ever read it before; a wrong licence came to light after training."""

from __future__ import annotations

from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.rule import Example, Family, Rule

_LEAF = "version: 3\ncreated_by: ann\n"


def _attribution(licence: str = "CC-BY-SA-4.0", **others: str) -> str:
    fields = {"Title of work": "Tides", "License of the work": licence, "Creator names": "Wikipedia Authors"} | others
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


RULES = (
    Rule(
        id="legal.attribution-missing",
        finds="a leaf without attribution.txt",
        why="Nobody can tell whose work it is made from, and the taxonomy's CI refuses a changed leaf above version 1 "
        "without it. Of a leaf of version 1 it is only mentioned.",
        fix="Write attribution.txt beside qna.yaml with title, link, licence and creators of every work used; name "
        "yourself where you made it all up.",
        example=Example(qna=_LEAF),
        upstream=Level.ERROR,
    ),
    Rule(
        id="legal.attribution-empty",
        finds="an attribution.txt that is empty or cannot be read",
        why="It says as little as none, and the CI refuses it as well.",
        fix="Fill it in as for a missing one.",
        example=Example(qna=_LEAF, attribution="\n"),
        upstream=Level.ERROR,
    ),
    Rule(
        id="legal.attribution-unparsable",
        finds="an attribution.txt none of whose lines has the form `Title of work: …`",
        why="A reviewer has to guess what is title, licence and author.",
        fix="Write lines that begin with Title of work:, Link to work:, Revision:, License of the work: and "
        "Creator names:, a group for each work.",
        example=Example(qna=_LEAF, attribution="Written by myself.\n"),
    ),
    Rule(
        id="legal.attribution-field",
        finds="a work without title or creators; of knowledge, also without link or revision",
        why="The licences that are accepted ask for the creator's name, and a page that changes daily is only found "
        "again by its revision.",
        fix="Add the lines the message names. For something made up for this leaf, the creator is you.",
        example=Example(qna=_LEAF, attribution=_attribution(**{"Creator names": "-"})),
    ),
    Rule(
        id="legal.licence-missing",
        finds="a work without a licence",
        why="What has no licence may not be used.",
        fix="Look it up where the work comes from, and add License of the work: … with its SPDX name.",
        example=Example(qna=_LEAF, attribution=_attribution(licence="")),
    ),
    Rule(
        id="legal.licence-unknown",
        finds="a licence that is not written as SPDX writes it",
        why="`Creative Commons` is a family of licences, half of which are not accepted.",
        fix="Write the name the hint gives, after you made sure that it is the one.",
        example=Example(qna=_LEAF, attribution=_attribution(licence="CC BY-SA 4.0")),
    ),
    Rule(
        id="legal.licence-not-accepted",
        finds="a licence outside of those a contribution may stand under",
        why="A model trained on it could not be released under an open licence. Accepted are Apache-2.0, MIT, CC0-1.0, "
        "CC-BY-4.0, CC-BY-SA-4.0, CDLA-Permissive-2.0 and the public domain; of an OR one side is enough.",
        fix="Use another source.",
        example=Example(qna=_LEAF, attribution=_attribution(licence="CC-BY-NC-4.0")),
    ),
)

FAMILY = Family(
    title="`legal.*`",
    about="What `attribution.txt` says. The reference never reads it; upstream only people do.",
    rules=RULES,
)
