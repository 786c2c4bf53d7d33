// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "iptmode/rule_text.h"
#include "rule_text/compare.h"

// Whatever a reader prints: each rule of it means what it means.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace iptmode;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const SavedTable& table : parse_saved_tables(text))
    for (const std::string& line : table.rules)
      for (const IpFamily family : {IpFamily::ipv4, IpFamily::ipv6})
        if (const auto rule = parse_rule_text(line, family))
          if (!rule_text::differences(rule->rule, *rule).empty()) std::abort();
  return 0;
}
