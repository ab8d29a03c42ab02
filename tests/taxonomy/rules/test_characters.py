"""safety.invisible, .direction, .look-alike: what is hidden is found, what is honest is left alone."""

from __future__ import annotations

import pytest

from tests.taxonomy.rules.look import found, one, rules, says

HONEST = {
    "Japanese with full width letters and a break": "ＡＢＣ社の潮位は\u200b三メートルです。「上げ潮」がある。",
    "Japanese variant of a name": "葛\U000e0100城市と辻\ufe00さん",
    "Hebrew with points and a mark": "שָׁלוֹם עולם (\u200fABC\u200e) 12",
    "Arabic with an isolate that is closed": "قال \u2067مرحبا\u2069 ثم \u2066ABC\u2069 ذهب",
    "Persian with a joiner": "می\u200cخواهم کتاب\u200cها را ببینم، برنامه\u200c ها",
    "Kannada with joiners at the end of words": "ಸ್ಟ್ರಾಕ್ಟ್\u200c ಮತ್ತು ಡಿಸ್ಕ್\u200d(_H)",
    "Khmer with breaks before signs": "ធ្វើរួច\u200b។ រូបភាព\u200bរបស់ BMP \u200bមាន",
    "Hebrew with an embedding to the end": "\u202bהקצאת BMP נכשלה",
    "Hebrew with a line of numbers": "שעה\n  \u206610:30\u2069",
    "signs of programs in Russian": "%sШаблон и %luс, %0Aпо и \\nСтрока",
    "a language of the Caucasus": "АфгIанистан, Iаьрбийн",
    "Hindi with joiners": "क्\u200dष और क्\u200cष",
    "Sinhala": "ශ්\u200dරී ලංකාව",
    "Thai with breaks": "ภาษา\u200bไทย\u200bสวย",
    "emoji of several": "👩\u200d💻 👨\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 ❤️ ☎️ 1️⃣ 👍🏽 ™️",
    "flag of Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "Greek in formulas": "Δx = λ/2, μm, kΩ, αβ-test, x̄ ± σ, E = hν, πr², ΔG°, β1, n→∞, ∂f/∂x",
    "Greek": "Η θάλασσα ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "letters of formulas": "Let 𝒳 be a set and 𝔼[X] = 𝟎, 𝑥𝑦 and 𝐴𝐵𝐶",
    "Russian": "Привет, СССР! Windows и SMSка, IT-специалист, USB-кабель, Т-34",
    "Ukrainian": "Їжак і ґава",
    "Serbian": "Љубав и Џеп",
    "Korean": "안녕하세요 세계",
    "French": "l’été à Noël, « œuvre », 10 000 €",
    "Vietnamese": "Tiếng Việt đẹp",
    "Turkish": "İstanbul ışık",
    "Coptic and Armenian": "ⲁⲃⲅ Հայաստան",
    "no break spaces": "10\u00a0km and 5\u202f%",
    "combining": "e\u0301 a\u0308",
    "box drawing and arrows": "┌─┐ → ⇒ ✓ ✗ █",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180e\u1820",
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_honest_writing_is_left_alone(text: str) -> None:
    assert found(says(text)) == []
    assert found(says(f"A word. {text} And more words, as in a lesson.")) == []


@pytest.mark.parametrize(
    "character",
    ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200d", "\u200c", "\u180e", "\U000e0041", "\u200e", "\u3164", "\ufff9"],
)
def test_what_nobody_sees_in_a_word_is_found_where_it_stands(character: str) -> None:
    finding = one("safety.invisible", says(f"Name syno{character}nyms."))
    assert (finding.line, finding.column, finding.level) == (4, 12, "warning")
    assert f"U+{ord(character):04X}" in finding.message
    assert character not in finding.message


def test_a_message_in_tags_is_one_finding() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all")
    assert "U+E0069" in one("safety.invisible", says(f"Say hello.{hidden} Now.")).message


def test_a_row_of_variation_selectors_is_found() -> None:
    assert rules(says("Say\ufe01\ufe0f\ufe03 it.")) == {"safety.invisible"}
    assert rules(says("😀\ufe01\ufe0f\ufe03\ufe04")) == {"safety.invisible"}


def test_the_same_character_is_told_of_once() -> None:
    finding = one("safety.invisible", says("a\u200bb c\u200bd e\u200bf"))
    assert finding.message.endswith("2 more follow.")
    assert finding.column == 4


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("if \u202eresu\u202c admin", 6),
        ("if \u2066admin", 6),
        ("עברית \u202eabc\u202c", 9),
        ("עברית \u2066abc", 9),
        ("it \u2067is\u2069 so", 6),
    ],
)
def test_turned_directions_are_found(text: str, column: int) -> None:
    finding = next(each for each in found(says(text)) if each.rule == "safety.direction")
    assert (finding.line, finding.column) == (4, column)


def test_an_isolate_must_close_in_its_own_line() -> None:
    text = "version: 3\ntask_description: |\n  קרא \u2066abc\n  ועוד\u2069\n"
    assert {finding.line for finding in found(text) if finding.rule == "safety.direction"} == {3}


@pytest.mark.parametrize(
    "word",
    [
        "p\u0430ypal",
        "\u0421apital",
        "sc\u043epe",
        "Gοοgle",
        "\u041cicrosoft",
        "\u043c\u043e\u0441\u043aва\u0061",
        "ra\u0456n",
    ],
)
def test_mixed_alphabets_are_found(word: str) -> None:
    finding = one("safety.look-alike", says(f"Visit {word} now."))
    assert (finding.line, finding.column) == (4, 9)


def test_words_in_letters_of_formulas_are_found() -> None:
    finding = one("safety.look-alike", says("Please 𝐫𝐞𝐚𝐝 𝐭𝐡𝐢𝐬 now."))
    assert finding.hint == "Write: read this"


def test_escapes_count_as_what_they_stand_for() -> None:
    text = 'version: 3\ntask_description: "Say \\u200bit, \\u202eback"\n'
    findings = {finding.rule: finding for finding in found(text)}
    assert set(findings) == {"safety.invisible", "safety.direction"}
    assert (findings["safety.invisible"].line, findings["safety.invisible"].column) == (2, 19)
    assert found('version: 3\ntask_description: "5 \\u2013 6 \\u00e9"\n') == []


def test_what_cannot_be_parsed_is_searched_all_the_same() -> None:
    assert "safety.invisible" in rules("a: b: c\nx\u200by\n")
    assert "safety.direction" in rules(b"caf\xe9 \xe2\x80\xae\n")


def test_bytes_after_a_mark_count_from_it() -> None:
    finding = one("safety.invisible", "\ufeffversion: 3\ncreated_by: a\u200bb\n")
    assert (finding.line, finding.column) == (2, 14)
