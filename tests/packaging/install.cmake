# Installs the build into a folder of its own, builds examples/gradient against that, and runs it on a network.
cmake_policy(VERSION 3.25)

function(must what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what} failed (${status}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(prefix "${FOLDER}/prefix")
file(REMOVE_RECURSE "${prefix}" "${FOLDER}/gradient")
must("installing" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
# must() hands its arguments on as one list, in which a bare semicolon would end this one.
string(REPLACE ";" "\\;" escaped "${PREFIXES}")
set(flags)
if(SANITIZE)
  set(flags "-DCMAKE_CXX_FLAGS=-fsanitize=address,undefined")
endif()
must("configuring the example" "${CMAKE_COMMAND}" -S "${ROOT}/examples/gradient" -B "${FOLDER}/gradient"
     -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
     "-DCMAKE_PREFIX_PATH=${prefix}\;${escaped}" ${flags})
must("building the example" "${CMAKE_COMMAND}" --build "${FOLDER}/gradient")

# Any network that this build reads: the embedded one as ONNX, else one of the real ones.
set(model "${FOLDER}/example.onnx")
file(REMOVE "${model}")
execute_process(COMMAND "${PROGRAM}" convert example "${model}" ERROR_VARIABLE why RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  set(model "${SHARED}/models/resnet20-cifar10.pt")
  if(NOT EXISTS "${model}")
    message("Unitscope skips: running the example (${why})")
    return()
  endif()
endif()
must("running the example" "${FOLDER}/gradient/gradient" "${model}")
if(NOT output MATCHES "norm of its gradient ([0-9.e+-]+)" OR NOT CMAKE_MATCH_1 GREATER 0)
  message(FATAL_ERROR "the example printed no gradient:\n${output}")
endif()
must("starting the installed program" "${prefix}/bin/unitscope" --version)
message("${output}the example ran on ${model}")
