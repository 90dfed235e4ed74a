#include "formats/guess_format.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "formats/archive/zip_archive.h"
#include "formats/npy/npy.h"
#include "image/picture_header.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kKnown =
    "Unitscope opens ONNX, torch.export (.pt2), TorchScript, safetensors and PyTorch weights";
constexpr std::string_view kKeras = "Keras models open after conversion to ONNX (tf2onnx does it)";

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};

constexpr std::array<Signature, 18> kSignatures = {{
    {0, "\x89HDF\r\n\x1a\n"sv,
     "this is an HDF5 file, as Keras and MATLAB write them; Keras models open after conversion to ONNX (tf2onnx does "
     "it)"},
    {4, "TFL3"sv, "this is a TensorFlow Lite model; convert it to ONNX (tf2onnx does it)"},
    {0, "GGUF"sv, "this is a GGUF language model, not a vision network"},
    {0, "version https://git-lfs"sv,
     "this is only a pointer to a file in Git LFS; fetch the file itself (git lfs pull)"},
    {0, "GIF8"sv, "this is a picture, not a model"},
    {0, "%PDF"sv, "this is a PDF document, not a model"},
    {0, "\x1f\x8b"sv, "this file is compressed by gzip; unpack it first"},
    {0, "BZh"sv, "this file is compressed by bzip2; unpack it first"},
    {0,
     "\xfd"
     "7zXZ"sv,
     "this file is compressed by xz; unpack it first"},
    {0, "\x28\xb5\x2f\xfd"sv, "this file is compressed by zstd; unpack it first"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "this is a 7-Zip archive; unpack it first"},
    {0, "Rar!"sv, "this is a RAR archive; unpack it first"},
    {257, "ustar"sv,
     "this is a tar archive; unpack it first (PyTorch before 0.2 wrote such files: save it again with a newer one)"},
    {0,
     "\x7f"
     "ELF"sv,
     "this is a program or a compiled library, not a model"},
    {0, "MZ"sv, "this is a program or a compiled library, not a model"},
    {0, "\x80\x00"sv, "this is a pickle of a protocol that is not known"},
    {0, "\x08\x01\x12"sv, "this looks like a TensorFlow SavedModel; convert its folder to ONNX (tf2onnx does it)"},
    {0, "PK\x07\x08"sv, "this is one part of a zip archive that was split"},
}};

bool isText(std::string_view head) {
  return std::none_of(head.begin(), head.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
}

std::string describeZip(const std::filesystem::path& file) {
  const ZipArchive zip = ZipArchive::open(file);  // says itself what is wrong with a damaged one
  const auto any = [&](auto&& test) {
    return std::any_of(zip.entries().begin(), zip.entries().end(), [&](const ZipEntry& e) { return test(e.name); });
  };
  if (zip.entries().empty()) return "this zip archive is empty";
  if (zip.has("config.json") && zip.has("model.weights.h5")) return "this is a Keras model; " + std::string(kKeras);
  if (any([](std::string_view name) { return name.ends_with("saved_model.pb"); }))
    return "this is a zipped TensorFlow SavedModel; unpack it and convert it to ONNX (tf2onnx does it)";
  if (any([](std::string_view name) { return name.starts_with("MAR-INF/"); }))
    return "this is a TorchServe archive; unpack it and open the model inside";
  if (any([](std::string_view name) { return name.starts_with("data/aotinductor/"); }))
    return "this archive holds compiled code (AOTInductor), which is never run; export the network again with "
           "torch.export.save";
  const auto arrays = [](const ZipEntry& e) { return std::string_view(e.name).ends_with(".npy"); };
  if (std::all_of(zip.entries().begin(), zip.entries().end(), arrays))
    return "this is a NumPy archive of arrays (.npz), not a model";
  if (any([](std::string_view name) {
        return name.ends_with(".onnx") || name.ends_with(".pt") || name.ends_with(".pth") || name.ends_with(".pt2") ||
               name.ends_with(".safetensors");
      }))
    return "this is a zip archive with a model inside; unpack it first";
  std::string text = "this zip archive holds no model that is known; it begins with ";
  for (std::size_t i = 0; i < std::min<std::size_t>(zip.entries().size(), 3); ++i)
    text += (i > 0 ? ", '" : "'") + zip.entries()[i].name.substr(0, 60) + "'";
  return text;
}

std::string describeText(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  const std::string_view text = first == std::string_view::npos ? std::string_view() : head.substr(first);
  const auto contains = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  if (text.starts_with("<!DOCTYPE html") || text.starts_with("<!doctype html") || text.starts_with("<html"))
    return "this is a web page, not a model; the download may have failed";
  if (text.starts_with("<?xml") || text.starts_with("<net")) {
    if (contains("<net ")) return "this is an OpenVINO network; export the original to ONNX instead";
    return "this is an XML file, not a model";
  }
  if (text.starts_with("{") || text.starts_with("[")) return "this is a JSON file, not a model";
  if (contains("layer {") || contains("layers {"))
    return "this is a Caffe network description; convert it and its weights to ONNX";
  return "this is a text file, not a model";
}

}  // namespace

std::string describeUnknownFile(const std::filesystem::path& file, std::string_view head) {
  if (head.empty()) return "the file is empty";
  if (looksLikePicture(head)) return "this is a picture, not a model; open a model first and then the picture";
  if (looksLikeNpy(head)) return "this is a NumPy array, not a model; it can be an input (--input-npy)";
  if (ZipArchive::recognises(head)) return describeZip(file);
  for (const Signature& signature : kSignatures)
    if (head.size() >= signature.offset && head.substr(signature.offset).starts_with(signature.bytes))
      return std::string(signature.what);
  if (std::all_of(head.begin(), head.end(), [](char c) { return c == '\0'; }))
    return "the file holds nothing but zeros; the download may have failed";
  if (isText(head)) return describeText(head);
  if (head.size() > 3 && head[0] == '\x0a' && head.find("Placeholder") != std::string_view::npos)
    return "this looks like a frozen TensorFlow graph; convert it to ONNX (tf2onnx does it)";
#ifndef UNITSCOPE_HAS_ONNX
  return "this is of no known format (this build of Unitscope cannot open ONNX); " + std::string(kKnown);
#else
  return "this is of no known format; " + std::string(kKnown);
#endif
}

std::string describeFolder(const std::filesystem::path& folder) {
  std::error_code problem;
  const auto has = [&](const char* name) { return std::filesystem::exists(folder / name, problem); };
  if (has("saved_model.pb"))
    return "this is the folder of a TensorFlow SavedModel; convert it to ONNX (tf2onnx does it)";
  if (has("Manifest.json") && has("Data"))
    return "this is the folder of a Core ML package; export the original to ONNX instead";
  return "this is a folder, not a model file";
}

}  // namespace unitscope
