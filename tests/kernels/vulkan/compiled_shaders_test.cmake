# cmake -DFOLDER=kernels/vulkan -P compiled_shaders_test.cmake
# The shaders in compiled/ were made of the sources that lie beside them now.

cmake_minimum_required(VERSION 3.25)

set(advice "run kernels/vulkan/compiled/regenerate where glslc knows cooperative matrices")

# A shader's sources: itself and what it includes
set(sources matmul_matrix.comp)
set(rest ${sources})
while(rest)
  list(POP_FRONT rest source)
  file(STRINGS ${FOLDER}/${source} includes REGEX "^#include \"")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "^#include \"([^\"]*)\".*" "\\1" file "${include}")
    if(NOT file IN_LIST sources)
      list(APPEND sources ${file})
      list(APPEND rest ${file})
    endif()
  endforeach()
endwhile()
list(LENGTH sources count)
if(count LESS 3)
  message(FATAL_ERROR "only ${sources} were found")
endif()

file(STRINGS ${FOLDER}/compiled/sources noted)
foreach(source IN LISTS sources)
  file(SHA256 ${FOLDER}/${source} hash)
  if(NOT "${hash}  ${source}" IN_LIST noted)
    message(SEND_ERROR "compiled/ is older than ${source}: ${advice}")
  endif()
endforeach()

foreach(format IN ITEMS Q8_0 Q4_0 Q5_1 Q3_K Q4_K Q5_K Q6_K IQ4_XS MXFP4)
  file(READ ${FOLDER}/compiled/matmul_matrix_${format}.spv magic LIMIT 4 HEX)
  if(NOT magic STREQUAL "03022307")
    message(SEND_ERROR "compiled/matmul_matrix_${format}.spv is no SPIR-V: ${advice}")
  endif()
endforeach()
