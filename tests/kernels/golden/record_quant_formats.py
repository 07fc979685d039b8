#!/usr/bin/env python3
"""Records what ggml makes of blocks of each quantised format, as golden data for
quant_formats_test.cpp.

    npm install node-llama-cpp@3.22.1     (carries ggml; no part of this project needs it)
    ./record_quant_formats.py PATH/libggml-base.so > quant_formats.txt

For every format two lines of a block each: the format, the block's bytes in hexadecimal, then its
values. The bytes look random but for scales, which are kept within reason."""
import ctypes
import random
import struct
import sys

# format, ggml's function, elements and bytes of a block, places of binary16 numbers
FORMATS = [
    ("Q8_0", "q8_0", 32, 34, [0]), ("Q4_0", "q4_0", 32, 18, [0]), ("Q4_1", "q4_1", 32, 20, [0, 2]),
    ("Q5_0", "q5_0", 32, 22, [0]), ("Q5_1", "q5_1", 32, 24, [0, 2]),
    ("Q2_K", "q2_K", 256, 84, [80, 82]), ("Q3_K", "q3_K", 256, 110, [108]),
    ("Q4_K", "q4_K", 256, 144, [0, 2]), ("Q5_K", "q5_K", 256, 176, [0, 2]),
    ("Q6_K", "q6_K", 256, 210, [208]), ("IQ4_NL", "iq4_nl", 32, 18, [0]),
    ("IQ4_XS", "iq4_xs", 256, 136, [0]), ("MXFP4", "mxfp4", 32, 17, []),
]

ggml = ctypes.CDLL(sys.argv[1])
numbers = random.Random(2026)
for name, function, elements, size, halves in FORMATS:
    for _ in range(2):
        block = bytearray(numbers.randbytes(size))
        for place in halves:
            block[place:place + 2] = struct.pack("<e", numbers.uniform(-0.1, 0.1))
        if name == "MXFP4":
            block[0] = numbers.randrange(110, 140)
        values = (ctypes.c_float * elements)()
        getattr(ggml, "dequantize_row_" + function)(bytes(block), values, ctypes.c_int64(elements))
        print(name, block.hex(), *(f"{v:.9g}" for v in values))
