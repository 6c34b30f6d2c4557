# SPDX-License-Identifier: GPL-2.0-only
"""The command line that does again what is being done."""

import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# what is not said where it is so
DEFAULTS = {"cc": "gcc", "seek": "tree", "arch": "um", "target": "plain"}
# what chooses the build
MACHINE = ("page_size", "m32", "cc")
VARIANT = (*MACHINE, "sanitize", "mutant")


def words(args, name, real, *operands, flags):
	"""The words of ./libkern @name @operands on the tree @real, as typed here.

	@flags: which of @args are said
	"""
	found = ["./libkern" if os.getcwd() == ROOT else
		 os.path.join(ROOT, "libkern"), name, *operands, "--kdir", real]
	if args.out_given:
		found += ["-o", args.out]
	for attribute in flags:
		value = getattr(args, attribute)
		if not value or value == DEFAULTS.get(attribute):
			continue
		found.append("--" + attribute.replace("_", "-"))
		if value is not True:
			found.append(",".join(value) if isinstance(value, list)
				     else str(value))
	return found
