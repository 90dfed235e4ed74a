# Compiler settings shared by every target of ours; system headers are exempt from the warnings.
add_library(unitscope-options INTERFACE)
target_compile_options(unitscope-options INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual
                       -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overflows in inlined std::string concatenation that are not there (GCC bugs 105329, 105651).
  target_compile_options(unitscope-options INTERFACE -Wno-restrict -Wno-stringop-overflow
                         -Wno-array-bounds -Wno-stringop-overread)
endif()
if(UNITSCOPE_WERROR)
  target_compile_options(unitscope-options INTERFACE -Werror)
endif()
if(UNITSCOPE_SANITIZE)
  target_compile_options(unitscope-options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -g1)
  target_link_options(unitscope-options INTERFACE -fsanitize=address,undefined)
endif()

# unitscope_sources(VAR folder...): every .cpp and .h below the folders, found again when files come or go.
function(unitscope_sources var)
  set(found)
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp"
         "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.h")
    list(APPEND found ${files})
  endforeach()
  set(${var} ${found} PARENT_SCOPE)
endfunction()
