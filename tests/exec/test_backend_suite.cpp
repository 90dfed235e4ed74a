// ONNX's own backend tests (Debian package libonnx-testdata): every case passes, or is refused with a message that
// names the operator; none may give another answer.
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include <QtTest>

#include "exec/executor.h"
#include "exec/tensors.h"
#include "formats/model_reader.h"
#include "runtime/error.h"
#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_tensor.h"
#endif

using namespace unitscope;
namespace fs = std::filesystem;

#ifdef UNITSCOPE_HAS_ONNX
namespace {

const fs::path kData = "/usr/share/libonnx-testdata/data";

struct Verdict {
  enum class Kind { Passed, Random, Refused, Wrong } kind = Kind::Passed;
  std::string reason;
};

Verdict wrong(std::string reason) {
  return {Verdict::Kind::Wrong, std::move(reason)};
}

std::vector<fs::path> numbered(const fs::path& folder, const std::string& stem) {
  std::vector<fs::path> files;
  for (int i = 0; fs::exists(folder / (stem + std::to_string(i) + ".pb")); ++i)
    files.push_back(folder / (stem + std::to_string(i) + ".pb"));
  return files;
}

/// ONNX 1.12 stored the bits of bfloat16 test data as uint16.
TensorData asDeclared(const TensorData& data, DType declared) {
  if (declared != DType::BFloat16 || data.dtype() != DType::UInt16) return data;
  return TensorData(DType::BFloat16, data.shape(), data.bytes(), data.owner());
}

/// Type, shape and values by the tolerance of ONNX's runner.
std::optional<std::string> difference(const at::Tensor& got, const TensorData& expected) {
  if (toDType(got.scalar_type()) != expected.dtype())
    return "type " + std::string(nameOf(toDType(got.scalar_type()))) + " instead of " +
           std::string(nameOf(expected.dtype()));
  if (got.sizes().vec() != expected.shape())
    return "shape " + toString(got.sizes().vec()) + " instead of " + toString(expected.shape());
  const at::Tensor a = got.to(at::kDouble), b = toTensor(expected).to(at::kDouble);
  // ONNX 1.12 cut bfloat16 off where LibTorch rounds, so the last of its 8 bits may differ.
  const double relative = expected.dtype() == DType::BFloat16 ? 1.0 / 128 : 1e-3;
  if (at::allclose(a, b, relative, 1e-7, /*equal_nan=*/true)) return std::nullopt;
  const at::Tensor gap = (a - b).abs();
  return "differs by " + std::to_string(gap.max().item<double>());
}

bool isRandom(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& n) { return n.op.starts_with("Random"); });
}

std::string readersOf(const Graph& graph, ValueId id) {
  for (const Node& node : graph.nodes())
    if (std::ranges::find(node.inputs, id) != node.inputs.end()) return node.label();
  return {};
}

std::vector<std::pair<ValueId, at::Tensor>> feedsFor(const Graph& graph, const fs::path& set) {
  std::vector<std::pair<ValueId, at::Tensor>> feeds;
  std::size_t next = 0;
  for (const fs::path& file : numbered(set, "input_")) {
    const NamedTensor tensor = readOnnxTensor(file);
    ValueId id = graph.find(tensor.name);
    if (id == kNoValue && next < graph.inputs().size()) id = graph.inputs()[next];
    ++next;
    if (id == kNoValue) throw Error("the graph has no input " + tensor.name);
    try {
      feeds.emplace_back(id, toTensor(asDeclared(tensor.data, graph.value(id).dtype)));
    } catch (const Error& e) {
      throw Error(readersOf(graph, id), e.what());
    }
  }
  return feeds;
}

Verdict runSet(const fs::path& model, const fs::path& set) {
  const ModelFile file = readModelFile(model);
  const auto graph = std::make_shared<const Graph>(file.graph);
  Executor executor(graph);
  RunRequest request;
  request.feeds = feedsFor(*graph, set);
  request.fetch = graph->outputs();
  const std::vector<at::Tensor> outputs = executor.run(request);
  const std::vector<fs::path> expected = numbered(set, "output_");
  if (expected.size() != outputs.size()) return wrong("another number of outputs");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const TensorData truth = asDeclared(readOnnxTensor(expected[i]).data, graph->value(graph->outputs()[i]).dtype);
    if (isRandom(*graph)) {
      if (toDType(outputs[i].scalar_type()) != truth.dtype() || outputs[i].sizes().vec() != truth.shape())
        return wrong("type or shape differs");
      continue;
    }
    if (const auto gap = difference(outputs[i], truth)) return wrong("output " + std::to_string(i) + " " + *gap);
  }
  return {isRandom(*graph) ? Verdict::Kind::Random : Verdict::Kind::Passed, {}};
}

