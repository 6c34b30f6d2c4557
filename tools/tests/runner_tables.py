# SPDX-License-Identifier: GPL-2.0-only
"""What must come out of each case of shim/selftest/, for test_runner.py.

Per suite {case or case[param]: (status, beginning of the reason, the deaths
that it may have)}, in the order in which they run.
"""

TIMEOUT = 0.7		# seconds a case may take here
CRASH = {"signal", "sanitizer"}		# ASan and UBSan see a crash first

PASS = ("pass", None, {None})


def fail(reason, *death):
	"""What a failing case must look like."""
	return ("fail", reason, set(death) or {None})


def skip(reason):
	"""What a skipped case must look like."""
	return ("skip", reason, {None})


BASIC = {
	"passes": PASS,
	"fails": fail("EXPECTATION FAILED at"),
	"skips": skip("known finding: NAME-1"),
	"skips_and_goes_on": skip("marked # twice"),
	"fails_then_skips": fail("EXPECTATION FAILED at"),
	"fails_then_marks_skipped": fail("EXPECTATION FAILED at"),
	"skipped_then_fails": fail("EXPECTATION FAILED at"),
	"current_test_fails": fail(""),
	"logs": PASS,
	"notes": PASS,
}

DEATH = {
	"before": PASS,
	"null_deref": fail("", *CRASH),
	"after_null_deref": PASS,
	"bug": fail("BUG at", "bug"),
	"after_bug": PASS,
	"deadlock": fail("deadlock: two locks, 2 threads", "deadlock"),
	"hang": fail("hangs: no end after 3 s", "hang"),
	"after_hang": PASS,
	"stack_overflow": fail("", *CRASH),
	"memory_runaway": fail("runs away with memory", "memory"),
	"calls_exit": fail("called exit(0)", "exit"),
	"calls_exit_87": fail("called exit(87)", "exit"),
	"after_exit": PASS,
	"stub": fail("not implemented by libkern: missing() called from stub",
		     "stub"),
	"output_flood": fail("EXPECTATION FAILED at"),
	"last": PASS,
}

SPLAT = {
	"warns": fail("WARNING at"),
	"warns_and_skips": fail("WARNING at"),
	"warns_once_each_time": PASS,
	"warns_as_expected": PASS,
	"takes_the_wrong_kind": fail("WARNING at"),
	"warns_very_often": fail("warn: number 0"),
	"leaks": fail("leak: 123 bytes allocated by leaks"),
	"does_not_leak": PASS,
	"recursive_lock": fail("lock: "),
	"lock_not_held": fail("lock: "),
	"wrong_mode": fail("lock: "),
	"lock_left_held": fail("lock: "),
	"after_locks": PASS,
	"threads_splat": PASS,
	"thread_asserts": fail("ASSERTION FAILED at"),
}

PARAM = {
	"one_of_each[number=0]": PASS,
	"one_of_each[number=1]": fail("EXPECTATION FAILED at"),
	"one_of_each[number=2]": skip("at 2"),
	"one_of_each[number=3]": fail("", *CRASH),
	"one_of_each[number=4]": fail("model: at 4"),
	"one_of_each[number=5]": PASS,
	**{"all_pass[param-%d]" % i: PASS for i in range(6)},
	**{"all_skip[number=%d]" % i: skip("each of them") for i in range(6)},
	**{"last_dies[number=%d]" % i: PASS for i in range(5)},
	"last_dies[number=5]": fail("", *CRASH),
	"never": skip("no parameters"),
	"generator_dies[number=0]": PASS,
	"generator_dies[number=1]": PASS,
	"generator_dies[parameter generator]": fail("", *CRASH),
	**{"all_hang[number=%d]" % i: fail("hangs: ", "hang") for i in range(3)},
	"all_hang[remaining parameters]": fail("left out after too many deaths"),
	"after": fail("not run: the suite was given up after 3 hangs"),
}

# The words of each check, below "FAILED at FILE:LINE".
WORDS = {
	"true": ["Expected five == 6 to be true, but is false"],
	"false": ["Expected five == 5 to be false, but is true", "because 5"],
	"eq": ["Expected five == -1, but", "five == 5 (0x5)"],
	"ne": ["Expected five != other, but", "five == 5 (0x5)",
	       "other == 5 (0x5)", "two lines,", "the second"],
	"lt": ["Expected five < 5, but", "five == 5 (0x5)"],
	"le": ["Expected five <= 4, but", "five == 5 (0x5)"],
	"gt": ["Expected 5 > five, but", "five == 5 (0x5)"],
	"ge": ["Expected five >= 0x100000000LL, but", "five == 5 (0x5)",
	       "0x100000000LL == 4294967296 (0x100000000)"],
	"ptr_eq": ["Expected (void *)0x1234 == (void *)0xabcd, but",
		   "(void *)0x1234 == 00001234", "(void *)0xabcd == 0000abcd"],
	"ptr_ne": ["Expected nothing != nothing, but", "nothing == 00000000",
		   "nothing == 00000000"],
	"streq": ['Expected text == "test", but', 'text == "text"'],
	"strneq": ["Expected text != text, but", 'text == "text"',
		   'text == "text"'],
	"null": ["Expected (void *)0x1234 == NULL, but",
		 "(void *)0x1234 == 00001234", "NULL == 00000000"],
	"not_null": ["Expected nothing != NULL, but", "nothing == 00000000",
		     "NULL == 00000000"],
	"not_err": ["Expected ERR_PTR(-12) is not error, but is: -12"],
}
