#pragma once

namespace unitscope {

/// Whether this build can read and write HDF5.
bool hasHdf5();

}  // namespace unitscope
