# unitscope_embed_catalogue(TARGET RESOURCES): puts RESOURCES/catalogue.json and every RESOURCES/labels/NAME.txt into the
# program as they are, by the assembler's .incbin, for the window and the command line alike.
function(unitscope_embed_catalogue target resources)
  file(GLOB labels CONFIGURE_DEPENDS "${resources}/labels/*.txt")
  set(catalogue "${resources}/catalogue.json")
  set(blocks "UNITSCOPE_EMBED_TEXT(catalogue, \"${catalogue}\")\n")
  set(rows)
  set(index 0)
  foreach(file IN LISTS labels)
    get_filename_component(name "${file}" NAME_WE)
    string(APPEND blocks "UNITSCOPE_EMBED_TEXT(labels_${index}, \"${file}\")\n")
    string(APPEND rows "  if (name == \"${name}\") return text(unitscope_text_labels_${index}, "
           "unitscope_text_labels_${index}_end);\n")
    math(EXPR index "${index} + 1")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded_catalogue.cpp")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/embedded_catalogue.cpp.in" "${source}" @ONLY)
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${catalogue};${labels}"
                              SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE "${source}")
endfunction()
