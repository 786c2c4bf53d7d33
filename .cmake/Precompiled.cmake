# SPDX-License-Identifier: GPL-2.0-or-later
# Precompiled headers, with IPTMODE_PCH: one set for all targets that name it. A build without proves
# that each file includes what it uses.

# iptmode_precompiled_headers(<set> LIBRARIES|PROGRAMS HEADERS <header>... USING <library>...): for code
# that goes into libraries (-fPIC) or straight into programs (-fPIE), which cannot share one.
function(iptmode_precompiled_headers set kind)
  if(NOT IPTMODE_PCH)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "HEADERS;USING")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${set}.cpp)
  if(kind STREQUAL "PROGRAMS")
    file(GENERATE OUTPUT ${source} CONTENT "int main() { return 0; }\n")
    add_executable(${set} ${source})
  else()
    file(GENERATE OUTPUT ${source} CONTENT "")
    add_library(${set} OBJECT ${source})
  endif()
  target_link_libraries(${set} PRIVATE iptmode_settings ${arg_USING})
  target_precompile_headers(${set} PRIVATE ${arg_HEADERS})
endfunction()

# iptmode_precompile(<target> <set>): the target is compiled with what the set was compiled with.
function(iptmode_precompile target set)
  if(NOT IPTMODE_PCH)
    return()
  endif()
  target_link_libraries(${target} PRIVATE fmt::fmt)
  target_precompile_headers(${target} REUSE_FROM ${set})
endfunction()
