// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/component.h"
#include "snapshot_io/part.h"

// Who runs here, and the places that iptables comes from. The keys of each part, see fields.h.
namespace iptmode::snapshot_io {

void describe(auto& archive, PartIs<Identity> auto& identity) {
  archive("backend", identity.backend);
  archive("version", identity.version);
}

void describe(auto& archive, PartIs<Program> auto& program) {
  archive("program", program.name);
  archive("path", program.path);
  archive("chain", program.chain);
  archive("form", program.form);
  archive("byFile", program.by_file);
  archive("nftVersion", program.nft_version);
  archive("byRun", program.by_run);
  archive("runProblem", program.run_problem);
  archive("problem", program.problem);
  archive("device", program.device);
  archive("inode", program.inode);
  archive("mode", program.mode);
}

void describe(auto& archive, PartIs<Installation> auto& place) {
  archive("searchPath", place.search_path);
  archive("programs", place.programs);
  archive("multis", place.multis);
  archive("libraries", Later{place.libraries});
  archive("wrapperPresent", place.wrapper_present);
}

void describe(auto& archive, PartIs<Declared> auto& declared) {
  archive("mode", declared.mode);
  archive("backend", declared.backend);
  archive("nativeNft", declared.native_nft);
  archive("settings", declared.settings);
}

void describe(auto& archive, PartIs<Component> auto& component) {
  archive("component", component.kind);
  archive("pid", component.pid);
  archive("command", component.command);
  archive("executable", component.executable);
  archive("networkNamespace", component.network_namespace);
  archive("mountNamespace", component.mount_namespace);
  archive("impostor", component.impostor);
  archive("containerId", component.container_id);
  archive("podUid", component.pod_uid);
  archive("declared", component.declared);
  archive("installation", component.installation);
}

}  // namespace iptmode::snapshot_io
