# SPDX-License-Identifier: GPL-2.0-only
"""Mutants of one function: which edits there are, found in the tree's tokens.

The operators are the usual ones of mutation testing, as far as they mean
something in this code. What a compiler refuses is no mutant and drops out when
it is built; what only asserts or traces is left alone, as it does not act.
"""

import dataclasses
import re

from iomap.csource import spans

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
LOGICAL = {"&&": "||", "||": "&&"}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "<<": ">>",
	      ">>": "<<", "&": "|", "|": "&", "+=": "-=", "-=": "+=",
	      "++": "--", "--": "++", "<<=": ">>=", ">>=": "<<=", "&=": "|=",
	      "|=": "&="}
SWAPPED = {"round_up": "round_down", "round_down": "round_up",
	   "roundup": "rounddown", "rounddown": "roundup", "min": "max",
	   "max": "min", "min_t": "max_t", "max_t": "min_t",
	   "XFS_B_TO_FSB": "XFS_B_TO_FSBT", "XFS_B_TO_FSBT": "XFS_B_TO_FSB",
	   "find_next_bit": "find_next_zero_bit",
	   "find_next_zero_bit": "find_next_bit",
	   "PAGE_ALIGN": "PAGE_ALIGN_DOWN", "SEEK_DATA": "SEEK_HOLE",
	   "SEEK_HOLE": "SEEK_DATA"}
COMMUTATIVE = {"min", "max", "min_t", "max_t", "umin", "umax"}
# they check, show or give way; leaving them out changes nothing that is promised
QUIET = re.compile(r"(?:VM_)?(?:WARN|BUG)\w*|ASSERT\w*|trace_\w+|lockdep_\w+|\w*assert\w*|"
		   r"might_\w+|cond_resched|xfs_alert\w*|xfs_warn\w*")
LOCKS = re.compile(r"\w*(?<!b)lock(?:_\w+)?|folio_put|folio_wait_\w+")
KEYWORDS = {"return", "case", "else", "do", "goto", "sizeof", "if", "while",
	    "for", "switch", "break", "continue", "default"}
OPERATORS = ("relational", "logical", "arithmetic", "off-by-one", "helper",
	     "drop-call", "drop-lock", "swap-args", "negate", "early-return")
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*")
_NAME = re.compile(r"[A-Za-z_]\w*")
# pointers that structures hold: what lies beside them is no fault that anyone makes
_MEMBERS = {"host", "i_mapping", "i_sb", "mapping", "private", "state", "punch"}
# what stands between two truth values or makes one: that is no quantity
_TRUTH = {"!", "&&", "||", "==", "!=", "<", "<=", ">", ">="}
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)


@dataclasses.dataclass
class Mutant:
	"""One edit. @edits: (start, end, text) by offsets into the file."""
	file: str
	function: str
	operator: str
	find: str		# the tokens that name the place
	text: str		# what becomes of them
	line: int
	edits: list
	occurrence: int = 1	# of the same find and text in this function

	@property
	def name(self):
		"""Names it in this tree and, code permitting, in others."""
		return "%s:%s:%s:%s:%d" % (self.function, self.operator, self.find,
					   self.text, self.occurrence)

	def apply(self, text):
		"""The file's @text with the edit in it."""
		for start, end, new in sorted(self.edits, reverse=True):
			text = text[:start] + new + text[end:]
		return text


