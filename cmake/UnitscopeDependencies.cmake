# Finds every library, so that imported targets are visible in all folders, and says what to do where one is missing.

# unitscope_demand(FOUND WHAT PACKAGES ELSE): fails, naming Debian's packages and the way without them.
function(unitscope_demand found what packages else)
  if(NOT found)
    message(FATAL_ERROR "${what} not found.\nOn Debian: apt install ${packages}\n${else}\n")
  endif()
endfunction()

# unitscope_choose(SWITCH FOUND WHAT PACKAGES LOST): sets SWITCH_ENABLED by the cache variable SWITCH (ON, OFF or AUTO)
# and by what was found.
function(unitscope_choose switch found what packages lost)
  set(enabled OFF)
  if("${${switch}}" STREQUAL "AUTO")
    if(found)
      set(enabled ON)
    endif()
  elseif(${switch})
    unitscope_demand("${found}" "${what}" "${packages}"
                     "-D${switch}=OFF builds without it, -D${switch}=AUTO takes it where it is found.")
    set(enabled ON)
  endif()
  if(NOT enabled)
    message(STATUS "Unitscope: built without ${what}, so ${lost}")
  endif()
  set(${switch}_ENABLED "${enabled}" PARENT_SCOPE)
endfunction()

# unitscope_header_only(PACKAGE TARGET HEADER): a library of headers alone, from its CMake package or, where only its
# headers were unpacked, from an include folder (CMAKE_PREFIX_PATH, CMAKE_INCLUDE_PATH). Sets PACKAGE_FOUND.
macro(unitscope_header_only package target header)
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND)
    find_path(UNITSCOPE_${package}_INCLUDE "${header}")
    mark_as_advanced(UNITSCOPE_${package}_INCLUDE)
    if(UNITSCOPE_${package}_INCLUDE)
      set(${package}_FOUND ON)
      add_library(${target} INTERFACE IMPORTED)
      target_include_directories(${target} INTERFACE "${UNITSCOPE_${package}_INCLUDE}")
    endif()
  endif()
endmacro()

# PyTorch's documentation gives its folder share/cmake for CMAKE_PREFIX_PATH. With that alone CMake would take Debian's
# libc10 for the package's own, and the program would die at its start: the package's root serves instead.
set(_prefixes)
set(_prefixes_without_torch)
foreach(_prefix IN LISTS CMAKE_PREFIX_PATH)
  string(REGEX REPLACE "/share/cmake(/Torch)?/?$" "" _root "${_prefix}")
  if(EXISTS "${_root}/include/ATen" AND EXISTS "${_root}/share/cmake/Torch/TorchConfig.cmake")
    list(APPEND _prefixes "${_root}")
  else()
    list(APPEND _prefixes "${_prefix}")
    list(APPEND _prefixes_without_torch "${_prefix}")
  endif()
endforeach()

find_package(Threads REQUIRED)

# Before Torch, and not in its folder: LibTorch 2 puts an empty target in protobuf's place where it finds none, and
# brings headers of an old protobuf.
if(UNITSCOPE_ONNX)
  set(CMAKE_PREFIX_PATH "${_prefixes_without_torch}")
  find_package(Protobuf QUIET)
  find_package(ONNX QUIET)
endif()
set(_onnx_found OFF)
if(Protobuf_FOUND AND ONNX_FOUND)
  set(_onnx_found ON)
endif()
set(CMAKE_PREFIX_PATH "${_prefixes}")
find_package(Torch QUIET)
unitscope_demand("${Torch_FOUND}" "LibTorch" "libtorch-dev"
  "Elsewhere: -DCMAKE_PREFIX_PATH=DIR, the root of a LibTorch or the folder torch of an installed PyTorch.")

