"""torch_train.py FOLDER [--steps N] [--threads N] [--together N]

Trains PyTorch on the weights and batch that `bench_train .. FOLDER` wrote, as src/train/step.h does it: the encoder
forward; of every target the text, then its clicks, each with the answer before it fed back; best-of-three, IoU and
single-mask losses; all of it backward; AdamW. Prints a line of JSON a step, with the keys of bench_train's.
--together: targets that are decoded at once.
"""
import argparse
import json
import math
import time

import torch
import torch.nn.functional as F

from torch_model import FluoroSAM, load_safetensors, relative_places

DICE, FOCAL, IOU, SINGLE, RATE = 1, 20, 1, 1, 1e-3
CANDIDATES = slice(1, 4)


class Learner(FluoroSAM):
    """The network of torch_model.py with gradients, batch statistics, and several targets decoded at once."""

    def __init__(self, config, weights):
        super().__init__(config, weights)
        fixed = ("running_mean", "running_var", "num_batches_tracked", "gaussian_matrix", "prompt_encoder.text_model.")
        self.learned = [w for name, w in self.w.items() if not any(part in name for part in fixed)]
        for w in self.learned:
            w.requires_grad_()
        self.places = relative_places(config["window_size"])

    def refresh(self):
        """The tables of relative biases are learned, too."""
        for stage, block in self.bias:
            name = f"{self.swin}stages.{stage}.blocks.{block}.attn.w_msa.relative_position_bias_table"
            self.bias[stage, block] = self.w[name][self.places].permute(2, 0, 1)

    def batch_norm(self, x, name):
        w = self.w
        return F.batch_norm(x, w[name + ".running_mean"], w[name + ".running_var"], w[name + ".weight"],
                            w[name + ".bias"], True, 0.1, 1e-5)

    def text_tokens(self, vectors):
        """[N, out] -> [N, D]"""
        x = F.gelu(self.linear(vectors, "prompt_encoder.clip_mlp.layers.0"))
        return self.linear(x, "prompt_encoder.clip_mlp.layers.1")

    def click_tokens(self, clicks):
        """[N, clicks, 3] -> [N, clicks + 1, D]: and the token that follows points"""
        name = "prompt_encoder.point_embeddings."
        kinds = torch.cat((self.w[f"{name}0.weight"], self.w[f"{name}1.weight"]))
        points = self.encode_places(clicks[..., :2].reshape(-1, 2)).view(*clicks.shape[:2], -1)
        points = points + kinds[clicks[..., 2].long()]
        padding = self.w["prompt_encoder.not_a_point_embed.weight"].expand(len(clicks), 1, -1)
        return torch.cat((points, padding), 1)

    def dense_prompt(self, previous):
        """Logits [N, 4E, 4E] or None -> [N or 1, E E, D]"""
        if previous is None:
            return self.w["prompt_encoder.no_mask_embed.weight"][None]
        name, x = "prompt_encoder.mask_downscaling.", previous[:, None]
        for conv, norm in ((0, 1), (3, 4), (6, None)):
            side = 2 if norm else 1
            x = F.conv2d(x, self.w[f"{name}{conv}.weight"], self.w[f"{name}{conv}.bias"], side)
            x = F.gelu(self.norm2d(x, f"{name}{norm}")) if norm else x
        return x.flatten(2).transpose(1, 2)

    def attend(self, q, k, v, name):
        heads = self.c["decoder_heads"]
        q, k, v = (self.linear(x, f"{name}.{part}_proj") for x, part in ((q, "q"), (k, "k"), (v, "v")))
        q, k, v = (x.view(*x.shape[:2], heads, -1).transpose(1, 2) for x in (q, k, v))
        out = ((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.linear(out.transpose(1, 2).flatten(2), name + ".out_proj")

    def upscale(self, x):
        name = "mask_decoder.output_upscaling."
        x = x.transpose(1, 2).view(len(x), -1, self.side, self.side)
        for conv, norm in ((0, 1), (3, 4), (6, None)):
            x = F.conv_transpose2d(x, self.w[f"{name}{conv}.weight"], self.w[f"{name}{conv}.bias"], 2)
            x = F.gelu(self.norm2d(x, f"{name}{norm}") if norm else x)
        return x.flatten(2)

    def decode(self, embedding, tokens, previous):
        """[N, E E, D], [N, T, D], [N, 4E, 4E] or None -> logits [N, 4, 8E, 8E], IoU [N, 4]"""
        name = "mask_decoder.transformer."
        own = torch.cat((self.w["mask_decoder.iou_token.weight"], self.w["mask_decoder.mask_tokens.weight"]))
        start = torch.cat((own.expand(len(tokens), -1, -1), tokens), 1)
        t, p, z = start, self.position, embedding + self.dense_prompt(previous)
        for n in range(2):
            layer = f"{name}layers.{n}."
            q = t + start if n else t
            seen = self.attend(q, q, t, layer + "self_attn")
            t = self.norm(t + seen if n else seen, layer + "norm1")
            t = self.norm(t + self.attend(t + start, z + p, z, layer + "cross_attn_token_to_image"), layer + "norm2")
            t = self.norm(t + self.linear(F.relu(self.linear(t, layer + "mlp.lin1")), layer + "mlp.lin2"),
                          layer + "norm3")
            z = self.norm(z + self.attend(z + p, t + start, t, layer + "cross_attn_image_to_token"), layer + "norm4")
        t = self.norm(t + self.attend(t + start, z + p, z, name + "final_attn_token_to_image"),
                      name + "norm_final_attn")
        mlps = "mask_decoder.mask_output_hypernetworks_mlps."
        rows = torch.stack([self.mlp3(t[:, 1 + i], f"{mlps}{i}") for i in range(4)], 1)
        logits = (rows @ self.upscale(z)).view(-1, 4, 8 * self.side, 8 * self.side)
        return logits, self.mlp3(t[:, 0], "mask_decoder.iou_prediction_head")


def mask_losses(logits, target):
    """[N, K, M, M], [N, 1, M, M] -> [N, K]"""
    p, t = torch.sigmoid(logits), target.expand_as(logits)
    dice = 1 - 2 * (p * t).sum((2, 3)) / ((p * p).sum((2, 3)) + (t * t).sum((2, 3)) + 1e-6)
    crossed = F.binary_cross_entropy_with_logits(logits, t, reduction="none")
    off = p + t - 2 * p * t
    focal = ((0.75 - 0.5 * t) * off * off * crossed).mean((2, 3))
    return DICE * dice + FOCAL * focal


def reached_iou(logits, target):
    with torch.no_grad():
        shown, truth = logits > 0, target > 0.5
        return (shown & truth).sum((2, 3)) / (shown | truth).sum((2, 3)).clamp(min=1)


def prompt_loss(logits, iou, target, single):
    """Summed over the prompts."""
    masks = logits[:, CANDIDATES]
    loss = mask_losses(masks, target).min(1).values
    loss = loss + IOU * (iou[:, CANDIDATES] - reached_iou(masks, target)).pow(2).mean(1)
    if single:
        alone = logits[:, :1]
        error = (iou[:, 0] - reached_iou(alone, target)[:, 0]).pow(2)
        loss = loss + SINGLE * (mask_losses(alone, target)[:, 0] + IOU * error)
    return loss.sum()


def converse(model, embedding, texts, clicks, target):
    """The loss of some targets' prompts, of which `embedding` [N, E E, D] is repeated for each."""
    rounds, previous, total = clicks.shape[1], None, 0
    token = model.text_tokens(texts)[:, None]
    for n in range(rounds + 1):
        tokens = token if n == 0 else torch.cat((token, model.click_tokens(clicks[:, :n])), 1)
        logits, iou = model.decode(embedding, tokens, previous)
        total = total + prompt_loss(logits, iou, target, 0 < n == rounds)
        with torch.no_grad():
            shown = logits[torch.arange(len(logits)), 1 + iou[:, CANDIDATES].argmax(1)]
            previous = F.avg_pool2d(shown[:, None], 2)[:, 0]
    return total


def take_step(model, optimiser, batch, together):
    """The gradients of the prompts stop at the embeddings, and go through the encoder once, as in fsam."""
    image, mask, text, click = (batch[key] for key in ("image", "mask", "text", "click"))
    images, targets = mask.shape[:2]
    prompts = images * targets * (click.shape[2] + 1)
    optimiser.zero_grad(set_to_none=True)
    model.refresh()
    embedding = model.encode(image).flatten(1, 2)
    leaf = embedding.detach().requires_grad_()
    mask, click = mask.flatten(0, 1)[:, None], click.flatten(0, 1)
    owner, which = torch.arange(images).repeat_interleave(targets), torch.arange(targets).repeat(images)
    total = 0.0
    for first in range(0, images * targets, together):
        part = slice(first, first + together)
        loss = converse(model, leaf[owner[part]], text[which[part]], click[part], mask[part]) / prompts
        loss.backward()
        total += loss.item()
    embedding.backward(leaf.grad)
    norm = math.sqrt(sum(float(w.grad.pow(2).sum()) for w in model.learned if w.grad is not None))
    optimiser.step()
    return total, norm


def timed(run):
    clock, cpu = time.perf_counter(), time.process_time()
    result = run()
    return time.perf_counter() - clock, time.process_time() - cpu, result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--together", type=int, default=4)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    metadata, weights = load_safetensors(args.folder + "/model.safetensors")
    _, batch = load_safetensors(args.folder + "/batch.safetensors")
    batch["image"] = batch["image"].permute(0, 3, 1, 2)
    model = Learner(json.loads(metadata["fsam.config"]), weights)
    optimiser = torch.optim.AdamW(model.learned, RATE, foreach=True)
    for number in range(args.steps):
        clock, cpu, (loss, norm) = timed(lambda: take_step(model, optimiser, batch, args.together))
        print(json.dumps({"step": number + 1, "images": len(batch["image"]), "seconds": round(clock, 4),
                          "cpu_seconds": round(cpu, 4), "loss": round(loss, 6), "gradient": round(norm, 6),
                          "threads": torch.get_num_threads(), "together": args.together}), flush=True)


main()
