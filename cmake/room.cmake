# inglenook_room(NAME [DEPENDS target...] SOURCES file... HEADERS file...)
# One static library per room, named after its folder. Paths of includes start at the source root.
# Headers are listed so that each is compiled alone (target all_verify_interface_header_sets).

# GCC 12 mistakes joined strings for overlapping copies (its bug 105651).
set(INGLENOOK_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-restrict
  # Fields that a designated initialiser leaves out are meant to keep their defaults.
  -Wno-missing-field-initializers)

function(inglenook_warnings target)
  target_compile_options(${target} PRIVATE
    "$<$<COMPILE_LANGUAGE:CXX>:${INGLENOOK_WARNINGS}>")
endfunction()

function(inglenook_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;HEADERS;DEPENDS" ${ARGN})
  add_library(${name} STATIC)
  target_sources(${name}
    PRIVATE ${ROOM_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ROOM_HEADERS})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(${name} PUBLIC ${ROOM_DEPENDS})
  inglenook_warnings(${name})
endfunction()
