#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Plugin of node-problem-detector, whose pod cannot audit the node itself: tells it the line that
# `iptmode -o npd --output-file FILE` left on the node. Needs no privilege.
# Usage: npd-reader.sh [FILE [MAX_AGE_SECONDS]]. Exit status 0: no problem, 1: a problem, 2: unknown.
file=${1:-/run/iptmode/npd.txt}
max_age=${2:-7200}
unknown() { echo "$1"; exit 2; }

{ [ -f "$file" ] && [ -r "$file" ]; } || unknown "no iptmode result"
written=$(stat -c %Y "$file") || unknown "no iptmode result"
age=$(($(date +%s) - written))
[ "$age" -ge -60 ] || unknown "iptmode result is from the future"
[ "$age" -le "$max_age" ] || unknown "iptmode result is ${age}s old"
line=$(head -n 1 "$file" | head -c 80)
case $line in
  'ok: '*) echo "${line#*: }"; exit 0 ;;
  'problem: '*) echo "${line#*: }"; exit 1 ;;
  'unknown: '*) unknown "${line#*: }" ;;
  *) unknown "no iptmode result in the file" ;;
esac
