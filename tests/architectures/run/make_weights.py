"""make_weights.py NAME SIDE DIR: a torchvision architecture with random weights: its state dict as PyTorch writes it
today (new.pth) and as it did before 1.6 (old.pth), an input x.npy of SIDE x SIDE, PyTorch's own output y.npy and the
same computed in float64 (y64.npy). Works with Debian 12's torchvision 0.14 and newer ones."""
import os
import sys
import warnings

import numpy
import torch
import torchvision

warnings.filterwarnings("ignore")
torch.set_num_threads(2)
torch.manual_seed(1)
name, side, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
options = {"weights": None, "num_classes": 12}
if name == "googlenet":
    options.update(transform_input=True, init_weights=False)
if name.startswith("vgg"):
    options.update(init_weights=False)
model = getattr(torchvision.models, name)(**options).eval()
with torch.no_grad():
    for part in model.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            # Statistics and scales that are all alike would hide one taken for another.
            part.weight.uniform_(0.5, 1.5)
            part.bias.uniform_(-0.3, 0.3)
            part.momentum = None
            part.reset_running_stats()
            part.train()
    # Running statistics that carry the picture to the end.
    model(torch.randn(4, 3, side, side))
    model.eval()
    x = torch.randn(1, 3, side, side)
    y = model(x)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    torch.save(state, os.path.join(folder, "new.pth"))
    torch.save(state, os.path.join(folder, "old.pth"), _use_new_zipfile_serialization=False)
    precise = model.double()(x.double())
for file, tensor in (("x.npy", x), ("y.npy", y), ("y64.npy", precise)):
    numpy.save(os.path.join(folder, file), tensor.numpy())
