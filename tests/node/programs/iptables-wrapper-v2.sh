#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stands for the shell form of iptables-wrapper (2022 and later): it picks the backend that holds
# kubelet's hint, else the one with more rules, puts links to it in its own place and repeats the
# command. Calling it changes the container: no audit may.
directory=${0%/*}
marks='^:(KUBE-IPTABLES-HINT|KUBE-KUBELET-CANARY)'

if (iptables-nft-save -t mangle; ip6tables-nft-save -t mangle) 2>/dev/null | grep -qE "$marks"; then
  mode=nft
elif (iptables-legacy-save; ip6tables-legacy-save) 2>/dev/null | grep -qE "$marks"; then
  mode=legacy
else
  num_legacy_lines=$( (iptables-legacy-save; ip6tables-legacy-save) 2>/dev/null | grep -c '^-')
  num_nft_lines=$( (iptables-nft-save; ip6tables-nft-save) 2>/dev/null | grep -c '^-')
  if [ "$num_legacy_lines" -gt "$num_nft_lines" ]; then mode=legacy; else mode=nft; fi
fi

if [ -x /usr/sbin/update-alternatives ]; then
  update-alternatives --set iptables "/usr/sbin/iptables-$mode" >/dev/null
  update-alternatives --set ip6tables "/usr/sbin/ip6tables-$mode" >/dev/null
else
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -sf "$directory/xtables-$mode-multi" "$directory/$name"
  done
fi || {
  echo 'Unable to redirect iptables binaries. (Are you running in an unprivileged pod?)' >&2
  exit 1
}
exec "$0" "$@"
