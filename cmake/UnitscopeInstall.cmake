# Installs the core so that another CMake project finds it: find_package(Unitscope), unitscope::core.
include(CMakePackageConfigHelpers)

set(_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Unitscope")
install(TARGETS unitscope-core EXPORT UnitscopeTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/core/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/unitscope"
        COMPONENT development FILES_MATCHING PATTERN "*.h"
        PATTERN "formats/onnx" EXCLUDE PATTERN "formats/aten" EXCLUDE PATTERN "exec/ops" EXCLUDE)
set_target_properties(unitscope-core PROPERTIES EXPORT_NAME core)
install(EXPORT UnitscopeTargets NAMESPACE unitscope:: DESTINATION "${_cmake_dir}" COMPONENT development)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/UnitscopeConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/UnitscopeConfig.cmake" INSTALL_DESTINATION "${_cmake_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/UnitscopeConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/UnitscopeConfig.cmake" "${PROJECT_BINARY_DIR}/UnitscopeConfigVersion.cmake"
        DESTINATION "${_cmake_dir}" COMPONENT development)

if(TARGET unitscope)
  install(TARGETS unitscope RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
endif()
