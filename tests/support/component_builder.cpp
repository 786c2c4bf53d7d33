// SPDX-License-Identifier: GPL-2.0-or-later
#include "component_builder.h"

#include <algorithm>
#include <utility>

namespace iptmode::testing {
namespace {

InstallationBuilder stock_image(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::kubelet:
      return an_installation("/var/lib/k0s/bin")
          .multi(Backend::legacy, "1.8.9")
          .links(Backend::nf_tables, "1.8.9");
    case ComponentKind::kube_proxy:
      return an_installation("/usr/sbin")
          .multi(Backend::legacy, "1.8.11")
          .links(Backend::nf_tables, "1.8.11")
          .wrapper_file();
    case ComponentKind::calico_node:
      return an_installation("/sbin")
          .by_name(Backend::legacy, "1.8.9")
          .by_name(Backend::nf_tables, "1.8.9")
          .multi(Backend::legacy, "1.8.9")
          .links(Backend::nf_tables, "1.8.9")
          .wrapper_file();
    default:
      return an_installation("/sbin")
          .multi(Backend::legacy, "1.8.9")
          .links(Backend::nf_tables, "1.8.9")
          .wrapper_file();
  }
}

bool has_stock_image(ComponentKind kind) {
  return kind == ComponentKind::kubelet || kind == ComponentKind::kube_proxy ||
         kind == ComponentKind::kube_router || kind == ComponentKind::calico_node;
}

std::string hex_id(std::int32_t pid) {
  std::string id = std::to_string(pid);
  return std::string(64 - id.size(), 'a') + id;
}

}  // namespace

ComponentBuilder::ComponentBuilder(ComponentKind kind, std::int32_t pid)
    : image_{stock_image(kind)} {
  component_.kind = kind;
  component_.command = std::string{to_string(kind)};
  component_.executable = "/usr/local/bin/" + component_.command;
  component_.network_namespace = kNodeNetwork;
  if (has_stock_image(kind)) component_.installation = image_.build();
  if (kind == ComponentKind::kube_proxy) component_.declared.mode = "iptables";
  this->pid(pid);
}

ComponentBuilder& ComponentBuilder::pid(std::int32_t pid) {
  const bool in_container = traits(component_.kind).in_container;
  component_.pid = pid;
  component_.mount_namespace =
      in_container ? 4026540000U + static_cast<unsigned>(pid) : 4026531841U;
  component_.container_id = in_container ? hex_id(pid) : "";
  return *this;
}

ComponentBuilder& ComponentBuilder::edit(const std::function<void(InstallationBuilder&)>& change) {
  change(image_);
  component_.installation = image_.build();
  return *this;
}

ComponentBuilder& ComponentBuilder::nft(std::string_view version) {
  return edit([&](auto& image) { image.links(Backend::nf_tables, version); });
}

ComponentBuilder& ComponentBuilder::legacy(std::string_view version) {
  return edit([&](auto& image) { image.links(Backend::legacy, version); });
}

ComponentBuilder& ComponentBuilder::unresolved(ProgramForm form) {
  return edit([&](auto& image) { image.wrapper(form); });
}

ComponentBuilder& ComponentBuilder::image_lacks(Backend backend) {
  return edit([&](auto& image) { image.without_multi(backend); });
}

ComponentBuilder& ComponentBuilder::no_wrapper() {
  return edit([](auto& image) { image.wrapper_file(false); });
}

ComponentBuilder& ComponentBuilder::installation(const InstallationBuilder& installation) {
  image_ = installation;
  component_.installation = image_.build();
  return *this;
}

ComponentBuilder& ComponentBuilder::no_installation() {
  component_.installation.reset();
  return *this;
}

ComponentBuilder& ComponentBuilder::declares(std::string mode) {
  component_.declared.mode = std::move(mode);
  return *this;
}

ComponentBuilder& ComponentBuilder::pins(Backend backend) {
  component_.declared.backend = backend;
  return *this;
}

ComponentBuilder& ComponentBuilder::native_nft(bool native) {
  component_.declared.native_nft = native;
  return *this;
}

ComponentBuilder& ComponentBuilder::setting(std::string key, std::string value) {
  component_.declared.settings.emplace_back(std::move(key), std::move(value));
  std::ranges::sort(component_.declared.settings);
  return *this;
}

ComponentBuilder& ComponentBuilder::in_network(NamespaceId id) {
  component_.network_namespace = id;
  return *this;
}

ComponentBuilder& ComponentBuilder::impostor(ImpostorReason reason) {
  component_.impostor = reason;
  component_.installation.reset();
  return *this;
}

ComponentBuilder kubelet() {
  return {ComponentKind::kubelet, 902};
}
ComponentBuilder kube_proxy() {
  return {ComponentKind::kube_proxy, 1311};
}
ComponentBuilder kube_router() {
  return {ComponentKind::kube_router, 1402};
}
ComponentBuilder calico_node() {
  return {ComponentKind::calico_node, 1500};
}
ComponentBuilder a_component(ComponentKind kind, std::int32_t pid) {
  return {kind, pid};
}

}  // namespace iptmode::testing
