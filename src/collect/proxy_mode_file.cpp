// SPDX-License-Identifier: GPL-2.0-or-later
#include <yaml-cpp/yaml.h>

#include "collect/declared_settings.h"

namespace iptmode::collect {

// yaml-cpp throws for bad text and for nesting deeper than 500 (its DepthGuard), and an alias is a
// reference to a node, not a copy of it: 64 KiB of hostile text stay 64 KiB.
Result<std::string> parse_proxy_mode_file(std::string_view text) {
  try {
    const YAML::Node document = YAML::Load(std::string{text});
    if (!document.IsMap()) return parse_error("kube-proxy configuration", "no mapping");
    const YAML::Node mode = document["mode"];
    if (!mode || mode.IsNull()) return std::string{};
    if (!mode.IsScalar()) return parse_error("kube-proxy configuration", "mode is no word");
    if (mode.Scalar().empty() || is_proxy_mode(mode.Scalar())) return mode.Scalar();
    return parse_error("kube-proxy mode", mode.Scalar());
  } catch (const YAML::Exception& error) {
    return parse_error("kube-proxy configuration", error.what());
  }
}

}  // namespace iptmode::collect
