// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/loaded_library.h"

#include <gmock/gmock.h>
#include <math.h>

namespace iptmode::sys {
namespace {

class Mathematics : public LoadedLibrary {
 public:
  using LoadedLibrary::LoadedLibrary;
  decltype(static_cast<double (*)(double)>(&::floor)) floor = find("floor");
};

class Imagined : public LoadedLibrary {
 public:
  using LoadedLibrary::LoadedLibrary;
  int (*guess)() = find("no_such_function_of_libm");
};

TEST(LoadedLibrary, CallsTheFunctionsOfALibrary) {
  const auto library = load_library<Mathematics>("libm.so.6");
  ASSERT_TRUE(library) << to_string(library.error());
  EXPECT_EQ(library->floor(2.5), 2.0);
}

TEST(LoadedLibrary, SaysWhichOneIsNotInstalled) {
  const auto library = load_library<Mathematics>("libiptmode-imagined.so.1");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, std::errc::not_supported);
  EXPECT_THAT(to_string(library.error()), ::testing::HasSubstr("libiptmode-imagined.so.1"));
}

TEST(LoadedLibrary, RefusesOneThatLacksAFunction) {
  const auto library = load_library<Imagined>("libm.so.6");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, std::errc::not_supported);
  EXPECT_EQ(Imagined{nullptr}.guess, nullptr);
}

}  // namespace
}  // namespace iptmode::sys
