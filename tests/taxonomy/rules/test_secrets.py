"""safety.secret: forms that are unmistakable, and what only looks like one. No secret here was ever one."""

from __future__ import annotations

import string

import pytest

from tests.taxonomy.rules.look import found, one, rules, says

LETTERS = string.ascii_letters + string.digits
BODY = (LETTERS * 3)[5:]

# Put together here, so that no scanner of this repository takes them for real ones.
SECRETS = {
    "Amazon": "AKIA" + "2OGYBAH6STMMNXNN",
    "GitHub": "ghp" + "_" + BODY[:36],
    "GitHub fine": "github" + "_pat_" + BODY[:82],
    "GitLab": "glpat" + "-" + BODY[:20],
    "Slack": "xoxb" + "-123456789012-" + BODY[:24],
    "a hook of Slack": "https://hooks.slack" + ".com/services/T12345678/B12345678/" + BODY[:24],
    "Google": "AIza" + BODY[:35],
    "OpenAI": "sk" + "-proj-" + BODY[:48],
    "Anthropic": "sk" + "-ant-api03-" + BODY[:60],
    "Hugging Face": "hf" + "_" + BODY[:34],
    "Stripe": "sk" + "_live_" + BODY[:24],
    "npm": "npm" + "_" + BODY[:36],
    "PyPI": "pypi" + "-AgEIcHlwaS5vcmc" + BODY[:60],
    "SendGrid": "SG" + "." + BODY[:22] + "." + BODY[:43],
    "Azure": "AccountKey" + "=" + BODY[:86] + "==",
    "JWT": "eyJ" + BODY[:20] + ".eyJ" + BODY[:30] + "." + BODY[:43],
    "address": "postgres://ann:" + "T1de-0rgan" + "@db.ostrevane-post.net:5432/tides",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_found_where_it_begins_and_is_not_repeated(secret: str) -> None:
    finding = one("safety.secret", says(f"Use {secret} to log in."))
    assert (finding.line, finding.level) == (4, "error")
    assert finding.column in (7, 15)  # a hook is known by its host
    assert secret[8:] not in finding.message + finding.hint


def test_a_private_key() -> None:
    head = "-----BEGIN RSA " + "PRIVATE KEY-----"
    body = "".join(f"  {BODY[index : index + 64]}\n" for index in range(3))
    text = f"version: 3\ntask_description: |\n  {head}\n{body}  -----END RSA PRIVATE KEY-----\n"
    assert (one("safety.secret", text).line, one("safety.secret", text).column) == (3, 3)
    assert found(f"version: 3\ntask_description: |\n  {head}\n  ...\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "The commit 854ffa248c43d08472886ed18b3de2de9e9afbe4",
        "https://user:password@ostrevane-post.net",
        "https://<user>:<password>@ostrevane-post.net",
        "ftp://ann:${PASSWORD}@ostrevane-post.net",
        "https://ann:xxxx@ostrevane-post.net/ and https://ann:T1de@db.example.com/",
        "A risk-free task-oriented desk-sharing disk-encryption-with-very-long-names-and-more",
        "git@github.com:ann/tides.git and ssh://git@github.com/ann/tides",
        "password: secret, token: TOKEN, api_key = YOUR_API_KEY",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "https://example.com/a/very/long/address?with=many&parameters=AKIA",
        "ghp_short sk-short hf_model npm_config_registry SG.de",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert found(says(text)) == []


def test_a_secret_in_a_remark_and_in_a_broken_file() -> None:
    secret = SECRETS["GitHub"]
    assert "safety.secret" in rules(f"version: 3\n# {secret}\n")
    assert "safety.secret" in rules(f"a: b: {secret}\n")


def test_many_lines_of_a_header_do_not_take_long() -> None:
    head = "-----BEGIN " + "PRIVATE KEY-----\n"
    assert found(f"version: 3\n# {head}#" + "a: " * 20_000 + "\n") == []
    assert "yaml" not in rules(head + "a: b: " * 5_000)
