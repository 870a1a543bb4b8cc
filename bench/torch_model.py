"""FluoroSAM's inference in PyTorch, written from docs/MODEL.md with functions of torch alone: what fsam is timed against.

Weights are a dictionary of tensors by their published names, as fsam's model files have them. Whatever does not depend
on the image or the prompt (position biases, masks of shifted windows, positional encodings) is computed once.
"""
import json
import math
import struct

import torch
import torch.nn.functional as F


def load_safetensors(path):
    """(metadata, {name: tensor}), float32."""
    types = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    tensors = {}
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        for name, entry in header.items():
            if name == "__metadata__" or entry["dtype"] not in types:
                continue
            begin, end = entry["data_offsets"]
            buffer = bytearray(end - begin)
            file.seek(8 + size + begin)
            file.readinto(buffer)
            values = torch.frombuffer(buffer, dtype=types[entry["dtype"]]).reshape(entry["shape"])
            tensors[name] = values.float()
    return header.get("__metadata__", {}), tensors


def window_mask(height, width, window, shift):
    """[windows, window^2, window^2]: -100 between positions that were not neighbours before the roll."""
    region = torch.zeros(height, width)
    parts = (slice(0, -window), slice(-window, -shift), slice(-shift, None))
    for i, rows in enumerate(parts):
        for j, columns in enumerate(parts):
            region[rows, columns] = 3 * i + j
    region = region.view(height // window, window, width // window, window).transpose(1, 2).reshape(-1, window**2)
    return (region[:, None] != region[:, :, None]).float() * -100


def relative_places(window):
    """[window^2, window^2]: the row of the bias table of each pair."""
    y, x = torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")
    y, x = y.flatten(), x.flatten()
    span = 2 * window - 1
    return (y[:, None] - y[None] + window - 1) * span + (x[:, None] - x[None] + window - 1)


class FluoroSAM:
    def __init__(self, config, weights, dtype=torch.float32):
        self.c, self.dtype = config, dtype
        self.w = {name: value.to(dtype) for name, value in weights.items()}
        self.side = config["img_size"] // 7
        self.swin = "image_encoder.backbone.swin."
        self.bias, self.mask = {}, {}
        self.prepare_windows()
        self.position = self.encode_places(self.grid()).to(dtype)

    # ---- pieces

    def linear(self, x, name, bias=True):
        return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"] if bias else None)

    def norm(self, x, name, eps=1e-5):
        weight = self.w[name + ".weight"]
        return F.layer_norm(x.to(weight.dtype), x.shape[-1:], weight, self.w[name + ".bias"], eps)

    def batch_norm(self, x, name):
        w = self.w
        return F.batch_norm(x, w[name + ".running_mean"], w[name + ".running_var"], w[name + ".weight"],
                            w[name + ".bias"], False, 0.1, 1e-5)

    def norm2d(self, x, name):
        return self.norm(x.permute(0, 2, 3, 1), name, 1e-6).permute(0, 3, 1, 2)

    # ---- image encoder

    def prepare_windows(self):
        window = self.c["window_size"]
        places = relative_places(window)
        side = self.c["img_size"] // 4
        for stage in range(4):
            padded = -(-side // window) * window
            self.mask[stage] = window_mask(padded, padded, window, window // 2).to(self.dtype)
            for block in range(self.c["depths"][stage]):
                name = f"{self.swin}stages.{stage}.blocks.{block}.attn.w_msa.relative_position_bias_table"
                self.bias[stage, block] = self.w[name][places].permute(2, 0, 1).contiguous()
            side = -(-side // 2)

    def window_attention(self, x, name, stage, block):
        window, heads = self.c["window_size"], self.c["num_heads"][stage]
        batch, height, width, channels = x.shape
        shift = window // 2 if block % 2 else 0
        down, across = -height % window, -width % window
        if down or across:
            x = F.pad(x, (0, 0, 0, across, 0, down))
        if shift:
            x = torch.roll(x, (-shift, -shift), (1, 2))
        rows, columns = (height + down) // window, (width + across) // window
        x = x.view(batch, rows, window, columns, window, channels).transpose(2, 3).reshape(-1, window**2, channels)
        q, k, v = self.linear(x, name + ".qkv").view(-1, window**2, 3, heads, channels // heads).permute(2, 0, 3, 1, 4)
        scores = (q * (channels // heads) ** -0.5) @ k.transpose(-2, -1) + self.bias[stage, block]
        if shift:
            scores = scores.view(batch, -1, heads, window**2, window**2) + self.mask[stage][None, :, None]
            scores = scores.view(-1, heads, window**2, window**2)
        x = (scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, window**2, channels)
        x = self.linear(x, name + ".proj")
        x = x.view(batch, rows, columns, window, window, channels).transpose(2, 3)
        x = x.reshape(batch, rows * window, columns * window, channels)
        if shift:
            x = torch.roll(x, (shift, shift), (1, 2))
        return x[:, :height, :width]

    def block(self, x, stage, block):
        name = f"{self.swin}stages.{stage}.blocks.{block}."
        x = x + self.window_attention(self.norm(x, name + "norm1"), name + "attn.w_msa", stage, block)
        h = F.gelu(self.linear(self.norm(x, name + "norm2"), name + "ffn.layers.0.0"))
        return x + self.linear(h, name + "ffn.layers.1")

    def merge(self, x, stage):
        name = f"{self.swin}stages.{stage}.downsample."
        x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
        batch, height, width, channels = x.shape
        x = x.view(batch, height // 2, 2, width // 2, 2, channels).permute(0, 1, 3, 5, 2, 4)
        x = self.norm(x.reshape(batch, height // 2, width // 2, 4 * channels), name + "norm")
        return self.linear(x, name + "reduction", bias=False)

    def neck(self, maps):
        name, total = "image_encoder.neck.", 0
        for k, x in enumerate(reversed(maps)):
            part = f"{name}input_ops.{k}.op_list.0."
            x = self.batch_norm(F.conv2d(x.permute(0, 3, 1, 2), self.w[part + "conv.weight"]), part + "norm")
            total = total + F.interpolate(x.float(), (self.side, self.side), mode="bicubic").to(x.dtype)
        for n in range(self.c["neck_depth"]):
            part = f"{name}middle.op_list.{n}.main."
            h = F.conv2d(total, self.w[part + "spatial_conv.conv.weight"], padding=1)
            h = F.gelu(self.batch_norm(h, part + "spatial_conv.norm"), approximate="tanh")
            h = F.conv2d(h, self.w[part + "point_conv.conv.weight"])
            total = total + self.batch_norm(h, part + "point_conv.norm")
        part = name + "output_ops.0.op_list.0.conv"
        total = F.conv2d(total, self.w[part + ".weight"], self.w[part + ".bias"])
        return self.norm(total.permute(0, 2, 3, 1), "image_encoder.norm")

    def encode(self, image):
        """[B, 3, S, S] -> [B, E, E, D]"""
        name = self.swin + "patch_embed."
        x = F.conv2d(image.to(self.dtype), self.w[name + "projection.weight"], self.w[name + "projection.bias"], 4)
        x, maps = self.norm(x.permute(0, 2, 3, 1), name + "norm"), []
        for stage in range(4):
            for block in range(self.c["depths"][stage]):
                x = self.block(x, stage, block)
            maps.append(self.norm(x, f"{self.swin}norm{stage}"))
            if stage < 3:
                x = self.merge(x, stage)
        return self.neck(maps)

    # ---- text

    def text(self, ids):
        """[T] with the end token last -> [1, D]: the tower is causal, so what follows the end is left out."""
        name, c = "prompt_encoder.text_model.", self.c["text"]
        x = self.w[name + "token_embedding.weight"][ids] + self.w[name + "positional_embedding"][: len(ids)]
        hide = torch.full((len(ids), len(ids)), -math.inf).triu(1).to(x.dtype)
        for n in range(c["layers"]):
            part = f"{name}transformer.resblocks.{n}."
            h = F.linear(self.norm(x, part + "ln_1"), self.w[part + "attn.in_proj_weight"],
                         self.w[part + "attn.in_proj_bias"])
            q, k, v = h.view(len(ids), 3, c["heads"], -1).permute(1, 2, 0, 3)
            h = ((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1) + hide).softmax(-1) @ v
            x = x + self.linear(h.transpose(0, 1).reshape(len(ids), -1), part + "attn.out_proj")
            h = self.linear(self.norm(x, part + "ln_2"), part + "mlp.c_fc")
            x = x + self.linear(h * torch.sigmoid(1.702 * h), part + "mlp.c_proj")
        x = self.norm(x[-1:], name + "ln_final") @ self.w[name + "text_projection"]
        x = F.gelu(self.linear(x, "prompt_encoder.clip_mlp.layers.0"))
        x = self.linear(x, "prompt_encoder.clip_mlp.layers.1")
        if not self.c["use_vq"]:
            return x
        codebook = self.w["prompt_encoder.vq._codebook.embed"][0]
        return codebook[torch.cdist(x.float(), codebook.float()).argmin(-1)]

    # ---- prompts and masks

    def grid(self):
        at = (torch.arange(self.side) + 0.5) / self.side
        y, x = torch.meshgrid(at, at, indexing="ij")
        return torch.stack((x, y), -1).view(-1, 2)

    def encode_places(self, places):
        """[N, 2] in 0..1 -> [N, D]"""
        gaussian = self.w["prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"].float()
        angle = 2 * math.pi * (2 * places - 1) @ gaussian
        return torch.cat((angle.sin(), angle.cos()), -1)

    def point(self, x, y):
        """One foreground point and the token that follows points: [2, D]"""
        places = (torch.tensor([[x, y]]) + 0.5) / self.c["img_size"]
        point = self.encode_places(places).to(self.dtype) + self.w["prompt_encoder.point_embeddings.1.weight"]
        return torch.cat((point, self.w["prompt_encoder.not_a_point_embed.weight"]))

    def attend(self, q, k, v, name):
        heads = self.c["decoder_heads"]
        q, k, v = (self.linear(x, f"{name}.{part}_proj") for x, part in ((q, "q"), (k, "k"), (v, "v")))
        q, k, v = (x.view(len(x), heads, -1).transpose(0, 1) for x in (q, k, v))
        out = ((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.linear(out.transpose(0, 1).reshape(out.shape[1], -1), name + ".out_proj")

    def mlp3(self, x, name):
        x = F.relu(self.linear(x, name + ".layers.0"))
        return self.linear(F.relu(self.linear(x, name + ".layers.1")), name + ".layers.2")

    def upscale(self, x):
        name = "mask_decoder.output_upscaling."
        x = x.view(1, self.side, self.side, -1).permute(0, 3, 1, 2)
        for conv, norm in ((0, 1), (3, 4), (6, None)):
            # PyTorch 1.13 has it in float only
            weight, bias = self.w[f"{name}{conv}.weight"].float(), self.w[f"{name}{conv}.bias"].float()
            x = F.conv_transpose2d(x.float(), weight, bias, 2).to(self.dtype)
            x = F.gelu(self.norm2d(x, f"{name}{norm}") if norm is not None else x)
        return x.flatten(2)[0]

    def decode(self, embedding, tokens):
        """[1, E, E, D], [N, D] -> logits [4, 8E, 8E], IoU [4]"""
        name = "mask_decoder.transformer."
        start = torch.cat((self.w["mask_decoder.iou_token.weight"], self.w["mask_decoder.mask_tokens.weight"], tokens))
        t, p = start, self.position
        z = embedding.view(self.side**2, -1) + self.w["prompt_encoder.no_mask_embed.weight"]
        for n in range(2):
            layer = f"{name}layers.{n}."
            q = t + start if n else t
            own = self.attend(q, q, t, layer + "self_attn")
            t = self.norm(t + own if n else own, layer + "norm1")
            t = self.norm(t + self.attend(t + start, z + p, z, layer + "cross_attn_token_to_image"), layer + "norm2")
            t = self.norm(t + self.linear(F.relu(self.linear(t, layer + "mlp.lin1")), layer + "mlp.lin2"),
                          layer + "norm3")
            z = self.norm(z + self.attend(z + p, t + start, t, layer + "cross_attn_image_to_token"), layer + "norm4")
        t = self.norm(t + self.attend(t + start, z + p, z, name + "final_attn_token_to_image"),
                      name + "norm_final_attn")
        mlps = "mask_decoder.mask_output_hypernetworks_mlps."
        weights = torch.cat([self.mlp3(t[1 + i : 2 + i], f"{mlps}{i}") for i in range(4)])
        logits = (weights @ self.upscale(z)).view(4, 8 * self.side, 8 * self.side)
        return logits, self.mlp3(t[:1], "mask_decoder.iou_prediction_head")[0]
