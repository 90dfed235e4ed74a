#pragma once

#include <list>

#include "app/engine_bridge.h"

namespace unitscope {

/// The last few pictures after preprocessing, since every method of a comparison grid asks for the same ones. Used on
/// the engine thread only.
class InputCache {
 public:
  PreparedInput prepare(const Model& model, const ImagePtr& picture);
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    const Model* model;
    ImagePtr picture;
    PreparedInput prepared;
  };
  std::list<Entry> entries_;  // newest first
};

}  // namespace unitscope
