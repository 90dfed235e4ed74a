#pragma once

#include <fstream>
#include <string>

#include <QTemporaryDir>

#include "formats/model_reader.h"
#include "formats/onnx/onnx_reader.h"
#include "runtime/error.h"

/// A folder for one test, with files written into it.
class Folder {
 public:
  std::filesystem::path path() const { return dir_.path().toStdString(); }
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

 private:
  QTemporaryDir dir_;
};

inline unitscope::ModelFile openOnnx(const std::filesystem::path& file) {
  return unitscope::makeOnnxReader()->read(file, {});
}

inline unitscope::Graph openOnnxBytes(const std::string& bytes) {
  const Folder folder;
  return openOnnx(folder.write("model.onnx", bytes)).graph;
}

/// What opening them says; empty when it works.
inline std::string refusalOf(const std::string& bytes) {
  try {
    openOnnxBytes(bytes);
  } catch (const unitscope::Error& e) {
    return e.what();
  }
  return {};
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
