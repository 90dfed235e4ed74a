#pragma once

#include <string>

namespace unitscope {

class Model;

/// A number for what a network computes: its nodes, weights and how pictures are prepared (32 hexadecimal digits). The
/// same after it was closed and opened again. Reads every weight, which takes about a second for a gigabyte: ask once a
/// network and keep it. Weights that are edited in the Executor alone are not seen.
std::string modelFingerprint(const Model& model);

}  // namespace unitscope
