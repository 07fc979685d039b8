#!/bin/bash
# Trains the guide on from the weights in this folder, distils its draft and measures both.
#   ./make_guide.sh WORKDIR [STEPS]      a stopped run goes on where it stopped when called again with the same WORKDIR
# About 2,700 steps of 2,048 tokens in ten minutes on two cores with AVX-512 BF16; several times longer without.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:?folder for corpus and checkpoints}
steps=${2:-6000}
python=${PYTHON:-/usr/bin/python3}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
mkdir -p "$work/data" && cd "$work"
if [ ! -f data/weights.npy ]; then
    cp "$here/tokenizer.model" data/
    "$python" "$here/corpus.py" corpus.jsonl --docs 300000 --seed 25 --cut 0.8 --guide 0.68 --follow 0.18
    "$python" "$here/tokenize_corpus.py" corpus.jsonl data
fi

# Two processes of one thread each are faster here than one of two.
train() {
    "$python" "$here/train.py" "$@" --bf16 1 --processes 2 --rank 1 >"rank1-$1.log" 2>&1 &
    "$python" "$here/train.py" "$@" --bf16 1 --processes 2 --rank 0
    wait
}
train main data main --init "$here/guide-6m-f16.safetensors" --steps "$steps" --fall-from 0.5 --lr 1.5e-3
"$python" "$here/export_gguf.py" main main.pt data/tokenizer.model guide-6m-q8_0.gguf --half guide-6m-f16.safetensors
train draft data draft --init "$here/guide-draft-1m-f16.safetensors" --steps $((steps / 2)) --lr 2e-3 \
    --teacher guide-6m-f16.safetensors
"$python" "$here/export_gguf.py" draft draft.pt data/tokenizer.model guide-draft-1m-q8_0.gguf \
    --half guide-draft-1m-f16.safetensors
"$python" "$here/evaluate.py" guide-6m-q8_0.gguf guide-draft-1m-q8_0.gguf data/tokenizer.model \
    "$here/heldout.jsonl" --topics --json evaluation.json | tee evaluation.txt
