// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "bundle/assemble.h"

namespace iptmode::bundle {

/// manifest.json: what is in a bundle, what is not and why. Described by
/// packaging/schema/bundle-manifest.schema.json.
[[nodiscard]] std::string manifest_json(const Report& report, const Evidence& evidence,
                                        const Redaction& redaction, const Limits& limits);

}  // namespace iptmode::bundle
