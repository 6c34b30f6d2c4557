# SPDX-License-Identifier: GPL-2.0-only
"""Text in the columns of a terminal or a mail, where some letters take two."""

import shlex
import unicodedata


def _columns(letter):
	if unicodedata.combining(letter) or \
			unicodedata.category(letter) in ("Mn", "Me", "Cf"):
		return 0
	return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def width(text):
	"""Columns that @text takes."""
	return sum(map(_columns, text))


def split(text, columns):
	"""(as much of @text as fits into @columns, the rest)."""
	used = 0
	for i, letter in enumerate(text):
		used += _columns(letter)
		if used > columns:
			return text[:i], text[i:]
	return text, ""


def fit(text, columns):
	"""@text, its end cut off where it is too long."""
	return text if width(text) <= columns else \
		split(text, columns - 2)[0] + ".."


def pad(text, columns):
	"""@text with blanks up to @columns."""
	return text + " " * (columns - width(text))


def fold(text, columns, first="", then=None):
	"""@text as lines of at most @columns, which begin with @first, @then."""
	then = first if then is None else then
	lines, line, empty = [], first, True
	for word in text.split():
		while word:
			if width(line + word) + (not empty) <= columns:
				line += ("" if empty else " ") + word
				word, empty = "", False
			elif empty:
				# too long for any line
				part, word = split(word, columns - width(line))
				lines.append(line + part)
				line = then
			else:
				lines.append(line)
				line, empty = then, True
	return lines if empty and lines else lines + [line]


def command(text, columns, first="  ", then="    "):
	"""The command line @text as lines that a shell takes for the same."""
	lines, line, empty = [], first, True
	for word in map(shlex.quote, shlex.split(text)):
		room = columns - 2	# for a blank and a backslash
		if not empty and width(line + word) + 1 > room:
			lines.append(line + " \\")
			line, empty = then, True
		line += ("" if empty else " ") + word
		empty = False
		while width(line) > room:
			# in the middle of a word the next line begins at its edge
			raw = shlex.split(word)[0]
			front = line[:len(line) - len(word)]
			part, rest = _cut(raw, room - width(front))
			if part:
				lines.append(front + part + "\\")
				line = word = rest
			else:
				lines.append(front.rstrip() + " \\")
				line = word
	return lines + [line]


def _cut(raw, room):
	"""@raw as two quoted words, the first in @room columns, or ("", ...)."""
	for length in range(len(raw) - 1, 0, -1):
		part = shlex.quote(raw[:length])
		if width(part) <= room:
			return part, shlex.quote(raw[length:])
	return "", shlex.quote(raw)
