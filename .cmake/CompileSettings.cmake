# SPDX-License-Identifier: GPL-2.0-or-later
# iptmode_settings: what every target of ours is compiled with.
add_library(iptmode_settings INTERFACE)
target_compile_features(iptmode_settings INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

# g++ 12 reports false positives of -Wrestrict and -Wstringop-overflow at -O3 (GCC PR 105651).
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

target_compile_options(iptmode_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wuseless-cast>
  $<$<BOOL:${IPTMODE_WERROR}>:-Werror>
  -fstack-protector-strong)
target_compile_definitions(iptmode_settings INTERFACE _GLIBCXX_ASSERTIONS
  $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
target_include_directories(iptmode_settings INTERFACE ${PROJECT_SOURCE_DIR}/include
  ${PROJECT_SOURCE_DIR}/src)
target_link_options(iptmode_settings INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)
if(IPTMODE_SANITIZE)
  if(IPTMODE_SANITIZE MATCHES "address")  # g++ and clang each have another way to tell
    target_compile_definitions(iptmode_settings INTERFACE IPTMODE_ADDRESS_SANITIZER)
  endif()
  target_compile_options(iptmode_settings INTERFACE -fsanitize=${IPTMODE_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(iptmode_settings INTERFACE -fsanitize=${IPTMODE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # The check of vptr looks at memory through pipe(2), which the children's system call filter denies.
    target_compile_options(iptmode_settings INTERFACE -fno-sanitize=vptr
      -fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizer_ignore.txt)
  endif()
endif()