class _Function:
	"""The tokens of one function's body and what they are part of."""

	def __init__(self, source, name):
		self.source, self.name = source, name
		self.text = source.text
		found = source.definition(name)
		self.body = found.body
		begin, end = found.body
		# an #if has no statement behind it
		code = _DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)),
				      self.text[begin:end])
		self.tokens = [(t, begin + a, begin + b)
			       for t, a, b in spans(code)]
		self.words = [t for t, _, _ in self.tokens]
		self.partner = self._brackets()
		self.quiet = self._quiet()
		head = self.text[found.start:found.body[0]]
		self.pointers = set(re.findall(
			r"\*\s*(?:const\s+)?(\w+)\s*[,;=)]",
			head + self.text[begin:end]))
		returns = source.returns(name)
		self.nothing = "" if re.search(r"\bvoid$", returns) else " 0"
		self.functions = {word for word, after in
				  zip(self.words, self.words[1:] + [""])
				  if after != "(" and _NAME.fullmatch(word) and
				  source.functions(word)}

	def _brackets(self):
		partner, stack = {}, []
		for i, word in enumerate(self.words):
			if word in "([{":
				stack.append(i)
			elif word in ")]}" and stack:
				opening = stack.pop()
				partner[opening], partner[i] = i, opening
		return partner

	def _quiet(self):
		"""Indices of tokens in calls that only check or show."""
		quiet = set()
		for i, word in enumerate(self.words[:-1]):
			if self.words[i + 1] == "(" and QUIET.fullmatch(word):
				quiet |= set(range(i, self.partner[i + 1] + 1))
		return quiet

	def flat(self, first, last):
		"""Tokens @first to @last, both included, as a find has them."""
		return " ".join(self.words[first:last + 1])

	def is_call(self, i):
		"""Is the token @i a name that is called?"""
		return _NAME.fullmatch(self.words[i]) is not None and \
			self.words[i] not in KEYWORDS and \
			self.words[i + 1:i + 2] == ["("] and i not in self.quiet

	def binary(self, i):
		"""Is the operator @i between two operands?"""
		before = self.words[i - 1]
		return (re.fullmatch(r"\w+|[)\]]", before) is not None and
			before not in KEYWORDS)

	def declares(self, i):
		"""May the token @i be the star of a declaration or a cast?"""
		after = self.words[i + 1]
		return self.words[i] == "*" and (
			self.words[i - 2] in ("struct", "const", "enum", "union") or
			after in (")", "*") or self.words[i - 1].endswith("_t"))

	def args(self, opening):
		"""[(first, last), ...] tokens of a call's arguments."""
		end, first, out, i = self.partner[opening], opening + 1, [], opening + 1
		while i < end:
			if self.words[i] in "([{":
				i = self.partner[i]
			elif self.words[i] == ",":
				out.append((first, i - 1))
				first = i + 1
			i += 1
		if first < end:
			out.append((first, end - 1))
		return out

	def statements(self):
		"""Index of the first token of every statement but declarations."""
		for i in range(1, len(self.words)):
			if self.controlled(i) or self._statement(i) and (
					self.words[i - 1] in ("{", ";", "}", "else") or
					self._label(i - 1)):
				yield i

	def _label(self, i):
		"""Is the token @i the colon of a label?"""
		return i > 1 and self.words[i] == ":" and \
			_NAME.fullmatch(self.words[i - 1]) is not None and \
			self.words[i - 2] in (";", "}", "{")

	def controlled(self, i):
		"""Is the token @i the first behind the head of an if or a loop?"""
		return self.words[i - 1] == ")" and self.words[i] != ";" and \
			self._head(self.partner[i - 1])

	def _head(self, opening):
		"""Is the bracket @opening the head of if, while, for or switch?"""
		word = self.words[opening - 1]
		return word in ("if", "while", "for") or word.startswith("for_each") \
			or word.endswith("for_each")

	def outer(self, first, last):
		"""The tokens @first to @last without what is inside brackets."""
		i = first
		while i <= last:
			yield self.words[i]
			if self.words[i] in "([{":
				i = self.partner[i]
			i += 1

	def one_call(self, first, last):
		"""Are the tokens @first to @last one call or one member?"""
		return not re.search(r" [-+*/%&|^<>?:]+ ",
				     " " + " ".join(self.outer(first + 1, last)).replace(
					     "->", ".") + " ")

	def _depth(self, i):
		return sum(1 for j, k in self.partner.items()
			   if j < i < k and self.words[j] in "([")

	def _statement(self, i):
		word = self.words[i]
		if word in ("}", "else", "{", "case", "default") or self._depth(i):
			return False
		if word == "while" and self.words[i - 1] == "}":
			return False
		if word in KEYWORDS or word in ("++", "--", "*", "("):
			return True
		# name of a label, a type, or something done
		return self.words[i + 1] in ("(", "=", "->", ".", "[", "++", "--",
					     "+=", "-=", "|=", "&=", ">>=", "<<=")


