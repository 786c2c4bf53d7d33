# Optimised, with tests and benchmarks, warnings are errors: cmake -S . -B build -C .cmake/test.cmake
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(IPTMODE_WERROR ON CACHE BOOL "")
set(IPTMODE_TESTS ON CACHE BOOL "")
set(IPTMODE_BENCHMARKS ON CACHE BOOL "")
