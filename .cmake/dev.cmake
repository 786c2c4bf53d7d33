# For development and the sanitizer run: cmake -S . -B build -C .cmake/dev.cmake
# clang compiles this in half the time of g++, and what both accept is portable.
set(CMAKE_CXX_COMPILER clang++ CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(IPTMODE_WERROR ON CACHE BOOL "")
set(IPTMODE_TESTS ON CACHE BOOL "")
set(IPTMODE_SANITIZE "address,undefined" CACHE STRING "")
set(IPTMODE_PCH ON CACHE BOOL "")
# Line tables are all that a backtrace needs.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1" CACHE STRING "")
