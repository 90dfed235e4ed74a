"""export_torchvision.py NAME DIR: a torchvision architecture with random weights as trace.pt and model.onnx, with an
input x.npy and PyTorch's own output y.npy. Works with Debian 12's torchvision 0.14 and newer ones."""
import os
import sys

import numpy
import torch
import torchvision

torch.set_num_threads(2)
torch.manual_seed(1)
name, folder = sys.argv[1:3]


def build(name):
    if name in ("fcn_resnet50", "deeplabv3_mobilenet_v3_large"):
        return getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None, num_classes=21)
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    if name == "googlenet":
        options["aux_logits"] = False
    return getattr(torchvision.models, name)(weights=None, **options)


class First(torch.nn.Module):
    """Of a segmentation network's dictionary the map itself."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)["out"]


model = build(name)
if name in ("fcn_resnet50", "deeplabv3_mobilenet_v3_large"):
    model = First(model)
model.eval()
for part in model.modules():
    if isinstance(part, torch.nn.BatchNorm2d):  # statistics that a fold must get right
        part.running_mean.normal_(0, 0.1)
        part.running_var.uniform_(0.7, 1.3)
    if isinstance(part, torch.nn.Linear) and float(part.weight.detach().abs().max()) == 0.0:
        torch.nn.init.normal_(part.weight, std=0.05)  # heads that begin at zero would hide every mistake
size = 299 if name == "inception_v3" else 224
x = torch.randn(1, 3, size, size)
with torch.no_grad():
    y = model(x)
numpy.save(os.path.join(folder, "x.npy"), x.numpy())
numpy.save(os.path.join(folder, "y.npy"), y.numpy())
torch.jit.trace(model, x, check_trace=False).save(os.path.join(folder, "trace.pt"))
torch.onnx.export(model, (x,), os.path.join(folder, "model.onnx"), opset_version=14, input_names=["input"],
                  output_names=["output"])