Verdict judge(const fs::path& folder) {
  Verdict verdict;
  try {
    bool any = false;
    for (const auto& set : fs::directory_iterator(folder)) {
      if (!set.is_directory() || !set.path().filename().string().starts_with("test_data_set_")) continue;
      any = true;
      verdict = runSet(folder / "model.onnx", set.path());
      if (verdict.kind == Verdict::Kind::Wrong) return verdict;
    }
    return any ? verdict : wrong("has no data");
  } catch (const Error& e) {
    return {Verdict::Kind::Refused, e.what()};
  } catch (const std::exception& e) {
    return wrong(std::string("another exception: ") + e.what());
  }
}

/// The operator that a refusal names ("the operator Loop", "Cast 'x': ...", "(read by Cast 'x')"); empty when it names
/// none.
std::string operatorIn(const std::string& reason) {
  std::smatch found;
  static const std::regex kOperator("the operator (?:[a-z.]+::)?([A-Z]\\w*)");
  static const std::regex kLabel("(?:^|: |read by )([A-Z]\\w*)(?: '[^']*')?(?::|\\))");
  if (std::regex_search(reason, found, kOperator)) return found[1];
  if (std::regex_search(reason, found, kLabel)) return found[1];
  return {};
}

}  // namespace
#endif

class TestBackendSuite : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void everyCasePassesOrIsRefused() {
#ifndef UNITSCOPE_HAS_ONNX
    QSKIP("built without ONNX");
#else
    if (!fs::exists(kData / "node")) QSKIP("the Debian package libonnx-testdata is not installed");
    int total = 0, passed = 0, random = 0, wrongs = 0, unnamed = 0;
    std::map<std::string, int> refusals;
    const std::string only = qEnvironmentVariable("UNITSCOPE_SUITE_CASE").toStdString();
    for (const char* group : {"node", "pytorch-converted", "pytorch-operator", "simple"}) {
      std::vector<fs::path> cases;
      for (const auto& entry : fs::directory_iterator(kData / group))
        if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
      std::ranges::sort(cases);
      for (const fs::path& folder : cases) {
        if (!only.empty() && folder.filename() != only) continue;
        ++total;
        const Verdict verdict = judge(folder);
        const std::string name = folder.filename().string();
        switch (verdict.kind) {
          case Verdict::Kind::Passed: ++passed; break;
          case Verdict::Kind::Random: ++random; break;
          case Verdict::Kind::Wrong:
            ++wrongs;
            qWarning("WRONG   %s: %s", name.c_str(), verdict.reason.c_str());
            break;
          case Verdict::Kind::Refused:
            const std::string op = operatorIn(verdict.reason);
            if (op.empty()) ++unnamed;
            ++refusals[op.empty() ? "(no operator named)" : op];
            if (op.empty() || !only.empty() || qEnvironmentVariableIsSet("UNITSCOPE_SUITE_VERBOSE"))
              qWarning("REFUSED %s: %s", name.c_str(), verdict.reason.c_str());
        }
      }
    }
    int refused = 0;
    for (const auto& [op, count] : refusals) refused += count;
    qInfo("%d cases: %d passed, %d random (type and shape agree), %d refused, %d wrong", total, passed, random, refused,
          wrongs);
    for (const auto& [op, count] : refusals) qInfo("  refused %-28s %d", op.c_str(), count);
    QCOMPARE(wrongs, 0);
    QCOMPARE(unnamed, 0);
    if (only.empty()) QVERIFY2(passed >= 850, "fewer than 850 cases pass");
#endif
  }
};

QTEST_APPLESS_MAIN(TestBackendSuite)
#include "test_backend_suite.moc"
