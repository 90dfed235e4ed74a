#!/usr/bin/env python3
"""PyTorch's own times beside those of `unitscope bench --json`.

    python3 tests/peers/compare.py build/app/unitscope MODEL.onnx MODEL.pt [--threads 2] [--filter TEXT]

MODEL.pt is the same network as TorchScript. Needs PyTorch; where Captum is installed its own code is timed, otherwise
plain PyTorch versions of the algorithms and batch sizes that Captum and TorchRay document, and the rows say so. Both
sides use the same number of threads and their defaults. Prints seconds (the median of the runs) and the ratio.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

try:
    import torch
    import torch.nn.functional as functional
except ImportError:
    print("skipped: PyTorch is not installed for this Python")
    sys.exit(0)
try:
    import captum.attr as captum
except ImportError:
    captum = None

TARGET = 285


def seconds(work, runs):
    """Median time of a run after one that warms up."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def gradient(model, batch):
    leaf = batch.detach().requires_grad_(True)
    return torch.autograd.grad(model(leaf)[:, TARGET].sum(), leaf)[0]


def gauss_legendre(steps):
    """Nodes and weights on [0,1], from the eigenvalues of the Jacobi matrix (Golub and Welsch 1969)."""
    k = torch.arange(1, steps, dtype=torch.float64)
    beta = k / torch.sqrt(4 * k * k - 1)
    nodes, vectors = torch.linalg.eigh(torch.diag(beta, 1) + torch.diag(beta, -1))
    return ((nodes + 1) / 2).float(), vectors[0].square().float()


def integrated_gradients(model, image, steps=50):
    """As Captum by default: all steps in one batch."""
    nodes, weights = gauss_legendre(steps)
    gradients = gradient(model, nodes.view(-1, 1, 1, 1) * image)
    return image * (weights.view(-1, 1, 1, 1) * gradients).sum(0, keepdim=True)


@torch.no_grad()
def occlusion(model, image, window=16, stride=8):
    """As Captum by default: one perturbed picture a forward pass."""
    whole = model(image)[0, TARGET]
    total = torch.zeros_like(image)
    count = torch.zeros_like(image)
    for y in range(0, image.shape[2] - window + 1, stride):
        for x in range(0, image.shape[3] - window + 1, stride):
            mask = torch.zeros_like(image)
            mask[..., y : y + window, x : x + window] = 1
            total += (whole - model(image * (1 - mask))[0, TARGET]) * mask
            count += mask
    return total / count


@torch.no_grad()
def rise(model, image, masks=1000, cells=7, batch=32):
    """As TorchRay by default: 32 masks at a time, maps of all classes."""
    height, width = image.shape[2:]
    cell = -(-height // cells)
    large = -(-(height + cell) // cells)
    result = 0
    for first in range(0, masks, batch):
        count = min(batch, masks - first)
        grid = (torch.rand(count, 1, cells, cells) < 0.5).float()
        grid = functional.pad(grid, (1, 1, 1, 1), mode="reflect")
        grown = functional.interpolate(grid, size=(large * (cells + 2),) * 2, mode="bilinear", align_corners=False)
        shifts = torch.randint(0, cell, (count, 2)).tolist()
        cut = [
            grown[i, :, large + dy : large + dy + height, large + dx : large + dx + width]
            for i, (dy, dx) in enumerate(shifts)
        ]
        mask = torch.stack(cut)
        result = result + torch.sigmoid(model(image * mask)).t() @ mask.view(count, -1)
    return result / masks


def smoothgrad(model, image, samples=50):
    noisy = image + torch.randn(samples, *image.shape[1:]) * 0.15 * (image.max() - image.min())
    return gradient(model, noisy).mean(0, keepdim=True)


def peer_rows(model, image):
    """Row of `unitscope bench`, who is timed, the work, runs."""
    many = image.repeat(32, 1, 1, 1)

    def forward(batch):
        with torch.no_grad():
            return model(batch)

    plain = "PyTorch, as documented"
    rows = [
        ("forward/1", "PyTorch", lambda: forward(image), 20),
        ("forward/32", "PyTorch", lambda: forward(many), 3),
        ("forward_backward/1", "PyTorch", lambda: gradient(model, image), 10),
        ("forward_backward/32", "PyTorch", lambda: gradient(model, many), 3),
        ("attribution/gradient", "PyTorch", lambda: gradient(model, image), 10),
        ("attribution/smoothgrad", plain, lambda: smoothgrad(model, image), 2),
    ]
    if captum:
        path = captum.IntegratedGradients(model)
        cover = captum.Occlusion(model)
        rows.append(("attribution/integrated_gradients", "Captum", lambda: path.attribute(image, target=TARGET), 2))
        rows.append(
            (
                "attribution/occlusion",
                "Captum",
                lambda: cover.attribute(image, target=TARGET, sliding_window_shapes=(3, 16, 16), strides=(3, 8, 8)),
                1,
            )
        )
    else:
        rows.append(("attribution/integrated_gradients", plain, lambda: integrated_gradients(model, image), 2))
        rows.append(("attribution/occlusion", plain, lambda: occlusion(model, image), 1))
    rows.append(("attribution/rise", plain, lambda: rise(model, image), 1))
    return rows


UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


def our_seconds(program, model, row, threads):
    command = [program, "bench", row, "--model", model, "--json"]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if run.returncode != 0:
        sys.exit("unitscope bench failed: " + run.stderr.strip())
    for result in json.loads(run.stdout)["benchmarks"]:
        name = result["name"]
        if name == row or name.startswith(row + "/"):
            return result["real_time"] * UNITS[result.get("time_unit", "ns")]
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the unitscope program")
    parser.add_argument("model", help="the network as unitscope opens it")
    parser.add_argument("torchscript", help="the same network as TorchScript")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--filter", default="", help="only rows whose name contains this")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = torch.jit.load(options.torchscript).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    image = torch.randn(1, 3, 224, 224)

    kind = f"Captum {captum.__version__ if hasattr(captum, '__version__') else ''}" if captum else "no Captum"
    print(f"PyTorch {torch.__version__}, {kind}, {options.threads} threads")
    print(f"{'row':36}{'unitscope s':>13}{'peer s':>10}{'ratio':>8}  peer")
    for row, who, work, runs in peer_rows(model, image):
        if options.filter not in row:
            continue
        ours = our_seconds(options.program, options.model, row, options.threads)
        theirs = seconds(work, runs)
        left = f"{ours:13.4f}" if ours is not None else f"{'absent':>13}"
        ratio = f"{theirs / ours:8.2f}" if ours else f"{'':8}"
        print(f"{row:36}{left}{theirs:10.4f}{ratio}  {who}", flush=True)


if __name__ == "__main__":
    main()
