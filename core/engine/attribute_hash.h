#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/tensor_data.h"
#include "runtime/content_hash.h"

namespace unitscope {

/// Adds values of any kind that attributes and parameters have, lists with their length.
struct AddAttribute {
  ContentHash& hash;
  void operator()(std::int64_t v) const { hash.add(static_cast<std::uint64_t>(v)); }
  void operator()(double v) const { hash.add(v); }
  void operator()(const std::string& v) const { hash.add(v); }
  void operator()(bool v) const { hash.add(std::uint64_t{v ? 1U : 0U}); }
  void operator()(const TensorData& v) const {
    hash.add(static_cast<std::uint64_t>(v.dtype()));
    (*this)(v.shape());
    hash.add(v.bytes());
  }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    hash.add(std::uint64_t{values.size()});
    for (const T& v : values) (*this)(v);
  }
};

}  // namespace unitscope
