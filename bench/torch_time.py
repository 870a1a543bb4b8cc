"""torch_time.py MODEL.safetensors f32|autocast|bf16 [--threads N] [--repeat N] [--check DUMP.safetensors]

Times PyTorch on the network of fsam's model file and prints a line of JSON with the keys of `fsam bench --json`.
autocast: float weights, products in bfloat16. bf16: everything is converted beforehand. --check compares with what
`fsam segment --dump` wrote of a prompt of one point, and prints the relative RMS differences.
"""
import argparse
import json
import resource
import statistics
import time

import torch

from torch_model import FluoroSAM, load_safetensors


def median(run, repeat):
    run()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def difference(mine, theirs):
    return float((mine.float() - theirs).pow(2).mean().sqrt() / theirs.std())


def check(model, path, x, y):
    """Of the same picture and point as the dump's, in the model's frame: relative RMS differences."""
    _, dump = load_safetensors(path)
    embedding = model.encode(dump["preprocessed"])
    logits, _ = model.decode(embedding, model.point(x, y))
    return {
        "embedding": difference(embedding.permute(0, 3, 1, 2), dump["image_embedding"]),
        "logits": difference(logits[None, 1:], dump["points.multi.logits"]),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("precision", choices=("f32", "autocast", "bf16"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--check", nargs=3, metavar=("DUMP", "X", "Y"))
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    start = time.perf_counter()
    metadata, weights = load_safetensors(args.model)
    config = json.loads(metadata["fsam.config"])
    model = FluoroSAM(config, weights, torch.bfloat16 if args.precision == "bf16" else torch.float32)
    del weights
    load = time.perf_counter() - start
    image = torch.randn(1, 3, config["img_size"], config["img_size"])
    ids = torch.arange(8)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=args.precision == "autocast"):
        if args.check:
            print(json.dumps(check(model, args.check[0], float(args.check[1]), float(args.check[2]))))
            return
        embedding = model.encode(image)
        middle = config["img_size"] / 2
        report = {
            "precision": args.precision,
            "threads": torch.get_num_threads(),
            "encoder_s": median(lambda: model.encode(image), args.repeat),
            "decoder_s": median(lambda: model.decode(embedding, model.point(middle, middle)), args.repeat),
            "text_s": median(lambda: model.text(ids), args.repeat),
            "load_s": load,
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        }
    print(json.dumps(report))


main()
