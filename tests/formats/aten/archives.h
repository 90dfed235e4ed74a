#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include <QTemporaryDir>

#include "exec/executor.h"
#include "formats/model_reader.h"
#include "support/pickle_writer.h"
#include "support/zip_writer.h"

namespace unitscope::test {

/// A tensor of a made-up module: float32, contiguous.
struct NamedWeight {
  std::string name;
  at::Tensor value;
};

/// A TorchScript archive of one class, "__torch__.Net", with this source and these tensors.
inline std::string scriptArchive(const std::string& source, const std::vector<NamedWeight>& weights) {
  ZipWriter zip;
  std::vector<std::pair<std::string, std::string>> state{{"training", pickled::boolean(false)}};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const at::Tensor t = weights[i].value.contiguous();
    std::vector<std::int32_t> shape(t.sizes().begin(), t.sizes().end());
    std::vector<std::int32_t> strides(t.strides().begin(), t.strides().end());
    const auto count = static_cast<std::int32_t>(t.numel());
    state.emplace_back(weights[i].name,
                       pickled::tensor(pickled::storage("FloatStorage", std::to_string(i), count), 0, shape, strides));
    zip.add("net/data/" + std::to_string(i),
            {static_cast<const char*>(t.data_ptr()), static_cast<std::size_t>(count) * sizeof(float)});
  }
  zip.add("net/data.pkl",
          pickled::document(pickled::global("__torch__", "Net") + ")\x81" + pickled::dict(state) + "b"));
  zip.add("net/constants.pkl", pickled::document(")"));
  zip.add("net/code/__torch__.py", source);
  return zip.finish();
}

/// A torch.export archive around a program: `nodes`, `inputs`, `outputs` and `values` are JSON.
struct ExportText {
  std::string nodes = "[]";
  std::string output = "y";
  std::string values = R"("x": {"dtype": 7, "sizes": [{"as_int": 2}, {"as_int": 3}]})";
  int major = 8;
};

inline std::string exportArchive(const ExportText& text, const std::vector<std::string>& extraEntries = {}) {
  const std::string tensorX = R"({"as_tensor": {"name": "x"}})";
  const std::string tensorY = R"({"as_tensor": {"name": ")" + text.output + R"("}})";
  ZipWriter zip;
  zip.add("net/archive_format", "pt2");
  zip.add("net/byteorder", "little");
  zip.add("net/models/model.json",
          R"({"schema_version": {"major": )" + std::to_string(text.major) +
              R"(, "minor": 0}, "torch_version": "2.13.0", "graph_module": {"graph": {"inputs": [)" + tensorX +
              R"(], "outputs": [)" + tensorY + R"(], "nodes": )" + text.nodes + R"(, "tensor_values": {)" +
              text.values + R"(}}, "signature": {"input_specs": [{"user_input": {"arg": )" + tensorX +
              R"(}}], "output_specs": [{"user_output": {"arg": )" + tensorY + R"(}}]}}})");
  zip.add("net/data/weights/model_weights_config.json", R"({"config": {}})");
  for (const std::string& entry : extraEntries) zip.add("net/" + entry, "-");
  return zip.finish();
}

/// One node of such a program: target without its prefix, inputs as JSON arguments by name, one output tensor.
inline std::string exportNode(const std::string& target, const std::vector<std::pair<std::string, std::string>>& inputs,
                              const std::string& output, const std::string& path = {}) {
  std::string list;
  for (const auto& [name, argument] : inputs)
    list += (list.empty() ? "" : ", ") + ("{\"name\": \"" + name + "\", \"arg\": " + argument + ", \"kind\": 1}");
  return R"({"target": "torch.ops.)" + target + R"(", "inputs": [)" + list +
         R"(], "outputs": [{"as_tensor": {"name": ")" + output +
         R"("}}], "metadata": {"nn_module_stack": "L__self__,,Net;L__self__)" + path + "," + path + R"(,Part"}})";
}

inline std::string asTensor(const std::string& name) {
  return R"({"as_tensor": {"name": ")" + name + R"("}})";
}

/// Opens bytes as a model file.
inline ModelFile openBytes(const QTemporaryDir& folder, const std::string& bytes) {
  const std::filesystem::path file = folder.filePath("model").toStdString();
  writeBytes(file, bytes);
  return readModelFile(file);
}

/// The first output for an input.
inline at::Tensor runModel(const ModelFile& model, const at::Tensor& input) {
  Executor executor(std::make_shared<const Graph>(model.graph));
  return executor.run(input, executor.graph().outputs().front());
}

}  // namespace unitscope::test
