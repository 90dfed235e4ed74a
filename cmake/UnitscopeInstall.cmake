# Installs the core so that another CMake project finds it: find_package(Unitscope), unitscope::core.
include(CMakePackageConfigHelpers)

set(_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Unitscope")
install(TARGETS unitscope-core EXPORT UnitscopeTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/core/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/unitscope"
        COMPONENT development FILES_MATCHING PATTERN "*.h"
        PATTERN "formats/onnx" EXCLUDE PATTERN "exec/ops" EXCLUDE)
set_target_properties(unitscope-core PROPERTIES EXPORT_NAME core)
install(EXPORT UnitscopeTargets NAMESPACE unitscope:: DESTINATION "${_cmake_dir}" COMPONENT development)

get_target_property(_links unitscope-core LINK_LIBRARIES)
set(UNITSCOPE_WITH_ONNX OFF)
if("onnx" IN_LIST _links)
  set(UNITSCOPE_WITH_ONNX ON)
endif()
set(UNITSCOPE_WITH_OPENCV "${OpenCV_FOUND}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/UnitscopeConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/UnitscopeConfig.cmake" INSTALL_DESTINATION "${_cmake_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/UnitscopeConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/UnitscopeConfig.cmake" "${PROJECT_BINARY_DIR}/UnitscopeConfigVersion.cmake"
        DESTINATION "${_cmake_dir}" COMPONENT development)

if(TARGET unitscope)
  install(TARGETS unitscope RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
endif()
