"""export_architecture.py NAME DIR: a torchvision ("resnet18", "seg:fcn_resnet50") or timm ("timm:mixer_s16_224")
architecture with random weights in every format that the installed PyTorch writes: trace.pt and model.onnx, from
PyTorch 2.9 on also dynamo.onnx and export.pt2. Beside them an input x.npy, PyTorch's own output y.npy, the same
computed in float64 (y64.npy, where the network can), and g.npy, the gradient of the sum of y's squares to the input.
What an exporter cannot do is left out and said in left_out.txt.
Works with Debian 12's torchvision 0.14 and newer ones."""
import logging
import os
import sys
import warnings

import numpy
import torch

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
modern = tuple(int(n) for n in torch.__version__.split(".")[:2]) >= (2, 9)
if modern:
    # torchvision from another source than PyTorch lacks its compiled operators, and stumbles when it describes them.
    describe = torch.library.register_fake

    def describe_known(op, *arguments, **options):
        if isinstance(op, str) and op.startswith("torchvision::"):
            return lambda function: function
        return describe(op, *arguments, **options)

    torch.library.register_fake = describe_known
import torchvision  # noqa: E402

torch.set_num_threads(2)
torch.manual_seed(1)
name, folder = sys.argv[1:3]


class First(torch.nn.Module):
    """Of a segmentation network's dictionary the map itself."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)["out"]


def build():
    """The network and the size of its pictures."""
    if name.startswith("timm:"):
        import timm

        net = timm.create_model(name[5:], pretrained=False)
        return net, net.default_cfg.get("input_size", (3, 224, 224))[-1]
    if name.startswith("seg:"):
        net = getattr(torchvision.models.segmentation, name[4:])(weights=None, weights_backbone=None, num_classes=21)
        return First(net), 224
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    if name == "googlenet":
        options["aux_logits"] = False
    return getattr(torchvision.models, name)(weights=None, **options), 299 if name == "inception_v3" else 224


model, size = build()
model.eval()
with torch.no_grad():
    for parameter in model.parameters():
        # What begins at zero, at one or nearly so (heads, layer scales, biases) would hide every mistake behind it.
        if parameter.numel() > 1 and float(parameter.max() - parameter.min()) < 1e-9:
            spread = 0.05 if parameter.dim() > 1 and parameter.shape[0] > 1 and parameter.shape[1] > 1 else 0.2
            parameter.add_(spread * torch.randn_like(parameter))
    # Running statistics that a fold must get right and that carry the picture to the end.
    norms = [part for part in model.modules() if isinstance(part, torch.nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.momentum = None
        norm.reset_running_stats()
        norm.train()
    if norms:
        model(torch.randn(2, 3, size, size))
    model.eval()


def save(file, tensor):
    numpy.save(os.path.join(folder, file), tensor.detach().numpy())


# PyTorch's batch norm (1.13 to 2.13) reads the gradient of a single picture in the wrong order where a transpose
# behind it laid that out otherwise (efficientformer), so it gets it in order.
hooks = [norm.register_forward_hook(lambda part, given, made: made.register_hook(lambda g: g.contiguous()) and None)
         for norm in norms]
x = torch.randn(1, 3, size, size, requires_grad=True)
y = model(x)
y.square().sum().backward()
for hook in hooks:
    hook.remove()
save("x.npy", x)
save("y.npy", y)
save("g.npy", x.grad)
x = x.detach()


def attempt(file, export):
    try:
        export(os.path.join(folder, file))
    except Exception as problem:
        if not modern:
            raise
        with open(os.path.join(folder, "left_out.txt"), "a") as log:
            log.write(file + ": " + repr(problem)[:200] + "\n")


names = {"input_names": ["input"], "output_names": ["output"]}
classic = dict(names, opset_version=17, dynamo=False) if modern else dict(names, opset_version=14)
attempt("trace.pt", lambda file: torch.jit.trace(model, x, check_trace=False).save(file))
attempt("model.onnx", lambda file: torch.onnx.export(model, (x,), file, **classic))
if modern:
    attempt("export.pt2", lambda file: torch.export.save(torch.export.export(model, (x,)), file))
    attempt("dynamo.onnx", lambda file: torch.onnx.export(model, (x,), dynamo=True, verbose=False, **names).save(file))
try:
    with torch.no_grad():
        save("y64.npy", model.double()(x.double()))
except RuntimeError as problem:
    print("no float64:", problem)
