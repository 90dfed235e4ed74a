#!/usr/bin/env python3
"""Times PyTorch on a TorchScript network and prints Unitscope's own rows beside it, in one run on one machine.

    python3 tests/peers/compare.py build/app/unitscope network.pt [--threads N] [--best] [ROW...]

Runs wherever Python has PyTorch (Debian's python3-torch, or a virtual environment). Integrated Gradients and occlusion
use Captum, RISE uses TorchRay, where they are installed; else the same computation is done in plain PyTorch, in the
batches that those programs use by default. --best lets the peers use large batches; for their best memory behaviour
preload an allocator as well: LD_PRELOAD=libtcmalloc_minimal.so.4.
"""
import argparse
import json
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F


def forward(net, x):
    with torch.no_grad():
        net(x)


def forward_backward(net, x):
    x = x.clone().requires_grad_(True)
    net(x)[:, 0].sum().backward()


def integrated_gradients(net, x, best):
    try:
        from captum.attr import IntegratedGradients

        return "Captum", lambda: IntegratedGradients(net).attribute(x, target=0, n_steps=50)
    except ImportError:
        pass

    def run():
        # Captum's default takes all the steps as one batch.
        steps = torch.linspace(0.01, 0.99, 50).reshape(-1, 1, 1, 1)
        for part in steps.split(16 if best else 50):
            points = (part * x).requires_grad_(True)
            net(points)[:, 0].sum().backward()

    return "PyTorch", run


def occlusion(net, x, best):
    batch = 64 if best else 1
    try:
        from captum.attr import Occlusion

        def run():
            Occlusion(net).attribute(x, target=0, sliding_window_shapes=(x.shape[1], 16, 16), strides=(x.shape[1], 8, 8),
                                     perturbations_per_eval=batch)

        return "Captum", run
    except ImportError:
        pass

    def run():
        height, width = x.shape[2:]
        places = [(a, b) for a in range(0, height - 8, 8) for b in range(0, width - 8, 8)]
        with torch.no_grad():
            for i in range(0, len(places), batch):
                part = x.repeat(len(places[i:i + batch]), 1, 1, 1)
                for row, (a, b) in zip(part, places[i:i + batch]):
                    row[:, a:a + 16, b:b + 16] = 0
                net(part)

    return "PyTorch", run


def rise(net, x, best):
    batch = 64 if best else 16
    try:
        from torchray.attribution.rise import rise as torchray_rise

        return "TorchRay", lambda: torchray_rise(net, x, 0, num_masks=1000, batch_size=batch)
    except ImportError:
        pass

    def run():
        height, width = x.shape[2:]
        cell_h, cell_w = -(-height // 7), -(-width // 7)
        total = torch.zeros(height, width)
        with torch.no_grad():
            for start in range(0, 1000, batch):
                count = min(batch, 1000 - start)
                grid = (torch.rand(count, 1, 7, 7) < 0.5).float()
                large = F.interpolate(grid, size=(height + cell_h, width + cell_w), mode="bilinear", align_corners=False)
                a, b = torch.randint(0, cell_h, ()), torch.randint(0, cell_w, ())
                masks = large[:, :, a:a + height, b:b + width]
                weights = net(x * masks).softmax(1)[:, 0]
                total += (weights.reshape(-1, 1, 1) * masks[:, 0]).sum(0)

    return "PyTorch", run


def rows(net, x1, x32, best):
    yield "forward/1", "PyTorch", lambda: forward(net, x1)
    yield "forward/32", "PyTorch", lambda: forward(net, x32)
    yield "forward_backward/1", "PyTorch", lambda: forward_backward(net, x1)
    yield "forward_backward/32", "PyTorch", lambda: forward_backward(net, x32)
    for name, make in (("integrated_gradients", integrated_gradients), ("occlusion", occlusion), ("rise", rise)):
        yield "attribution/" + name, *make(net, x1, best)


def seconds(run):
    """Median of at least three runs, or of one where that takes more than five seconds."""
    run()
    times = []
    while len(times) < 3 or (sum(times) < 1.0 and len(times) < 100):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
        if times[-1] > 5.0:
            break
    return statistics.median(times)


def ours(program, model, names):
    pattern = "^(" + "|".join(names) + ")$"
    out = subprocess.run([program, "bench", pattern, "--model", model, "--json"], check=True, capture_output=True, text=True)
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    return {row["name"]: row["real_time"] * unit[row["time_unit"]] for row in json.loads(out.stdout)["benchmarks"]
            if not row.get("error_occurred")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("model", help="TorchScript file that both programs open")
    parser.add_argument("row", nargs="*", help="only these rows")
    parser.add_argument("--threads", type=int, help="of PyTorch (default: its own choice)")
    parser.add_argument("--best", action="store_true", help="the peers' best batch sizes instead of their defaults")
    parser.add_argument("--size", type=int, nargs=3, default=(3, 224, 224), metavar=("C", "H", "W"))
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    net = torch.jit.load(options.model).eval()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    torch.manual_seed(1)
    x1, x32 = torch.randn(1, *options.size), torch.randn(32, *options.size)
    wanted = [row for row in rows(net, x1, x32, options.best) if not options.row or row[0] in options.row]
    own = ours(options.program, options.model, [row[0] for row in wanted])
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads; times in milliseconds")
    print(f"{'row':36} {'peer':10} {'peer ms':>10} {'ours ms':>10} {'ratio':>7}")
    for name, peer, run in wanted:
        theirs = seconds(run)
        mine = own.get(name)
        print(f"{name:36} {peer:10} {theirs * 1e3:10.1f} " +
              (f"{mine * 1e3:10.1f} {theirs / mine:7.2f}" if mine else f"{'failed':>10}"), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
