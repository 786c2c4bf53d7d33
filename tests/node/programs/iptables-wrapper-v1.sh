#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stands for the first shell form of iptables-wrapper (2020), which knows no hint: it counts the
# rules of both backends, and a tie is legacy. Calling it changes the container: no audit may.
directory=${0%/*}
num_legacy_lines=$( (iptables-legacy-save; ip6tables-legacy-save) 2>/dev/null | grep -c '^-')
num_nft_lines=$( (timeout 5 sh -c 'iptables-nft-save; ip6tables-nft-save') 2>/dev/null | grep -c '^-')
if [ "$num_legacy_lines" -ge "$num_nft_lines" ]; then mode=legacy; else mode=nft; fi

if [ -x /usr/sbin/update-alternatives ]; then
  update-alternatives --set iptables "/usr/sbin/iptables-$mode" >/dev/null
  update-alternatives --set ip6tables "/usr/sbin/ip6tables-$mode" >/dev/null
else
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -sf "$directory/xtables-$mode-multi" "$directory/$name"
  done
fi
exec "$0" "$@"
