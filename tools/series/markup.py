# SPDX-License-Identifier: GPL-2.0-only
"""HTML in which every text is quoted unless it was made in here."""

import html

from tools.series.model import clean

VOID = ("meta",)


class Html(str):
	"""A piece of HTML: what is none is text, and comes out as text."""


def text(value):
	"""@value as HTML."""
	if isinstance(value, Html):
		return value
	return Html(html.escape(clean(str(value))))


def join(parts, between=""):
	"""All of @parts in a row, None left out."""
	return Html(text(between).join(text(p) for p in parts if p is not None))


def element(name, /, *parts, **attributes):
	"""An element; an attribute is "class_" for class, None to leave it out."""
	words = [name] + ['%s="%s"' % (key.rstrip("_").replace("_", "-"),
				       text(value))
			  for key, value in attributes.items()
			  if value is not None]
	if name in VOID:
		return Html("<%s>" % " ".join(words))
	return Html("<%s>%s</%s>" % (" ".join(words), join(parts), name))
