# inglenook_shaders(TARGET SHADERS file.comp... [FORMATS name...] [WITH name] [COMPILED folder])
# Compiles each compute shader to SPIR-V. For x.comp it writes shaders/x.h, which defines
# inglenook::shaders::x, or with FORMATS one x_<format> each, compiled with FORMAT_<format> defined.
# WITH name defines NAME, and all that is written is called x_<name>.
# Where glslc does not know cooperative matrices, shaders with COMPILED are taken from that folder.

# Whether glslc knows VK_KHR_cooperative_matrix; Debian 12's does not.
function(inglenook_find_matrix_glslc)
  if(DEFINED INGLENOOK_GLSLC_KNOWS_MATRICES)
    return()
  endif()
  set(probe ${CMAKE_BINARY_DIR}/matrix_probe.comp)
  file(WRITE ${probe} "#version 460\n#extension GL_KHR_cooperative_matrix : require\nvoid main() {}\n")
  execute_process(
    COMMAND ${Vulkan_GLSLC_EXECUTABLE} --target-env=vulkan1.2 -o ${probe}.spv ${probe}
    RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  set(knows TRUE)
  if(failed)
    set(knows FALSE)
    message(STATUS "Inglenook: matrix shaders as they were compiled before (this glslc is too old)")
  endif()
  set(INGLENOOK_GLSLC_KNOWS_MATRICES ${knows} CACHE INTERNAL "")
endfunction()

# SPIR-V as the list of words that glslc -mfmt=c would write
function(inglenook_include_words spirv output)
  file(READ ${spirv} bytes HEX)
  string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1,\n" words "${bytes}")
  file(CONFIGURE OUTPUT ${output} CONTENT "{${words}}\n" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${spirv})
endfunction()

function(inglenook_shaders target)
  cmake_parse_arguments(SHADER "" "WITH;COMPILED" "SHADERS;FORMATS" ${ARGN})
  set(compile TRUE)
  if(SHADER_COMPILED)
    inglenook_find_matrix_glslc()
    set(compile ${INGLENOOK_GLSLC_KNOWS_MATRICES})
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/shaders)
  set(outputs "")
  foreach(file ${SHADER_SHADERS})
    cmake_path(GET file STEM stem)
    set(defines "")
    if(SHADER_WITH)
      string(APPEND stem _${SHADER_WITH})
      string(TOUPPER -D${SHADER_WITH} defines)
    endif()
    set(header "#pragma once\n\n#include <cstdint>\n\nnamespace inglenook::shaders {\n\n")
    set(variants ${stem})
    if(SHADER_FORMATS)
      list(TRANSFORM SHADER_FORMATS PREPEND ${stem}_ OUTPUT_VARIABLE variants)
    endif()
    foreach(variant ${variants})
      string(REGEX REPLACE "^${stem}_?" "" format ${variant})
      set(define ${defines})
      if(format)
        list(APPEND define -DFORMAT_${format})
      endif()
      set(output ${folder}/${variant}.inc)
      if(compile)
        add_custom_command(
          OUTPUT ${output}
          COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
          COMMAND ${Vulkan_GLSLC_EXECUTABLE} --target-env=vulkan1.2 -Werror ${define} -mfmt=c
                  -MD -MF ${output}.d -MT ${output} -o ${output} ${CMAKE_CURRENT_SOURCE_DIR}/${file}
          DEPENDS ${file}
          DEPFILE ${output}.d
          COMMENT "Compiling shader ${variant}"
          VERBATIM)
        list(APPEND outputs ${output})
      else()
        inglenook_include_words(${CMAKE_CURRENT_SOURCE_DIR}/${SHADER_COMPILED}/${variant}.spv ${output})
      endif()
      string(APPEND header
        "inline constexpr uint32_t ${variant}[] =\n#include \"shaders/${variant}.inc\"\n    ;\n")
    endforeach()
    string(APPEND header "\n} // namespace inglenook::shaders\n")
    file(CONFIGURE OUTPUT ${folder}/${stem}.h CONTENT "${header}" @ONLY)
    list(GET SHADER_SHADERS 0 first)
  endforeach()
  cmake_path(GET first STEM name)
  if(SHADER_WITH)
    string(APPEND name _${SHADER_WITH})
  endif()
  add_custom_target(${target}_${name}_shaders DEPENDS ${outputs})
  add_dependencies(${target} ${target}_${name}_shaders)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
