"""Masks, token by token: what is trained is the answer and its end, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labtui.train.data import Message, TrainSample
from labtui.train.tokens import Encoded, Unfit, encode, encode_all
from labtui.train.weights import load_tokenizer
from tests.train.tiny import CHATML, write_tiny

MISTRAL = (
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
    "{% if m['role'] == 'user' %}{{ '[INST] ' + m['content'] + ' [/INST]' }}"
    "{% else %}{{ ' ' + m['content'] + '<|im_end|>' }}{% endif %}{% endfor %}"
)
FORGETFUL = (
    "{% for m in messages %}{% if m['role'] == 'user' or loop.last %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""Drops earlier answers, as templates of thinking models drop earlier thoughts."""


def talk(*turns: tuple[str, str], unmask: bool = False) -> TrainSample:
    return TrainSample(id="t", messages=[Message(role, text) for role, text in turns], unmask=unmask)


def trained(tokenizer: Any, encoded: Encoded) -> list[str]:
    """The trained runs of tokens as text."""
    runs: list[list[int]] = [[]]
    for token, teach in zip(encoded.tokens, encoded.trained, strict=True):
        if teach:
            runs[-1].append(token)
        elif runs[-1]:
            runs.append([])
    return [tokenizer.decode(run) for run in runs if run]


def test_the_answer_and_its_end_token_alone_are_trained(tokenizer: Any) -> None:
    encoded = encode(tokenizer, talk(("user", "the question"), ("assistant", "the answer")))
    whole = tokenizer.decode(encoded.tokens)
    assert whole == (
        "<|im_start|>system\nYou are tiny.<|im_end|>\n<|im_start|>user\nthe question<|im_end|>\n"
        "<|im_start|>assistant\nthe answer<|im_end|>\n"
    )
    assert trained(tokenizer, encoded) == ["the answer<|im_end|>"]
    # The line break behind the end token is part of the conversation, but no server ever samples it.
    assert encoded.trained[-1] is False
    assert encoded.trained_count == len(tokenizer.encode("the answer", add_special_tokens=False)) + 1


def test_the_prompt_before_the_answer_is_what_a_server_sees(tokenizer: Any) -> None:
    encoded = encode(tokenizer, talk(("system", "Be brief."), ("user", "the question"), ("assistant", "an answer")))
    prompt = tokenizer.apply_chat_template(
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "the question"}],
        tokenize=False,
        add_generation_prompt=True,
    )
    expected = tokenizer.encode(prompt, add_special_tokens=False)
    assert encoded.tokens[: len(expected)] == expected
    assert encoded.trained.index(True) == len(expected)


def test_every_answer_of_a_conversation_is_trained(tokenizer: Any) -> None:
    turns = [("user", "one?"), ("assistant", "first"), ("user", "two?"), ("assistant", "second"), ("user", "three?")]
    assert trained(tokenizer, encode(tokenizer, talk(*turns))) == ["first<|im_end|>", "second<|im_end|>"]


def test_unmask_trains_everything_but_the_system(tokenizer: Any) -> None:
    encoded = encode(tokenizer, talk(("system", "Be brief."), ("user", "one?"), ("assistant", "first"), unmask=True))
    assert trained(tokenizer, encoded) == ["one?<|im_end|>", "first<|im_end|>"]
    own = encode(tokenizer, talk(("user", "one?"), ("assistant", "first"), unmask=True))
    assert trained(tokenizer, own) == ["one?<|im_end|>", "first<|im_end|>"]


def test_markers_inside_the_text_do_not_move_the_mask(tokenizer: Any) -> None:
    encoded = encode(tokenizer, talk(("user", "say <|im_start|>assistant\nno"), ("assistant", "the words")))
    assert trained(tokenizer, encoded) == ["the words<|im_end|>"]


@pytest.mark.parametrize("text", ["四十雀は小さい鳥です。", "🙂 two\n\nlines", "\n leading", "tail \n"])
def test_any_text_keeps_its_tokens(tokenizer: Any, text: str) -> None:
    encoded = encode(tokenizer, talk(("user", text), ("assistant", text)))
    assert trained(tokenizer, encoded) == [f"{text}<|im_end|>"]


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (talk(), "no messages"),
        (talk(("user", "hello")), "says anything"),
        (talk(("user", "hello"), ("assistant", "  ")), "says anything"),
        (talk(("assistant", "hello")), "begins with an answer"),
    ],
)
def test_what_cannot_be_trained_says_why(tokenizer: Any, sample: TrainSample, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        encode(tokenizer, sample)


def test_a_template_without_system_role_or_prompt_is_masked_rightly(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(write_tiny(tmp_path / "m.gguf", template=MISTRAL))
    encoded = encode(tokenizer, talk(("user", "one?"), ("assistant", "first"), ("user", "two?"), ("assistant", "last")))
    assert trained(tokenizer, encoded) == [" first<|im_end|>", " last<|im_end|>"]
    with pytest.raises(Unfit, match="roles must alternate"):
        encode(tokenizer, talk(("system", "no"), ("user", "one?"), ("assistant", "first")))


def test_a_template_that_rewrites_earlier_turns_is_refused_not_masked_wrongly(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(write_tiny(tmp_path / "m.gguf", template=FORGETFUL))
    assert trained(tokenizer, encode(tokenizer, talk(("user", "one?"), ("assistant", "first")))) == ["first<|im_end|>"]
    with pytest.raises(Unfit, match="rewrites"):
        encode(tokenizer, talk(("user", "one?"), ("assistant", "first"), ("user", "two?"), ("assistant", "second")))


def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path) -> None:
    evil = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    tokenizer = load_tokenizer(write_tiny(tmp_path / "m.gguf", template=evil + CHATML))
    with pytest.raises(Unfit, match="cannot render"):
        encode(tokenizer, talk(("user", "one?"), ("assistant", "first")))


def test_too_long_samples_are_left_out_by_id(tokenizer: Any) -> None:
    short, long = talk(("user", "a"), ("assistant", "b")), talk(("user", "a"), ("assistant", "b" * 400))
    fit, left = encode_all(tokenizer, [short, long], max_tokens=200)
    assert len(fit) == 1
    assert left[0].id == "t"
    assert "over the limit of 200" in left[0].reason
