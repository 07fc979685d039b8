#!/bin/bash
# Makes the guide and its draft again from the weights in this folder: corpus, training, export, measurement.
#   ./make_guide.sh WORKDIR [STEPS]      a stopped run goes on where it stopped when called again with the same WORKDIR
# About 2,000 steps of 2,048 tokens; six to ten minutes on two quiet cores with AVX-512 BF16, an hour without.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:?folder for corpus and checkpoints}
steps=${2:-2600}
python=${PYTHON:-/usr/bin/python3}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
mkdir -p "$work/data" && cd "$work"
if [ ! -f data/weights.npy ]; then
    cp "$here/tokenizer.model" data/
    "$python" "$here/corpus.py" corpus.jsonl --docs 150000 --seed 25 --cut 0.85 --guide 0.78 --follow 0.15
    "$python" "$here/tokenize_corpus.py" corpus.jsonl data
fi
train_main() {
    "$python" "$here/train.py" main data main --init "$here/guide-6m-f16.safetensors" --steps "$steps" \
        --fall-from 0.6 --lr 1.5e-3 --bf16 1 --processes 2 --rank "$1"
}
train_main 1 >rank1.log 2>&1 &
train_main 0
wait
"$python" "$here/export_gguf.py" main main.pt data/tokenizer.model guide-6m-q8_0.gguf --half guide-6m-f16.safetensors
"$python" "$here/train.py" draft data draft --init "$here/guide-draft-1m-f16.safetensors" --steps 1200 --lr 2e-3 \
    --teacher guide-6m-f16.safetensors --bf16 1 --threads 1
"$python" "$here/export_gguf.py" draft draft.pt data/tokenizer.model guide-draft-1m-q8_0.gguf \
    --half guide-draft-1m-f16.safetensors
"$python" "$here/evaluate.py" guide-6m-q8_0.gguf guide-draft-1m-q8_0.gguf data/tokenizer.model \
    "$here/heldout.jsonl" --topics --json evaluation.json | tee evaluation.txt
