# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated k0s node: real iptables, real kernel, actors in place of the components."""