class _Maker:
	"""Gathers the mutants of one function."""

	def __init__(self, function):
		self.f = function
		self.made = []
		self.seen = {}

	def add(self, operator, find, text, *edits):
		"""Note one; @edits are (first token, last token, new text)."""
		f = self.f
		placed = [(f.tokens[a][1], f.tokens[b][2], new)
			  for a, b, new in edits]
		key = (operator, find, text)
		self.seen[key] = self.seen.get(key, 0) + 1
		self.made.append(Mutant(
			f.source.path, f.name, operator, find, text,
			f.source.line(placed[0][0]), placed, self.seen[key]))

	def replace(self, operator, i, new):
		"""Exchange one token, named by its neighbours too."""
		first, last = max(i - 1, 0), min(i + 1, len(self.f.words) - 1)
		words = self.f.words
		self.add(operator, self.f.flat(first, last),
			 " ".join([*words[first:i], new, *words[i + 1:last + 1]]),
			 (i, i, new))

	def tokens(self):
		"""Operators that exchange a single token."""
		f = self.f
		for i, word in enumerate(f.words):
			if i in f.quiet:
				continue
			if word in BOUNDARY and not self._whole_condition(i):
				self.replace("relational", i, BOUNDARY[word])
			elif word in LOGICAL:
				self.replace("logical", i, LOGICAL[word])
			elif word in ("++", "--") or word in ARITHMETIC and \
					f.binary(i) and not f.declares(i):
				self.replace("arithmetic", i, ARITHMETIC[word])
			elif word in SWAPPED and (word.startswith("SEEK_") or
						  f.is_call(i)):
				self.replace("helper", i, SWAPPED[word])
			elif _NUMBER.fullmatch(word):
				self.replace("off-by-one", i, "(%s + 1)" % word)
				if _NUMBER.fullmatch(word).group(1).strip("0xX"):
					self.replace("off-by-one", i,
						     "(%s - 1)" % word)

	def _whole_condition(self, i):
		"""Would negate do the same to the operator @i?"""
		f = self.f
		for opening, end in f.partner.items():
			if f.words[opening] == "(" and opening < i < end and \
					f.words[opening - 1] in ("if", "while"):
				inner = f.words[opening + 1:end]
				return f.words[i] in ("==", "!=") and not any(
					w in LOGICAL for w in inner)
		return False

	def calls(self):
		"""Calls: left out, arguments exchanged or off by one."""
		f = self.f
		begins = set(f.statements())
		for i in range(len(f.words) - 1):
			if not f.is_call(i):
				continue
			end = f.partner[i + 1]
			if i in begins and f.words[end + 1] == ";":
				self.add("drop-lock" if LOCKS.fullmatch(f.words[i])
					 else "drop-call", f.flat(i, end), ";",
					 (i, end, ""))
			self._arguments(i, f.args(i + 1))

	def _arguments(self, i, args):
		f = self.f
		swapped = () if f.words[i] in COMMUTATIVE else zip(args, args[1:])
		for one, other in swapped:
			texts = [f.flat(*one), f.flat(*other)]
			if texts[0] == texts[1]:
				continue
			originals = [self._original(*one), self._original(*other)]
			self.add("swap-args", "%s ( %s , %s" % (f.words[i], *texts),
				 "%s , %s" % (texts[1], texts[0]),
				 (*one, originals[1]), (*other, originals[0]))
		if f.words[i] not in ("likely", "unlikely"):
			for first, last in args:
				self._off_by_one(first, last, f.words[i] + " ( ")

	def _original(self, first, last):
		return self.f.text[self.f.tokens[first][1]:self.f.tokens[last][2]]

	def _off_by_one(self, first, last, before):
		"""The value of the tokens @first to @last, one more and one less."""
		f = self.f
		text = f.flat(first, last)
		inner = (first, last)
		while f.words[inner[0]] == "(" and f.partner[inner[0]] == inner[1]:
			inner = inner[0] + 1, inner[1] - 1
		words = list(f.outer(*inner))
		if words[0] in ("&", "struct", "const", "enum", "union") or \
				text in f.pointers or text in f.functions or \
				words[-1] in _MEMBERS or \
				_TRUTH & set(words) or \
				first == last and (_NUMBER.fullmatch(text) or
						   not re.search(r"[a-z]", text)) or \
				re.search(r'["{};]', text) or \
				text.endswith("_t"):
			return
		# the number at its end has had its turn
		if len(words) > 1 and _NUMBER.fullmatch(words[-1]) and \
				words[-2] in ("+", "-") and \
				not {"?", "<<", ">>", "&", "|", "^"} & set(words):
			return
		if last > first and not f.one_call(first, last):
			text = "( %s )" % text
		for sign in "+-":
			self.add("off-by-one", before + text,
				 "%s %s 1" % (text, sign),
				 (first, first, "((" + self._original(first, first)
				  if first != last else "((%s) %s 1)" % (
					self._original(first, first), sign)),
				 *([(last, last, "%s) %s 1)" % (
					 self._original(last, last), sign))]
				   if first != last else []))

	def values(self):
		"""What is assigned or returned, off by one."""
		f = self.f
		for i, word in enumerate(f.words):
			if word not in ("=", "+=", "-=", "return"):
				continue
			end, j = None, i + 1
			while j < len(f.words):
				if f.words[j] in "([{":
					j = f.partner[j]
				elif f.words[j] in ";,)":
					end = j
					break
				j += 1
			if end is None or end == i + 1 or i in f.quiet or \
					f.words[i - 1] in f.pointers:
				continue
			before = "return " if word == "return" else \
				"%s %s " % (f.words[i - 1], word)
			self._off_by_one(i + 1, end - 1, before)

	def conditions(self):
		"""Conditions negated."""
		f = self.f
		for i, word in enumerate(f.words):
			if word in ("if", "while"):
				opening, end = i + 1, f.partner[i + 1]
				self.add("negate", f.flat(i, end),
					 "%s ( ! ( ... ) )" % word,
					 (opening, opening, "(!("),
					 (end, end, "))"))

	def returns(self):
		"""Gone before a statement."""
		f = self.f
		new = "return%s;" % f.nothing
		for i in f.statements():
			here = self._statement_text(i)
			# in front of the block it was done already
			if f.words[i - 1] == "{" and f.controlled(i - 1):
				continue
			if here == "return%s ;" % f.nothing or not f.nothing and \
					f.words[i:i + 2] == ["return", ";"]:
				continue
			text = self._original(i, i)
			if f.words[i - 1] in (")", "else"):
				text = "if (1) %s else %s" % (new, text)
			else:
				text = "%s %s" % (new, text)
			self.add("early-return", here, new, (i, i, text))

	def _statement_text(self, i):
		"""Up to its end, or its block; a block by what it is behind."""
		f, j = self.f, i
		while j < len(f.words) and f.words[j] not in ("{", ";"):
			j = f.partner[j] + 1 if f.words[j] in "([" else j + 1
		if f.words[i] == "{":
			i = f.partner[i - 1] - 1
		return f.flat(i, min(j, len(f.words) - 1))


def mutants(source, name):
	"""The Mutants of the function @name in the Source @source."""
	maker = _Maker(_Function(source, name))
	maker.tokens()
	maker.calls()
	maker.values()
	maker.conditions()
	maker.returns()
	return maker.made
