"""A taxonomy's own template is filled in: what is known where it is asked for, all else left for people."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui.contribute.requests.template import CHARACTERS, Statement, filled, sections

UPSTREAM = """\
If your PR is related to a contribution to the taxonomy, please, fill
out the following questionnaire.

**Describe the contribution to the taxonomy**

<!-- A concise description of what the contribution brings -->

- ...

**Input given at the prompt**
<!-- What you entered -->

```
Put your prompt here
```

**Response from the original model**

**Response from the fine-tuned model**

**Contribution checklist**

- [ ] The contribution was tested with `ilab data generate`
- [ ] No errors or warnings were produced by `ilab taxonomy diff`
- [x] All [commits are signed off](https://example.org/dco) (DCO)
- [ ] The `qna.yaml` files contain at least 5 `seed_examples`
- [ ] An `attribution.txt` file is present
- [ ] I asked @lab/owners about it
"""
ANSWERS = {
    "teaches": "- Adds `a/b`",
    "given": "```text\nWho?\n```",
    "before": "No model was asked.",
    "licences": "- CC0",
}
STATEMENTS = [
    Statement(holds=False, text="Samples were generated: not done", asked=r"generat|\btested\b"),
    Statement(holds=True, text="The checks find no errors", asked=r"no errors"),
    Statement(holds=True, text="Signed off", asked=r"\bDCO\b"),
    Statement(holds=True, text="Five seeds", asked=r"(\b5\b|\bfive\b).*(example|seed)"),
    Statement(holds=True, text="Nobody's data is in it", asked=r"personal"),
]


def text(template: str) -> tuple[str, frozenset[str]]:
    parts, used = filled(template, ANSWERS, STATEMENTS)
    return "\n\n".join(parts), used


def test_the_upstream_taxonomys_template() -> None:
    body, used = text(UPSTREAM)
    assert used == {"teaches", "given", "before", "checklist"}
    assert body.startswith("If your PR is related to a contribution to the taxonomy, please, fill\nout the following")
    assert "**Describe the contribution to the taxonomy**\n\n- Adds `a/b`\n\n**Input given at the prompt**" in body
    assert "Put your prompt here" not in body and "<!--" not in body
    assert "- [ ] The contribution was tested with" in body
    assert "- [x] No errors or warnings" in body
    assert "- [x] The" in body and "at least 5" in body
    # Nothing is claimed that labtui does not know, and nobody is called.
    assert "- [ ] An " in body and "- [ ] I asked `@lab/owners` about it" in body
    # What it knows and the template does not ask stands below, once.
    assert body.count("Nobody's data is in it") == 1 and "Five seeds" not in body


def test_other_headings_and_questions_nobody_here_can_answer() -> None:
    template = (
        "---\nname: x\n---\n# Summary\n\nSay it.\n\n## Why now?\n\nBecause…\n\nSources\n-------\n\n* where from\n"
    )
    body, used = text(template)
    assert used == {"teaches", "licences"}
    assert body == "# Summary\n\n- Adds `a/b`\n\n## Why now?\n\nBecause…\n\n## Sources\n\n- CC0"


def test_a_template_without_headings_is_kept_above() -> None:
    body, used = text("Thanks!\n\n- [ ] I read the rules\n")
    assert (body, used) == ("Thanks!\n\n- [ ] I read the rules", frozenset())


@pytest.mark.parametrize(
    "hostile",
    [
        "/merge",
        "/label ~secret",
        "cc @lab/everyone",
        "closes #1, fixes GH-2",
        "![x](https://evil.test/x.png)",
        "<img src=https://evil.test/x.png>",
        "[click](javascript:x)",
        "\x1b]52;c;QQ==\x07",
        "%{all_commits}",
    ],
)
def test_nothing_in_it_is_obeyed(hostile: str) -> None:
    for template in (hostile, f"# {hostile}\n\nx", f"- [ ] {hostile}", f"> {hostile}", f"**{hostile}**\n\n{hostile}"):
        body, _ = text(template)
        outside = "".join(part for number, part in enumerate(body.split("`")) if number % 2 == 0)
        for sign in ("@", "#1", "GH-2", "](", "<img", "/merge", "/label", "\x1b", "%{"):
            assert sign not in re.sub(r"\\.", "", outside)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_gives_bounded_markdown(template: str) -> None:
    body, _ = text(template)
    assert len(body) < 10 * len(template) + 1000
    sections(template)


def test_a_long_one_is_cut() -> None:
    body, _ = text("word " * 100_000)
    assert len(body) < 2 * CHARACTERS
    assert len(sections("# a\n" * 5000)) < 500
