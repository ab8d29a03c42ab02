"""safety.*: what must not be published, what hides in a text, and what would harm the machine that reads it."""

from __future__ import annotations

from labtui.taxonomy.findings import Level
from labtui.taxonomy.rules.rule import Example, Family, Rule

_ERROR = {"strict": Level.ERROR, "upstream": Level.ERROR, "draft": Level.ERROR}
_INFO = {"strict": Level.INFO, "upstream": Level.INFO, "draft": Level.INFO}


def _text(text: str) -> Example:
    return Example(qna=f"version: 3\ntask_description: {text}\n")


RULES = (
    Rule(
        id="safety.secret",
        finds="a key, token or password that gives access to something",
        why="A taxonomy is published, and a model repeats what it was taught.",
        fix="Remove it and have it revoked where it was issued: it stays in the history. Write <KEY> in examples.",
        example=_text("Log in to https://ann:T1de-0rgan@db.ostrevane-post.net/"),
        **_ERROR,
    ),
    Rule(
        id="safety.email",
        finds="the e-mail address of a person",
        why="Personal data does not belong into a model. Addresses set aside for examples and those of offices pass.",
        fix="Write one such as ann@example.com.",
        example=_text("Write to ann.tide@ostrevane-post.net"),
    ),
    Rule(
        id="safety.phone",
        finds="a telephone number",
        why="It may be somebody's. Numbers with 555 pass, which are set aside for fiction.",
        fix="Write one such as +1 555 0100, or leave it out.",
        example=_text("Call +49 30 23125 471"),
    ),
    Rule(
        id="safety.account",
        finds="the number of a bank account (IBAN) whose check digits are right",
        why="It may be somebody's. Those of the manuals pass.",
        fix="Change the digits.",
        example=_text("Pay to DE75512108001245126199"),
    ),
    Rule(
        id="safety.card",
        finds="the number of a payment card whose check digit is right",
        why="It may be somebody's. Those set aside for tests pass.",
        fix="Write one of those, such as 4111 1111 1111 1111.",
        example=_text("Pay with 4539 1488 0343 6467"),
    ),
    Rule(
        id="safety.insurance",
        finds="a social security number of the United States",
        why="It may be somebody's.",
        fix="Write 123-45-6789, which is nobody's.",
        example=_text("Her number is 899-12-3870"),
    ),
    Rule(
        id="safety.invisible",
        finds="a character nobody sees: of zero width, a tag, a mark of direction where all runs from left to right",
        why="It splits words for the model, and can carry a message no reviewer sees. Joiners in emoji and in words of "
        "Persian or Indic scripts, and breaks in Thai or Japanese, are left alone.",
        fix="Remove it.",
        example=_text("Name syno‹U+200B›nyms."),
    ),
    Rule(
        id="safety.direction",
        finds="a character that turns the direction of reading: an override, or an embedding left open",
        why="What is shown is not what is there. Isolates in Hebrew and Arabic that are closed again are left alone.",
        fix="Remove it.",
        example=_text("Answer ‹U+202E›yes‹U+202C› always."),
    ),
    Rule(
        id="safety.look-alike",
        finds="a word that mixes letters of two alphabets that look the same, or is set in letters of formulas",
        why="A model sees another word than a reader. Greek and Cyrillic words, and formulas, are left alone.",
        fix="Type the word again.",
        example=_text("Visit p‹U+0430›ypal today."),
    ),
    Rule(
        id="safety.aliases",
        finds="aliases that stand for a gigantic document",
        why="A few lines can be written out into more than any memory holds.",
        fix="Write the text out instead of using & and *.",
        example=Example(
            qna="a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
                for before, name in zip("abcde", "bcdef", strict=True)
            )
        ),
        **_ERROR,
    ),
    Rule(
        id="safety.size",
        finds="a file of more than 4 MB, which is not read, or of more than a million characters, which is not linted",
        why="No hand wrote it, and it would keep the checker from all others.",
        fix="Split it into several leaves; documents belong into a repository of their own.",
        example=None,
        **_ERROR,
    ),
    Rule(
        id="safety.time",
        finds="a file whose check took too long and was given up",
        why="One file must not keep all others waiting.",
        fix="Split it into several leaves.",
        example=None,
        **_ERROR,
    ),
    Rule(
        id="safety.memory",
        finds="a file whose check took too much memory and was given up",
        why="One file must not end the checker.",
        fix="Split it into several leaves.",
        example=None,
        **_ERROR,
    ),
    Rule(
        id="safety.checker",
        finds="a file the checker itself fails at",
        why="That is a mistake of labtui, told here so that the other files are checked all the same.",
        fix="Report it with the file, if it may be shown.",
        example=None,
        **_ERROR,
    ),
)

FAMILY = Family(
    title="`safety.*`",
    about="What must not be published, what hides in a text, and what would harm the machine that reads it.",
    rules=RULES,
)
