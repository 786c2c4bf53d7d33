# SPDX-License-Identifier: GPL-2.0-or-later
"""Where iptables lies in a place: the layouts of the real images, of hosts, of k0s' directory.

Every function works on a directory that is to become a root; what it finds there is a Debian
release as unpacked, without the links that the package's postinst makes.
"""

import os
import shutil

from .releases import multi

SIX_NAMES = [
    family + suffix for family in ("iptables", "ip6tables") for suffix in ("", "-save", "-restore")
]
BACKENDS = {"nf_tables": "nft", "legacy": "legacy"}


def _link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.symlink(target, path)


def _variant_names(backend):
    """iptables-nft, iptables-nft-save, ...: (name, the same without the variant)."""
    short = BACKENDS[backend]
    for name in SIX_NAMES:
        family, dash, rest = name.partition("-")
        yield f"{family}-{short}{dash}{rest}", name


def install(root, image, programs):
    """Makes the unpacked release in `root` look like `image` (see README.md)."""
    directory = _LAYOUTS[image.get("layout", "distroless")](root, image)
    for backend in image.get("lacks", []):
        _remove(directory, backend)
    _place_wrapper(root, directory, image, programs)
    for name, backend in image.get("overrides", {}).items():
        _link(directory / name, f"/{directory.relative_to(root)}/{multi(backend)}")


def _remove(directory, backend):
    (directory / multi(backend)).unlink()
    for name, _ in _variant_names(backend):
        (directory / name).unlink(missing_ok=True)


def _place_wrapper(root, directory, image, programs):
    """Writes the wrapper, or removes nothing if the image has none."""
    wrapper = image.get("wrapper")
    if wrapper is None:
        return
    place = root / image.get("wrapperAt", f"{directory.relative_to(root)}").strip("/")
    shutil.copy(programs / f"iptables-wrapper-{wrapper}", place / "iptables-wrapper")


def _target(image):
    """What the six names lead to: a multi-call binary, or the wrapper that was never called."""
    links = image["links"]
    return "iptables-wrapper" if links == "wrapper" else multi(links)


def _distroless(root, image):
    """kube-proxy as upstream ships it, and of k0s up to 1.28: /usr/sbin/iptables -> absolute."""
    for name in SIX_NAMES:
        _link(root / "usr/sbin" / name, f"/usr/sbin/{_target(image)}")
    return root / "usr/sbin"


def _debian(root, image):
    """A Debian host or image: /usr/sbin/iptables -> /etc/alternatives -> iptables-nft."""
    links = image["links"]
    for name in SIX_NAMES:
        if links == "wrapper":
            end = "iptables-wrapper"
        else:
            end = next(variant for variant, plain in _variant_names(links) if plain == name)
        _link(root / "usr/sbin" / name, f"/etc/alternatives/{name}")
        _link(root / "etc/alternatives" / name, f"/usr/sbin/{end}")
    return root / "usr/sbin"


def _alpine(root, image):
    """Alpine up to 3.22: a real /sbin; apk's links are relative, those of a wrapper absolute."""
    sbin = _real_sbin(root)
    prefix = "/sbin/" if image.get("wrapper") and "wrapperAt" not in image else ""
    for name in SIX_NAMES:
        _link(sbin / name, prefix + _target(image))
    return sbin


def _alpine_copies(root, image):
    """calico-node of k0s from 3.28 on: as Alpine, but every variant name is a file of its own."""
    sbin = _alpine(root, image)
    for backend in BACKENDS:
        for name, _ in _variant_names(backend):
            (sbin / name).unlink()
            shutil.copy(sbin / multi(backend), sbin / name)
    return root / "sbin"


def _ubi8(root, image):
    """calico-node of Calico 3.23 to 3.31: alternatives that know the legacy build alone."""
    return _debian(root, {**image, "links": "legacy"})


def _real_sbin(root):
    """Turns the link /sbin -> usr/sbin into a directory that holds iptables."""
    sbin = root / "sbin"
    sbin.unlink()
    sbin.mkdir()
    for path in (root / "usr/sbin").iterdir():
        if "tables" in path.name:
            shutil.move(path, sbin / path.name)
    return sbin


_LAYOUTS = {
    "distroless": _distroless,
    "debian": _debian,
    "alpine": _alpine,
    "alpine_copies": _alpine_copies,
    "ubi8": _ubi8,
}


def install_k0s(bin_directory, release_root, k0s):
    """k0s' bin directory: multi-call binaries, relative links, mode 0750."""
    bin_directory.mkdir(parents=True, exist_ok=True)
    for backend in k0s.get("multis", list(BACKENDS)):
        staged = bin_directory / multi(backend)
        shutil.copy(release_root / "usr/sbin" / multi(backend), staged)
        staged.chmod(0o750)
    if "links" in k0s:
        for name in k0s.get("names", SIX_NAMES):
            _link(bin_directory / name, f"xtables-{k0s['links']}-multi")
    for name, backend in k0s.get("overrides", {}).items():
        _link(bin_directory / name, multi(backend))
    bin_directory.chmod(int(k0s.get("directoryMode", "0750"), 8))


def remove_iptables(root):
    """Takes every iptables program out of a host's PATH."""
    for directory in ("usr/local/sbin", "usr/local/bin", "usr/sbin"):
        for path in (root / directory).glob("*tables-*"):
            path.unlink()
        for name in SIX_NAMES:
            (root / directory / name).unlink(missing_ok=True)


def install_on_host(root, release_root, host):
    """The host's own iptables, of a release of its choice, through Debian's alternatives."""
    remove_iptables(root)
    if "release" not in host:
        return
    for path in (release_root / "usr/sbin").iterdir():
        if "tables" in path.name:
            shutil.copy(path, root / "usr/sbin" / path.name, follow_symlinks=False)
    _debian(root, host)
    for name, backend in host.get("overrides", {}).items():
        _link(root / "etc/alternatives" / name, f"/usr/sbin/{multi(backend)}")
