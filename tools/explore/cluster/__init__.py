# SPDX-License-Identifier: GPL-2.0-only
"""Shards of libkern exhaust on many processors, by the engines that there are."""