# PyTorch's packages before 2.6 were built with the strings of GCC 4, which the system's C++ libraries do not take.
if("${TORCH_CXX_FLAGS}" MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(STATUS "Unitscope: this LibTorch has C++'s old ABI, with which the system's OpenCV, ONNX and Qt do not link")
  add_compile_definitions(_GLIBCXX_USE_CXX11_ABI=0)
  set(_onnx_found OFF)
  foreach(_package OpenCV benchmark Qt6)
    set(CMAKE_DISABLE_FIND_PACKAGE_${_package} ON)
  endforeach()
endif()

unitscope_choose(UNITSCOPE_ONNX "${_onnx_found}" "ONNX (libonnx and protobuf)"
                 "libonnx-dev libprotobuf-dev protobuf-compiler" "ONNX files can be neither read nor written")

unitscope_header_only(nlohmann_json nlohmann_json::nlohmann_json nlohmann/json.hpp)
unitscope_demand("${nlohmann_json_FOUND}" "nlohmann/json (headers alone suffice)" "nlohmann-json3-dev"
                 "Elsewhere: -DCMAKE_INCLUDE_PATH=DIR, the folder that holds nlohmann/json.hpp.")
if(UNITSCOPE_CLI)
  unitscope_header_only(CLI11 CLI11::CLI11 CLI/CLI.hpp)
  unitscope_demand("${CLI11_FOUND}" "CLI11 (headers alone suffice)" "libcli11-dev"
    "Elsewhere: -DCMAKE_INCLUDE_PATH=DIR, the folder that holds CLI/CLI.hpp; -DUNITSCOPE_CLI=OFF builds the library alone.")
  if(UNITSCOPE_BENCHMARK)
    find_package(benchmark QUIET)
  endif()
  unitscope_choose(UNITSCOPE_BENCHMARK "${benchmark_FOUND}" "Google Benchmark" "libbenchmark-dev"
                   "there is no `unitscope bench`")
endif()
if(UNITSCOPE_OPENCV)
  find_package(OpenCV QUIET COMPONENTS core imgproc imgcodecs photo)
endif()
unitscope_choose(UNITSCOPE_OPENCV "${OpenCV_FOUND}" "OpenCV" "libopencv-dev"
                 "pictures cannot be decoded or written (tensors as .npy can)")
# A module of OpenCV's contrib, which not every OpenCV has.
set(UNITSCOPE_XIMGPROC_ENABLED OFF)
if(UNITSCOPE_OPENCV_ENABLED)
  find_package(OpenCV QUIET COMPONENTS core imgproc imgcodecs OPTIONAL_COMPONENTS ximgproc)
  find_path(UNITSCOPE_XIMGPROC_INCLUDE opencv2/ximgproc/slic.hpp PATHS ${OpenCV_INCLUDE_DIRS})
  mark_as_advanced(UNITSCOPE_XIMGPROC_INCLUDE)
  if(TARGET opencv_ximgproc AND UNITSCOPE_XIMGPROC_INCLUDE)
    set(UNITSCOPE_XIMGPROC_ENABLED ON)
  else()
    message(STATUS "Unitscope: built without OpenCV's ximgproc (libopencv-contrib-dev), so superpixels are squares")
  endif()
endif()

# Its writers of films, which stripped builds lack.
set(UNITSCOPE_VIDEO_ENABLED OFF)
if(UNITSCOPE_OPENCV_ENABLED)
  find_package(OpenCV QUIET COMPONENTS core imgproc imgcodecs OPTIONAL_COMPONENTS videoio)
  if(TARGET opencv_videoio)
    set(UNITSCOPE_VIDEO_ENABLED ON)
  else()
    message(STATUS "Unitscope: built without OpenCV's videoio, so animations are GIF or PNG frames only")
  endif()
endif()

# Not CMake's own FindHDF5, which compiles C. Debian keeps the serial library beside those for MPI.
set(_hdf5_found OFF)
if(UNITSCOPE_HDF5)
  find_path(UNITSCOPE_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial)
  find_library(UNITSCOPE_HDF5_LIBRARY NAMES hdf5_serial hdf5 PATH_SUFFIXES hdf5/serial)
  mark_as_advanced(UNITSCOPE_HDF5_INCLUDE UNITSCOPE_HDF5_LIBRARY)
  if(UNITSCOPE_HDF5_INCLUDE AND UNITSCOPE_HDF5_LIBRARY)
    set(_hdf5_found ON)
  endif()
endif()
unitscope_choose(UNITSCOPE_HDF5 "${_hdf5_found}" "HDF5" "libhdf5-dev"
                 "what a data set showed of the units cannot be stored or opened")

# Debian's package brings no CMake files.
set(_liblinear_found OFF)
if(UNITSCOPE_LIBLINEAR)
  find_path(UNITSCOPE_LIBLINEAR_INCLUDE linear.h PATH_SUFFIXES liblinear)
  find_library(UNITSCOPE_LIBLINEAR_LIBRARY NAMES linear)
  mark_as_advanced(UNITSCOPE_LIBLINEAR_INCLUDE UNITSCOPE_LIBLINEAR_LIBRARY)
  if(UNITSCOPE_LIBLINEAR_INCLUDE AND UNITSCOPE_LIBLINEAR_LIBRARY)
    set(_liblinear_found ON)
  endif()
endif()
unitscope_choose(UNITSCOPE_LIBLINEAR "${_liblinear_found}" "LIBLINEAR" "liblinear-dev"
                 "boundaries of attributes in latent spaces cannot be fitted")

if(UNITSCOPE_GIF)
  find_package(GIF 5 QUIET)
endif()
unitscope_choose(UNITSCOPE_GIF "${GIF_FOUND}" "giflib" "libgif-dev" "animations cannot be written as GIF")

if(UNITSCOPE_GUI)
  if(NOT UNITSCOPE_CLI)
    message(FATAL_ERROR "The window is part of the program: UNITSCOPE_GUI needs UNITSCOPE_CLI.")
  endif()
  find_package(Qt6 QUIET COMPONENTS Widgets Charts Svg Network Concurrent)
  unitscope_demand("${Qt6_FOUND}" "Qt 6 (Widgets, Charts, Svg, Network, Concurrent)"
    "qt6-base-dev qt6-charts-dev qt6-svg-dev libqt6opengl6-dev libgl-dev libopengl-dev libvulkan-dev"
    "-DUNITSCOPE_GUI=OFF (or `cmake --preset headless`) builds the core and the command line without a window.")
endif()
if(UNITSCOPE_TESTS)
  find_package(Qt6 QUIET COMPONENTS Gui Test)
  unitscope_demand("${Qt6Test_FOUND}" "Qt 6 Test" "qt6-base-dev" "-DUNITSCOPE_TESTS=OFF builds no tests.")
endif()
