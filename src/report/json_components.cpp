// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_parts.h"

namespace iptmode::report {

namespace {

Json effective(const Component& component, const Snapshot& snapshot) {
  Json array = Json::array();
  for (const Backend backend : effective_backends(component, snapshot))
    array.push_back(to_string(backend));
  return array;
}

// An object by key: pairs of a name and a value would be redacted by Troubleshoot.
Json settings(const Declared& declared) {
  Json object = Json::object();
  for (const auto& [key, text] : declared.settings)
    object[json_text(key).get<std::string>()] = json_text(text);
  return object;
}

Json component_object(const Component& component, const Snapshot& snapshot) {
  const std::optional<Backend> pinned = component.declared.backend;
  return {{"name", traits(component.kind).name},
          {"pid", component.pid},
          {"command", json_text(component.command)},
          {"networkNamespace", component.network_namespace},
          {"mountNamespace", component.mount_namespace},
          {"inNode", component.in_node(snapshot.node.network_namespace)},
          {"impostor", component.impostor != ImpostorReason::none},
          {"containerId", json_text(component.container_id)},
          {"podUid", json_text(component.pod_uid)},
          {"declared", json_text(component.declared.mode)},
          {"effective", effective(component, snapshot)},
          {"installation", json_installation(component.installation)},
          {"executable", json_text(component.executable)},
          {"impostorReason", to_string(component.impostor)},
          {"declaredBackend", pinned ? Json(to_string(*pinned)) : Json{}},
          {"nativeNft", component.declared.native_nft},
          {"settings", settings(component.declared)}};
}

}  // namespace

Json json_components(const Snapshot& snapshot) {
  Json array = Json::array();
  for (const Component& component : snapshot.components)
    array.push_back(component_object(component, snapshot));
  return array;
}

}  // namespace iptmode::report
