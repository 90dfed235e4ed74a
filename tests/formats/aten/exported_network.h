#pragma once

#include <filesystem>
#include <set>
#include <string>

#include <torch/csrc/autograd/autograd.h>

#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include "formats/npy/npy.h"
#include "graph/layers.h"
#include "tests/formats/aten/archives.h"
#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_writer.h"
#endif

namespace unitscope::test {

inline at::Tensor arrayIn(const std::filesystem::path& file) {
  const TensorData data = readNpy(file);
  return at::tensor(data.toDoubles()).to(at::kFloat).reshape(data.shape());
}

/// The first of these programs that runs this line of Python; empty when none does.
inline QString pythonThatRuns(const QStringList& programs, const QString& line) {
  for (const QString& program : programs) {
    QProcess python;
    python.start(program, {"-c", line});
    if (python.waitForFinished(120'000) && python.exitCode() == 0) return program;
  }
  return {};
}

/// Runs export_architecture.py. Gives what it said where it failed, else nothing.
inline QByteArray exportArchitecture(const QString& python, const QString& name, const QString& folder) {
  QProcess process;
  process.setProcessChannelMode(QProcess::MergedChannels);
  process.start(python, {UNITSCOPE_SOURCE_DIR "/tests/formats/aten/export_architecture.py", name, folder});
  if (!process.waitForFinished(600'000)) {
    process.kill();
    process.waitForFinished();
    return "it took longer than ten minutes";
  }
  return process.exitCode() == 0 ? QByteArray() : process.readAll() + "failed";
}

/// Names of a network's modules that every exporter which keeps names at all names alike.
struct Modules {
  std::set<std::string> all;
  std::set<std::string> weighted;  ///< of one convolution, matrix or the like
  /// That begin with a batch norm, which some exporters fold into the convolution before it.
  std::set<std::string> norms;
};

inline Modules modulesOf(const Graph& graph) {
  Modules modules;
  const std::vector<Layer> layers = findLayers(graph);
  // A module of which only one part has weights bears that part's operator too: the innermost counts.
  std::vector<bool> counted(layers.size(), false);
  for (std::size_t i = layers.size(); i-- > 0;) {
    const Layer& layer = layers[i];
    modules.all.insert(layer.name);
    // The matrix of a linear layer without a bias is a MatMul to some exporters.
    const bool weighted = layer.op == "Conv" || layer.op == "ConvTranspose" || layer.op == "Gemm" ||
                          (layer.op == "MatMul" && layer.parameters > 0);
    if (weighted && !counted[i]) modules.weighted.insert(layer.name);
    if ((weighted || counted[i]) && layer.parent >= 0) counted[static_cast<std::size_t>(layer.parent)] = true;
    if (!layer.nodes.empty() && graph.node(layer.nodes.front()).op == "BatchNormalization")
      modules.norms.insert(layer.name);
  }
  return modules;
}

inline double worst(const at::Tensor& made, const at::Tensor& wanted) {
  return made.sizes() == wanted.sizes() ? (made - wanted).abs().max().item<double>() : 1e30;
}

/// Reads one export of a network and compares it with what PyTorch computed (x.npy, y.npy, y64.npy in float64, and
/// g.npy, the gradient of the sum of the output's squares to the input, the last two where they are there): the plain
/// run, the fused one, the gradient, and the network written as ONNX and read again. Gives what differs, else nothing.
inline std::string differenceToPyTorch(const std::filesystem::path& file, Modules* modules = nullptr) {
  const std::filesystem::path folder = file.parent_path();
  const at::Tensor inFloat = arrayIn(folder / "y.npy");
  const double scale = inFloat.abs().max().item<double>();
  if (!(scale > 1e-3)) return "PyTorch's own output is zero";
  // A deep network with random weights magnifies rounding: PyTorch's own float32 output of fcn_resnet50 is 1e-4 of its
  // scale away from its float64 one, by which both are judged.
  const bool precise = std::filesystem::exists(folder / "y64.npy");
  const at::Tensor wanted = precise ? arrayIn(folder / "y64.npy") : inFloat;
  const double tolerance = std::max(1e-4 * std::max(1.0, scale), 2.0 * worst(inFloat, wanted));
  const auto off = [](const char* what, double by) { return std::string(what) + " off by " + std::to_string(by); };

  const ModelFile model = readModelFile(file);
  Executor executor(std::make_shared<const Graph>(model.graph));
  if (modules != nullptr) *modules = modulesOf(executor.graph());
  if (executor.graph().inputs().size() != 1) return "has not exactly one input";
  const ValueId output = executor.graph().outputs().at(0);
  const at::Tensor x = arrayIn(folder / "x.npy").requires_grad_(true);
  RunRequest request;
  request.feeds = {{executor.graph().inputs().front(), x}};
  request.fetch = {output};
  request.gradients = true;
  const at::Tensor made = executor.run(request).front();
  if (const double by = worst(made, wanted); !(by < tolerance)) return off("output", by);

  const at::Tensor gradient = torch::autograd::grad({made.square().sum()}, {x}).front();
  if (!at::isfinite(gradient).all().item<bool>()) return "the gradient is not finite";
  if (!(gradient.abs().max().item<double>() > 0.0)) return "the gradient is zero";
  if (std::filesystem::exists(folder / "g.npy")) {
    const at::Tensor slope = arrayIn(folder / "g.npy");
    // Rounding flips a ReLU or a pooling's winner here and there: with random weights PyTorch's own gradients in
    // float32 and float64 are up to 0.02 apart (fcn_resnet50). A wrong operator is off by the gradient's own size.
    const double by = ((gradient - slope).norm() / slope.norm()).item<double>();
    if (!(by < 0.05)) return off("gradient (relative)", by);
  }

  const at::Tensor fused = executor.run(x.detach(), output);
  if (const double by = worst(fused, wanted); !(by < tolerance)) return off("output of the fused network", by);
#ifdef UNITSCOPE_HAS_ONNX
  const QTemporaryDir written;
  const std::filesystem::path again = written.filePath("again.onnx").toStdString();
  writeOnnx(executor.graph(), again);
  Executor second(std::make_shared<const Graph>(readModelFile(again).graph));
  const at::Tensor twice = second.run(x.detach(), second.graph().outputs().at(0));
  // The same numbers in the same operators, but fused and laid out in memory anew: rounding may differ by processor,
  // and random weights magnify it. A weight lost on the way is off by the output's own size.
  if (const double by = worst(twice, fused) / scale; !(by < 1e-3)) return off("written and read (relative)", by);
#endif
  return {};
}

}  // namespace unitscope::test
