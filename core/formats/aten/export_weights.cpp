#include "formats/aten/export_weights.h"

#include "runtime/error.h"

namespace unitscope::aten {
namespace {

std::int64_t knownSize(const Json& size, const std::string& subject) {
  const Json& n = member(size, "as_int", subject);
  if (!n.is_number_integer()) throw Error(subject, "holds a weight whose size is no number");
  return n.get<std::int64_t>();
}

Shape knownSizes(const Json& sizes, const std::string& subject) {
  if (!sizes.is_array() || sizes.size() > 64) throw Error(subject, "holds a weight without sizes");
  Shape shape;
  for (const Json& s : sizes) shape.push_back(knownSize(s, subject));
  return shape;
}

}  // namespace

std::optional<DType> dtypeFromExport(std::int64_t code) noexcept {
  switch (code) {
    case 1: return DType::UInt8;
    case 2: return DType::Int8;
    case 3: return DType::Int16;
    case 4: return DType::Int32;
    case 5: return DType::Int64;
    case 6: return DType::Float16;
    case 7: return DType::Float32;
    case 8: return DType::Float64;
    case 12: return DType::Bool;
    case 13: return DType::BFloat16;
    case 28: return DType::UInt16;
    default: return std::nullopt;
  }
}

ExportWeights::ExportWeights(ArchiveTensors& tensors, const std::string& model) : tensors_(tensors) {
  readConfig("data/weights/", "data/weights/" + model + "_weights_config.json");
  readConfig("data/constants/", "data/constants/" + model + "_constants_config.json");
}

void ExportWeights::readConfig(const std::string& folder, const std::string& config) {
  const ZipArchive& archive = tensors_.archive();
  if (!archive.has(config)) return;
  const std::string& subject = archive.subject();
  const Json document = parseJson(archive.text(config), subject);
  const Json& entries = member(document, "config", subject);
  for (const auto& [name, entry] : entries.items()) {
    const Json* path = memberOrNull(entry, "path_name");
    const Json* meta = memberOrNull(entry, "tensor_meta");
    if (path == nullptr || meta == nullptr || !path->is_string()) continue;  // script objects: refused if used
    Place place;
    place.entry = folder + path->get<std::string>();
    const Json* pickled = memberOrNull(entry, "use_pickle");
    place.pickled = pickled != nullptr && pickled->is_boolean() && pickled->get<bool>();
    const auto type = dtypeFromExport(member(*meta, "dtype", subject).get<std::int64_t>());
    if (!type) throw Error(subject, "'" + name + "' holds numbers of a type that is not supported");
    place.layout.dtype = *type;
    place.layout.shape = knownSizes(member(*meta, "sizes", subject), subject);
    place.layout.strides = knownSizes(member(*meta, "strides", subject), subject);
    place.layout.offset = knownSize(member(*meta, "storage_offset", subject), subject);
    places_[name] = std::move(place);
  }
}

TensorData ExportWeights::loadPickled(const std::string& entry) const {
  const ZipArchive& outer = tensors_.archive();
  const std::string subject = outer.subject();
  ArchiveTensors inner(ZipArchive::fromBytes(outer.bytes(entry), outer.owner(), subject));
  inner.checkByteOrder();
  const std::string_view text = inner.archive().text("data.pkl");
  const PickleDocument document =
      readPickle(std::as_bytes(std::span(text)), inner.archive().owner(), weightsPicklePolicy(), subject);
  if (!document.root().is(PickleValue::Kind::Tensor)) throw Error(subject, "'" + entry + "' holds no tensor");
  return inner.fromPickle(*document.root().tensor, "data");
}

TensorData ExportWeights::load(const std::string& name) {
  const auto it = places_.find(name);
  const std::string& subject = tensors_.archive().subject();
  if (it == places_.end()) throw Error(subject, "the weight '" + name + "' is not in the archive");
  const Place& place = it->second;
  return place.pickled ? loadPickled(place.entry) : tensors_.fromEntry(place.entry, place.layout);
}

}  // namespace unitscope::aten
