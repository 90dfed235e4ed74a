#pragma once

#include <map>
#include <optional>
#include <string>

#include "formats/aten/archive_tensors.h"
#include "formats/aten/aten_value.h"
#include "formats/aten/json_document.h"

namespace unitscope::aten {

/// Type of numbers by torch.export's own code; nothing for types without a counterpart.
std::optional<DType> dtypeFromExport(std::int64_t code) noexcept;

/// Parameters, buffers and constants of a torch.export archive, found by their names.
class ExportWeights {
 public:
  /// `model`: the name of the program in the archive ("model" in models/model.json).
  ExportWeights(ArchiveTensors& tensors, const std::string& model);

  /// Throws Error naming a tensor that is absent or damaged.
  TensorData load(const std::string& name);

 private:
  void readConfig(const std::string& folder, const std::string& config);
  TensorData loadPickled(const std::string& entry) const;

  struct Place {
    std::string entry;
    bool pickled = false;
    PickleTensor layout;
  };
  ArchiveTensors& tensors_;
  std::map<std::string, Place, std::less<>> places_;
};

}  // namespace unitscope::aten
