"""From a remote's address to the forge behind it, and to the page where a request is opened by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtui import config, workspace
from labtui.contribute.forges.address import forge_address, head_at, remote_place, web_address
from labtui.contribute.forges.base import ForgeAddress, Head
from labtui.contribute.forges.detecting import detect
from labtui.errors import UsageError
from labtui.settings import Contribute
from tests.forge import making
from tests.forge.server import Server


def named(**forges: object) -> Contribute:
    return msgspec.convert({"forges": {name.replace("__", "."): value for name, value in forges.items()}}, Contribute)


def found(url: str, settings: Contribute | None = None) -> ForgeAddress:
    address = forge_address(url, settings or Contribute())
    assert address is not None, url
    return address


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/lab/taxonomy.git",
        "https://github.com/lab/taxonomy",
        "https://github.com/lab/taxonomy/",
        "https://GitHub.com:443/lab/taxonomy.git",
        "https://ann:secret@github.com/lab/taxonomy.git",
        "git@github.com:lab/taxonomy.git",
        "github.com:lab/taxonomy",
        "ssh://git@github.com/lab/taxonomy.git",
        "ssh://git@ssh.github.com:443/lab/taxonomy.git",
        "git+ssh://git@github.com/lab/taxonomy",
    ],
)
def test_every_way_to_write_the_same_place(url: str) -> None:
    address = found(url)
    assert (address.kind, address.slug, address.web) == ("github", "lab/taxonomy", "https://github.com")
    assert address.api == "https://api.github.com"
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    ("url", "kind", "api", "slug"),
    [
        ("git@gitlab.com:group/deeper/lab.git", "gitlab", "https://gitlab.com/api/v4", "group/deeper/lab"),
        ("https://codeberg.org/lab/taxonomy", "forgejo", "https://codeberg.org/api/v1", "lab/taxonomy"),
        ("https://gitea.com/lab/taxonomy", "forgejo", "https://gitea.com/api/v1", "lab/taxonomy"),
        ("https://acme.ghe.com/lab/taxonomy", "github", "https://api.acme.ghe.com", "lab/taxonomy"),
    ],
)
def test_the_public_hosts_are_known(url: str, kind: str, api: str, slug: str) -> None:
    address = found(url)
    assert (address.kind, address.api, address.slug) == (kind, api, slug)


@pytest.mark.parametrize(
    "url",
    [
        "/srv/taxonomy.git",
        "../taxonomy",
        "file:///srv/lab/taxonomy.git",
        "C:/lab/taxonomy",
        "https://github.com/taxonomy",
        "https://github.com/lab/deeper/taxonomy",
        "https://github.com/lab/../taxonomy",
        "https://github.com/lab/tax%0aonomy",
        "https://[::1/lab/taxonomy",
        "https://github.com:port/lab/taxonomy",
        "ext::sh -c evil",
        "git@-oProxyCommand=x:lab/taxonomy",
        "https://git.example.org/lab/taxonomy",
        "",
    ],
)
def test_what_belongs_to_no_known_forge(url: str) -> None:
    assert forge_address(url, Contribute()) is None


@given(st.text(max_size=60))
def test_no_text_is_too_odd_for_an_address(text: str) -> None:
    for url in (text, f"https://github.com/{text}", f"git@github.com:{text}", f"https://{text}/lab/taxonomy"):
        place = remote_place(url)
        if place is not None:
            assert place.host == place.host.strip().lower()
            assert not set(f"{place.host}{place.path}") & set(" \n\t\\?#@<>\"'")


def test_a_company_names_its_own_hosts() -> None:
    settings = named(
        git__acme__test="github",
        forge__acme__test={"kind": "gitlab", "web": "https://forge.acme.test/git", "token_env": "ACME"},
    )
    address = found("git@git.acme.test:lab/taxonomy.git", settings)
    assert (address.api, address.web) == ("https://git.acme.test/api/v3", "https://git.acme.test")
    for url in ("https://forge.acme.test/git/group/lab/taxonomy.git", "git@forge.acme.test:group/lab/taxonomy.git"):
        below = found(url, settings)
        assert (below.slug, below.url) == ("group/lab/taxonomy", "https://forge.acme.test/git/group/lab/taxonomy")
        assert (below.api, below.token_env) == ("https://forge.acme.test/git/api/v4", "ACME")


def test_a_fork_on_a_forge_below_a_folder_of_its_host_is_found_there() -> None:
    settings = named(forge__acme__test={"kind": "forgejo", "web": "https://forge.acme.test/git"})
    forge = found("https://forge.acme.test/git/lab/taxonomy.git", settings)
    for url in ("https://forge.acme.test/git/ann/taxonomy.git", "git@forge.acme.test:ann/taxonomy.git"):
        assert head_at(url, forge, "leaf") == Head(owner="ann", repo="taxonomy", branch="leaf")
    assert head_at("/srv/git/ann/taxonomy", forge, "leaf") is None


def test_the_setting_comes_before_what_is_known() -> None:
    mirror = named(github__com={"kind": "github", "api": "https://proxy.acme.test/github"})
    assert found("git@github.com:lab/taxonomy", mirror).api == "https://proxy.acme.test/github"


def test_a_port_belongs_to_the_web_and_not_to_ssh() -> None:
    settings = named(**{"git.acme.test": "forgejo"})
    assert found("https://git.acme.test:3000/lab/taxonomy", settings).api == "https://git.acme.test:3000/api/v1"
    assert found("ssh://git@git.acme.test:2222/lab/taxonomy", settings).api == "https://git.acme.test/api/v1"


@pytest.mark.parametrize(
    "wrong", ["http://git.acme.test", "git.acme.test", "https://ann:pw@git.acme.test", "ftp://x.y"]
)
def test_an_address_that_would_show_the_token_is_refused(wrong: str) -> None:
    settings = named(**{"git.acme.test": {"kind": "forgejo", "api": wrong}})
    with pytest.raises(UsageError) as refused:
        forge_address("git@git.acme.test:lab/taxonomy", settings)
    assert refused.value.where == "contribute.forges.git.acme.test.api"


def test_a_remote_in_the_clear_still_asks_in_secret() -> None:
    settings = named(**{"git.acme.test": "forgejo"})
    assert found("http://git.acme.test/lab/taxonomy", settings).api.startswith("https://")


def test_the_setting_is_read_from_a_file_and_from_the_command_line(tmp_path: Path) -> None:
    read = config.load(None, ["contribute.forges={git.acme.test: gitlab, b.test: {kind: forgejo}}"], {})
    assert found("git@git.acme.test:lab/taxonomy", read.settings.contribute).kind == "gitlab"
    assert found("git@b.test:lab/taxonomy", read.settings.contribute).kind == "forgejo"
    with pytest.raises(UsageError, match=r"contribute\.forges"):
        config.load(None, ["contribute.forges={git.acme.test: bitbucket}"], {})


# -- asking a host what it is ---------------------------------------------------------------------------------------


@pytest.fixture(params=making.KINDS)
def unnamed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Server]]:
    with making.make(request.param, tmp_path) as forge:
        yield request.param, forge


def test_an_unknown_host_says_what_it_is(unnamed: tuple[str, Server]) -> None:
    kind, forge = unnamed
    if kind == "github":
        # Behind a host of its own its interface stands below a path.
        forge.fail("GET", "/api/v3/meta", status=200, body=b'{"verifiable_password_authentication": false}')
    address = detect(f"{forge.web}/lab/taxonomy.git", Contribute())
    assert address is not None
    assert (address.kind, address.named, address.slug) == (kind, False, "lab/taxonomy")
    assert all("authorization" not in headers for headers in forge.headers)


def test_a_host_that_is_no_forge_is_none(unnamed: tuple[str, Server]) -> None:
    _, forge = unnamed
    forge.fail("", "", status=200, body=b"<html>Welcome</html>", times=99)
    assert detect(f"{forge.web}/lab/taxonomy.git", Contribute()) is None
    assert detect("http://127.0.0.1:9/lab/taxonomy.git", Contribute()) is None


def test_a_known_host_is_not_asked(unnamed: tuple[str, Server]) -> None:
    kind, forge = unnamed
    settings = named(**{forge.web.removeprefix("http://"): kind})
    assert detect(f"{forge.web}/lab/taxonomy.git", settings) == forge_address(f"{forge.web}/lab/taxonomy", settings)
    assert forge.calls == []


# -- the page where a request is opened by hand ---------------------------------------------------------------------

ODD = "contribute/owls-é#1"


@pytest.mark.parametrize(
    ("url", "head", "page"),
    [
        (
            "git@github.com:lab/taxonomy",
            Head(owner="ann", repo="taxonomy", branch="contribute/owls"),
            "https://github.com/lab/taxonomy/compare/main...ann:contribute/owls?expand=1",
        ),
        (
            "git@github.com:lab/taxonomy",
            Head(owner="ann", repo="mine", branch="owls"),
            "https://github.com/lab/taxonomy/compare/main...ann:mine:owls?expand=1",
        ),
        (
            "git@github.com:lab/taxonomy",
            Head(owner="Lab", repo="taxonomy", branch="owls"),
            "https://github.com/lab/taxonomy/compare/main...owls?expand=1",
        ),
        (
            "git@codeberg.org:lab/taxonomy",
            Head(owner="ann", repo="taxonomy", branch="contribute/owls"),
            "https://codeberg.org/lab/taxonomy/compare/main...ann:contribute/owls",
        ),
        (
            "git@codeberg.org:lab/taxonomy",
            Head(owner="ann", repo="mine", branch="owls"),
            "https://codeberg.org/lab/taxonomy/compare/main...ann/mine:owls",
        ),
    ],
)
def test_the_page_for_opening_a_request_by_hand(url: str, head: Head, page: str) -> None:
    assert web_address(found(url), head, "main") == page


def test_gitlab_is_told_by_fields() -> None:
    head = Head(owner="ann", repo="taxonomy", branch=ODD)
    page = urlsplit(web_address(found("git@gitlab.com:group/lab/taxonomy"), head, "main", "Add owls & more"))
    assert page.path == "/ann/taxonomy/-/merge_requests/new"
    assert parse_qs(page.query) == {
        "merge_request[source_branch]": [ODD],
        "merge_request[target_branch]": ["main"],
        "merge_request[title]": ["Add owls & more"],
    }


def test_an_odd_branch_and_title_survive_the_address() -> None:
    head = Head(owner="ann", repo="taxonomy", branch=ODD)
    page = urlsplit(web_address(found("git@github.com:lab/taxonomy"), head, "a b", "Owls? " + "x" * 500))
    assert page.path == "/lab/taxonomy/compare/a%20b...ann:contribute/owls-%C3%A9%231"
    assert parse_qs(page.query)["title"] == ["Owls? " + "x" * 194]


def test_a_strangers_workspace_sends_no_variable_anywhere(tmp_path: Path) -> None:
    lab = workspace.create(tmp_path / "lab")
    evil = "{evil.test: {kind: gitlab, api: 'https://evil.test/take', token_env: AWS_SECRET_ACCESS_KEY}}"
    lab.settings_file.write_text(f"version: 1\ncontribute:\n  forges: {evil}\n")
    read = config.load(lab, (), {})
    assert read.settings.contribute.forges == {}
    assert [one.key for one in read.ignored] == ["contribute.forges"]
    workspace.remember(trusted=[str(lab.root)])
    assert set(config.load(lab, (), {}).settings.contribute.forges) == {"evil.test"}
