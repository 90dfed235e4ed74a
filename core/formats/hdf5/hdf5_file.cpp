#include "formats/hdf5/hdf5_file.h"

#ifdef UNITSCOPE_HAS_HDF5
#include <hdf5.h>
#endif

namespace unitscope {

bool hasHdf5() {
#ifdef UNITSCOPE_HAS_HDF5
  return H5_VERS_MAJOR > 0;
#else
  return false;
#endif
}

}  // namespace unitscope
