"""Trains the reader's adapter; needs PyTorch, which nothing else here does.

    manage.py bench_answers --pairs pairs.jsonl
    python -m venv .venv-torch
    .venv-torch/bin/pip install torch tokenizers safetensors numpy
    .venv-torch/bin/python -m knowledge.bench.training MODEL SQUAD pairs.jsonl \
        knowledge/search/reader.npz

``MODEL`` is a folder with all-mpnet-base-v2, ``SQUAD`` a file in the format of SQuAD 2.0
(Rajpurkar, Jia and Liang, 2018). First it learns from that what an answer is, then from the pairs
whose label is known, then also from those of which only is known that one of several passages
answers, which it labels itself. Only a low-rank part of each matrix is trained (Hu and others,
2021), with biases and norms. An hour on two cores.
"""
