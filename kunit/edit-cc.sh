#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# FILE COPY PROGRAM ARGUMENT...: PROGRAM with COPY in the place of the tree's FILE.
# What gcc -wrapper calls for each program that it starts.

file=$1
copy=$2
shift 2
for word; do
	shift
	case $word in
	*/"$file" | "$file")
		# quote includes resolve beside the file
		set -- "$@" -iquote "${word%/*}" "$copy"
		;;
	*)
		set -- "$@" "$word"
		;;
	esac
done
exec "$@"
