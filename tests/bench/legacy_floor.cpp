// SPDX-License-Identifier: GPL-2.0-or-later
// The least work that counts every legacy rule with libiptc: takes the snapshot of each table that
// is listed, walks the chains and the rules. Nothing is looked at.
#include <libiptc/libiptc.h>

#include <cstdio>
#include <fstream>
#include <string>

int main() {
  unsigned long long chains = 0;
  unsigned long long rules = 0;
  std::ifstream names{"/proc/self/net/ip_tables_names"};
  for (std::string name; std::getline(names, name);) {
    xtc_handle* handle = iptc_init(name.c_str());
    if (handle == nullptr) {
      std::perror("iptc_init");
      return 2;
    }
    for (const char* chain = iptc_first_chain(handle); chain != nullptr;
         chain = iptc_next_chain(handle)) {
      ++chains;
      for (const ipt_entry* rule = iptc_first_rule(chain, handle); rule != nullptr;
           rule = iptc_next_rule(rule, handle))
        ++rules;
    }
    iptc_free(handle);
  }
  std::printf("%llu chains, %llu rules\n", chains, rules);
  return 0;
}
