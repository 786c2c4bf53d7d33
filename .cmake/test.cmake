# Optimised, with tests and benchmarks, warnings are errors: cmake -S . -B build -C .cmake/test.cmake
# No precompiled headers: this build proves that each file includes what it uses.
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(IPTMODE_WERROR ON CACHE BOOL "")
set(IPTMODE_TESTS ON CACHE BOOL "")
set(IPTMODE_BENCHMARKS ON CACHE BOOL "")
# Line tables are all that a backtrace needs.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1" CACHE STRING "")
