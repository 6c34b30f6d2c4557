# SPDX-License-Identifier: GPL-2.0-only
"""C text without a C compiler: masks, functions, prototypes, tokens.

Everything here works on offsets into the original text, so that a caller can
go back from a find to its line. Comments and literals are masked with blanks
of the same length, never removed, for that reason.
"""

import re

_MASK = re.compile(r"""
	//(?:\\\n|[^\n])*		# line comment, continued or not
	| /\*.*?(?:\*/|\Z)		# block comment
	| "(?:\\.|[^"\\\n])*"
	| '(?:\\.|[^'\\\n])*'
	""", re.X | re.S)

_TOKEN = re.compile(r"""
	[A-Za-z_]\w*
	| \.?\d(?:[eEpP][+-]|[\w.])*
	| "(?:\\.|[^"\\\n])*"
	| '(?:\\.|[^'\\\n])*'
	| \.\.\. | <<= | >>= | -> | \+\+ | -- | << | >> | [-+*/%&|^!=<>]= | && | \|\|
	| \#\#
	| [^\s\w]
	""", re.X)

_OPEN = {"(": ")", "[": "]", "{": "}"}


def _blank(text):
	return re.sub(r"[^\n]", " ", text)


def mask(text, literals=True):
	"""Blank out comments, and literals too unless told not to."""
	def sub(match):
		found = match.group(0)
		if found[0] == "/":
			return _blank(found)
		if literals and len(found) > 2:
			return found[0] + _blank(found[1:-1]) + found[-1]
		return found
	return _MASK.sub(sub, text)


def squeeze(text):
	"""One blank for every run of white space."""
	return " ".join(text.split())


def tokens(text):
	"""The C tokens of @text as a list of strings; comments are skipped."""
	return _TOKEN.findall(mask(text, literals=False).replace("\\\n", "  \n"))


def spans(text):
	"""As tokens(), each with its start and end offset in @text."""
	masked = mask(text, literals=False).replace("\\\n", "  ")
	if len(masked) != len(text):
		masked = mask(text, literals=False)
	return [(m.group(0), m.start(), m.end()) for m in _TOKEN.finditer(masked)]


def close(masked, start):
	"""Offset just behind the bracket that closes the one at @start, or -1."""
	depth = []
	for i in range(start, len(masked)):
		c = masked[i]
		if c in _OPEN:
			depth.append(_OPEN[c])
		elif depth and c == depth[-1]:
			depth.pop()
			if not depth:
				return i + 1
		elif c in ")]}":
			return -1
	return -1


def split_args(args):
	"""Split the text between a call's or prototype's parentheses."""
	out, depth, last = [], 0, 0
	for i, c in enumerate(args):
		if c in "([{":
			depth += 1
		elif c in ")]}":
			depth -= 1
		elif c == "," and not depth:
			out.append(squeeze(args[last:i]))
			last = i + 1
	out.append(squeeze(args[last:]))
	return [] if out in ([""], ["void"]) else out


class Function:
	"""A declaration or definition: offsets into the text it came from."""

	def __init__(self, name, start, args, body):
		self.name = name
		self.start = start	# first character of the return type
		self.args = args	# (start, end), inside the parentheses
		self.body = body	# (start, end) with braces, or None


class Source:
	"""One C file: original text, masked text and what was found in it."""

	def __init__(self, text, path=""):
		self.path = path
		self.text = text
		self.code = mask(text)
		# without preprocessor lines, for what sits between declarations
		self._flat = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
				    lambda m: _blank(m.group(0)), self.code,
				    flags=re.M)

	def line(self, offset):
		"""Line number of @offset, from 1."""
		return self.text.count("\n", 0, offset) + 1

	def has(self, word):
		"""Is @word there as a whole word, outside comments and strings?"""
		return re.search(r"(?<!\w)%s(?!\w)" % re.escape(word),
				 self.code) is not None

	def calls(self, name):
		"""Is there something that looks like a call of @name?"""
		return re.search(r"(?<!\w)%s\s*\(" % re.escape(name),
				 self.code) is not None

	def exports(self, name):
		"""Is @name exported, by any of the EXPORT_SYMBOL family?"""
		return re.search(r"^[ \t]*EXPORT_SYMBOL\w*\s*\(\s*%s\s*[,)]" %
				 re.escape(name), self.code, re.M) is not None

	def _start(self, offset):
		"""Walk back from a name to the start of its return type."""
		before = self._flat[:offset]
		start = max(before.rfind(";"), before.rfind("}"),
			    before.rfind("{")) + 1
		while start < offset and self._flat[start].isspace():
			start += 1
		return start

	def functions(self, name):
		"""Every declaration and definition of @name at file level."""
		out = []
		for m in re.finditer(r"(?<![\w.>])%s\s*\(" % re.escape(name),
				     self._flat):
			opening = m.end() - 1
			end = close(self._flat, opening)
			if end < 0:
				continue
			start = self._start(m.start())
			head = self._flat[start:m.start()]
			# a return type before the name, and no more than that
			if not re.fullmatch(r"[\w\s*]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[\w\s*]*)*",
					    head) or \
			   re.match(r"\s*(?:return|else|case|goto|do)\b", head):
				continue
			tail = re.compile(r"(?:\s|[A-Za-z_]\w*(?:\s*\((?:[^()]|\([^()]*\))*\))?)*"
					  ).match(self._flat, end)
			after = tail.end() if tail else end
			follows = self._flat[after:after + 1]
			if follows == "{":
				stop = close(self._flat, after)
				if stop < 0:
					continue
				out.append(Function(name, start,
						    (opening + 1, end - 1),
						    (after, stop)))
			elif follows == ";":
				out.append(Function(name, start,
						    (opening + 1, end - 1),
						    None))
		return out

	def definition(self, name):
		"""The Function that has a body, or None."""
		for function in self.functions(name):
			if function.body:
				return function
		return None

	def body(self, name):
		"""Masked body of @name, braces included, or None."""
		found = self.definition(name)
		return self.code[slice(*found.body)] if found else None

	def args(self, name):
		"""Argument list of @name as squeezed strings, or None."""
		found = self.functions(name)
		return split_args(self.code[slice(*found[0].args)]) if found \
			else None

	def returns(self, name):
		"""What stands before the name: storage class and return type."""
		found = self.functions(name)
		if not found:
			return None
		head = self.code[found[0].start:found[0].args[0]]
		return squeeze(head[:head.rindex(name)])

	def struct(self, name):
		"""Masked text between the braces of struct @name, or None."""
		m = re.search(r"\bstruct\s+%s\s*\{" % re.escape(name), self.code)
		if not m:
			return None
		end = close(self.code, m.end() - 1)
		return self.code[m.end():end - 1] if end > 0 else None

	def includes(self):
		"""Yield (quoted name with its brackets, line) of each #include."""
		plain = mask(self.text, literals=False)
		for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"][^>"\n]+[>"])',
				     plain, re.M):
			yield m.group(1), self.line(m.start())
