"""Writes a model of a few MB that llama.cpp really loads and runs: tiny_model.py OUT [LAYERS [WIDTH]].

Its weights are made up: whatever it is asked, it says the letter "a" until it is told to stop. More layers and a greater width
make it slower. The file is GGUF version 3: a header, key-value pairs, tensor descriptions, then the tensors, each at a multiple of 32.
"""

import struct
import sys

U32, I32, F32, BOOL, STR, ARR = 4, 5, 6, 7, 8, 9
AS_F32, AS_F16 = 0, 1
HEAD = 32
ALIGN = 32


def text(s):
    raw = s.encode()
    return struct.pack("<Q", len(raw)) + raw


def value(kind, v):
    if kind == STR:
        return text(v)
    if kind == ARR:
        inner, items = v
        return struct.pack("<IQ", inner, len(items)) + b"".join(value(inner, i) for i in items)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], v)


def letters():
    """The 256 bytes as the letters that byte-level tokenizers write for them."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    other = iter(range(256, 512))
    return [chr(b) if b in shown else chr(next(other)) for b in range(256)]


def half(numbers):
    return struct.pack("<%de" % len(numbers), *numbers)


def main(out, layers=2, width=64):
    tokens = letters() + ["<|start|>", "<|end|>"]
    kinds = [1] * 256 + [3, 3]
    count, forward = len(tokens), 2 * width
    ones = struct.pack("<%df" % width, *([1.0] * width))
    favour = [0.0] * (count * width)
    favour[ord("a") * width:(ord("a") + 1) * width] = [1.0] * width
    tensors = [
        ("token_embd.weight", (width, count), AS_F16, half([1.0] * (count * width))),
        ("output_norm.weight", (width,), AS_F32, ones),
        ("output.weight", (width, count), AS_F16, half(favour)),
    ]
    square, up = half([0.0] * (width * HEAD)), half([0.0] * (width * forward))
    for n in range(layers):
        at = "blk.%d." % n
        tensors += [
            (at + "attn_norm.weight", (width,), AS_F32, ones),
            (at + "attn_q.weight", (width, HEAD), AS_F16, square),
            (at + "attn_k.weight", (width, HEAD), AS_F16, square),
            (at + "attn_v.weight", (width, HEAD), AS_F16, square),
            (at + "attn_output.weight", (HEAD, width), AS_F16, square),
            (at + "ffn_norm.weight", (width,), AS_F32, ones),
            (at + "ffn_gate.weight", (width, forward), AS_F16, up),
            (at + "ffn_up.weight", (width, forward), AS_F16, up),
            (at + "ffn_down.weight", (forward, width), AS_F16, up),
        ]
    pairs = [
        ("general.architecture", STR, "llama"),
        ("general.name", STR, "tiny"),
        ("general.file_type", U32, 1),
        ("llama.block_count", U32, layers),
        ("llama.context_length", U32, 32768),
        ("llama.embedding_length", U32, width),
        ("llama.feed_forward_length", U32, forward),
        ("llama.attention.head_count", U32, 1),
        ("llama.attention.head_count_kv", U32, 1),
        ("llama.attention.key_length", U32, HEAD),
        ("llama.attention.value_length", U32, HEAD),
        ("llama.rope.dimension_count", U32, HEAD),
        ("llama.attention.layer_norm_rms_epsilon", F32, 1e-6),
        ("llama.vocab_size", U32, count),
        ("tokenizer.ggml.model", STR, "gpt2"),
        ("tokenizer.ggml.pre", STR, "gpt-2"),
        ("tokenizer.ggml.tokens", ARR, (STR, tokens)),
        ("tokenizer.ggml.token_type", ARR, (I32, kinds)),
        # There must be one; this one is never met.
        ("tokenizer.ggml.merges", ARR, (STR, [tokens[0] + " " + tokens[0]])),
        ("tokenizer.ggml.bos_token_id", U32, 256),
        ("tokenizer.ggml.eos_token_id", U32, 257),
        ("tokenizer.ggml.add_bos_token", BOOL, False),
    ]
    described, data = b"", b""
    for name, shape, kind, raw in tensors:
        described += text(name) + struct.pack("<I", len(shape)) + struct.pack("<%dQ" % len(shape), *shape)
        described += struct.pack("<IQ", kind, len(data))
        data += raw + b"\0" * (-len(raw) % ALIGN)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    head += b"".join(text(key) + struct.pack("<I", kind) + value(kind, v) for key, kind, v in pairs) + described
    with open(out, "wb") as file:
        file.write(head + b"\0" * (-len(head) % ALIGN) + data)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
