"""safety.*: what leads to a person, and what is nobody's."""

from __future__ import annotations

import pytest

from tests.taxonomy.rules.look import found, one, says


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("safety.email", "ann.tide@ostrevane-post.net"),
        ("safety.email", "a.tide+lists@uni-kiel.de"),
        ("safety.phone", "+49 30 23125 471"),
        ("safety.phone", "+44 20 7946 0958"),
        ("safety.phone", "(212) 736-5031"),
        ("safety.phone", "212-736-5031"),
        ("safety.account", "DE75512108001245126199"),
        ("safety.account", "DE75 5121 0800 1245 1261 99"),
        ("safety.account", "NO9386011117947"),
        ("safety.card", "4539 1488 0343 6467"),
        ("safety.card", "5425-2334-3010-9903"),
        ("safety.card", "374245455400126"),
        ("safety.insurance", "899-12-3870"),
    ],
)
def test_what_leads_to_a_person_is_found_where_it_stands(rule: str, text: str) -> None:
    for before, after in (("It is ", "."), ("It is (", ")"), ("", ", yes"), ("'", "'")):
        finding = one(rule, says(f"{before}{text}{after}"))
        assert (finding.line, finding.column, finding.level) == (4, 3 + len(before), "warning")
        assert finding.hint


def test_numbers_that_open_something_are_not_repeated_whole() -> None:
    assert "4539…67" in one("safety.card", says("4539 1488 0343 6467")).message


def test_the_same_address_is_told_of_once() -> None:
    finding = one("safety.email", says("ann.tide@ostrevane-post.net and ann.tide@ostrevane-post.net"))
    assert finding.message.endswith("It comes 2 times.")


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com, john.doe@gmail.com, j.doe@abc.com, info@ostrevane-post.net, git@github.com, x@y",
        "jane@example.org no-reply@ostrevane-post.net ann@tides.test you@company.com user1@gmail.com",
        "ceph-fuse@mnt-mycephfs.service and getty@tty1.service",
        "@ann and ann@ and http://ann@host.de/x and user:pw@host.de",
        "+1 555 0100, (555) 123-4567, 212-555-0173, +49 000 000000",
        "4111 1111 1111 1111 and 4242424242424242 and 4539 1488 0343 6468",
        "GB82 WEST 1234 5698 7654 32 and DE89370400440532013000 and DE75512108001245126198",
        "123-45-6789 and 000-12-3456 and 078-05-1120 and 111-22-3333",
        "4828147466240000*t**12 + 4828147466240000",
        "oldid=1221597018&page=12345678 and 854ffa248c43d08472886ed18b3de2de9e9afbe4",
        "In 1998-2004, 3.141592653589793, 10 000 000 000, 2024-05-17 10:30:00, ISBN 978-3-16-148410-0",
        "192.168.178.120:8080, 1,221,597,018, version 10.0.19045.3448, 2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "1 2 3 4 5 6 7 8 9 10 11 12 13, -4 -1 2 5 8 11 14 17 20 23",
        "Pi is 3.14159265358979323846264338327950288419716939937510",
        "4539148803436467891234567890 and 94539148803436467",
        "f(x) = 2x + 3, +3 -2 +1, 2+2=4, (100) 200-3000x",
        "74°N 90°W, 27.24 km², 869 ft, 5:60, 1024x768, A4, RFC 2822, CVE-2021-44228, 12-34-5678",
        "Roll 123 456 7890 dice, order 4711-0815-4711",
    ],
)
def test_what_is_nobody_s(text: str) -> None:
    assert found(says(text)) == []
