"""The architectures whose tensors we know well enough to train and to write back as GGUF.

An architecture is added with its own rules and a round trip in the tests, never by analogy: a wrong row order
trains without complaint and serves nonsense.
"""

from __future__ import annotations

from typing import Any

import msgspec

from labtui.errors import LabError


class Architecture(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """`general.architecture` of the GGUF."""
    layers: dict[str, str]
    """Inside a block: GGUF tensor name -> Hugging Face module name."""
    outside: dict[str, str]
    interleaved: tuple[str, ...] = ()
    """GGUF names of the projections whose rows GGUF stores with the two halves of each head interleaved."""


LLAMA = Architecture(
    name="llama",
    layers={
        "attn_norm": "input_layernorm",
        "ffn_norm": "post_attention_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    },
    outside={"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"},
    interleaved=("attn_q", "attn_k"),
)

KNOWN = {LLAMA.name: LLAMA}


def find(name: str, where: str) -> Architecture:
    """Raises LabError for an architecture whose tensor rules are not known."""
    if name not in KNOWN:
        known = ", ".join(KNOWN)
        raise LabError(
            f"A model of the architecture '{name}' cannot be trained from its GGUF.",
            where=where,
            hint=f"Architectures that can: {known} (SmolLM2, Llama and Mistral are of the llama type).",
        )
    return KNOWN[name]


def to_gguf_rows(rows: Any, heads: int) -> Any:
    """The rows of a q or k projection (out x anything) from Hugging Face's order into GGUF's, a numpy array."""
    out, width = rows.shape
    return rows.reshape(heads, 2, out // heads // 2, width).swapaxes(1, 2).reshape(out, width)


def from_gguf_rows(rows: Any, heads: int) -> Any:
    """The inverse of `to_gguf_rows`."""
    out, width = rows.shape
    return rows.reshape(heads, out // heads // 2, 2, width).swapaxes(1, 2).reshape(out, width)
