/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the runner's own files share. Host world only.
 *
 *	main.c		the order of things; exit status
 *	options.c	the command line and the filter
 *	parent.c	forks, waits, limits; says who died of what
 *	suite.c		follows one suite's events and keeps its plan adding up
 *	message.c	what the events' texts become
 *	death.c		what fails when a child has died
 *	output.c	what a child wrote to stdout and stderr
 *	child.c		limits and signal handlers of a child; lk_run_…()
 *	ring.c		the way of events from child to parent
 *	ktap.c		stdout
 *	json.c		the result file descriptor
 *	leaf.c		what is known of the running case or parameter
 *	forbid.c	variables that nobody may touch
 *	splat.c, try.c, symbol.c, memory.c	what the kernel world calls
 */
#ifndef LIBKERN_RUN_H
#define LIBKERN_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "forbidden.h"
#include "host.h"
#include "note.h"
#include "runner.h"

/* Exit statuses, of ./libkern too. */
#define EXIT_GOOD		0
#define EXIT_BAD		1
#define EXIT_UNTESTED		125
#define EXIT_USAGE		129
#define EXIT_INTERRUPTED	130

/* How a child ends; what a case passes to exit() may be the same by chance,
 * so each only counts together with a frame in the ring.
 */
#define CHILD_OK		0
#define CHILD_DIED		86	/* after a FRAME_DEATH */
#define CHILD_WORN		87	/* go on in a new child */
#define CHILD_HUNG		88	/* has printed where it hangs */

#define ARRAY_LEN(a)		(sizeof(a) / sizeof((a)[0]))

/* options.c */
struct options {
	bool list;
	bool verbose;
	double timeout;			/* seconds per case, 0: none */
	unsigned long mem_limit;	/* MiB per child, 0: none */
	int result_fd;			/* -1: none */
	unsigned int jobs;		/* suites at once */
	unsigned long before;		/* suites that another binary has run */
	unsigned long after;		/* that another one will run */
};

/* A suite that is not linked in, and why. */
struct absent {
	const char *name;
	const char *reason;
};

extern struct options options;

int options_parse(int argc, char **argv);
bool options_any_filter(void);
bool options_suite_wanted(const char *name);
const struct absent *options_absent(unsigned int i);

/* ring.c: frames from child to parent, through shared memory. */
enum frame_type {
	FRAME_EVENT,		/* number: lk_event; arg: its number; text */
	FRAME_RESULT,		/* number: lk_status; arg: ns; text: skip reason */
	FRAME_MESSAGE,		/* number: log level; arg: failed; text */
	FRAME_LOG,		/* number: log level; text: printk */
	FRAME_SPLAT,		/* number: kind; text */
	FRAME_OUTPUT,		/* text: what the child wrote to stderr */
	FRAME_SANITIZER,	/* text: first line of a report, case goes on */
	FRAME_DEATH,		/* number: lk_death_kind; text */
	FRAME_MEMORY,		/* text: out of memory */
	FRAME_NOTE,		/* text: key, NUL, text */
};

struct frame {
	enum frame_type type;
	int number;
	uint64_t arg;
	size_t bytes;		/* of @text, which ends in a NUL besides */
	char *text;		/* until the next ring_get() */
};

/* Longest text of one frame, in bytes. */
#define FRAME_TEXT		(32 * 1024)

void ring_init(void);
void ring_reset(void);
void ring_put(enum frame_type type, int number, uint64_t arg,
	      const char *text, size_t bytes);
void ring_progress(void);
unsigned int ring_progress_seen(void);
bool ring_get(struct frame *frame);
extern int ring_bell[2];	/* a pipe; its end tells of the child's */

/* child.c */
void child_run(unsigned int suite, unsigned int first_case,
	       unsigned int first_param) __attribute__((noreturn));
void leaks_init(void);
extern int child_output;	/* memfd that stands for stdout and stderr */
bool under_asan(void);

/* parent.c */
struct death {
	const char *kind;	/* for the JSON result; NULL: none */
	char text[LK_SPLAT_TEXT];
};

void parent_init(void);
void parent_lane(void);
int parent_run_suite(unsigned int suite, unsigned int number);
bool lanes_run(const unsigned int *suites, unsigned int n,
	       void (*missed)(unsigned int suite));
extern volatile sig_atomic_t interrupted;
extern pid_t parent_pid;

/* suite.c */
struct suite;
struct suite *suite_begin(unsigned int nr, unsigned int number);
void suite_frame(struct suite *s, const struct frame *frame);
bool suite_ended(struct suite *s);
bool suite_next(struct suite *s, unsigned int *first_case,
		unsigned int *first_param);
void suite_died(struct suite *s, const struct death *death);
void suite_give_up(struct suite *s);
void suite_end(struct suite *s);
void suite_interrupted(struct suite *s);

struct tally {
	unsigned long pass, fail, skip;
};

struct verdict {
	struct tally leaves;	/* as kunit.py counts */
	unsigned long stubs;	/* of the failures: by an abort stub */
	unsigned long suites;	/* failed though none of their cases did */
	unsigned long run;	/* suites run to their end */
	unsigned int hangs;	/* in all suites */
};

extern struct verdict verdict;

void tally_add(struct tally *t, enum lk_status status);
unsigned long tally_total(const struct tally *t);

/* leaf.c: the running case or parameter, as the parent knows it. */
struct strings {
	char **text;
	size_t n;
	size_t bytes;
};

struct leaf {
	const char *suite;
	const char *name;	/* the case, or NULL for the suite itself */
	char *param;		/* or NULL */
	int index;		/* of the parameter, from 0 */
	enum lk_status status;
	uint64_t ns;
	char *comment;		/* reason for a skip */
	struct strings messages;
	struct strings splats;
	struct strings kinds;	/* of the splats */
	const char *death;	/* kind, or NULL */
	char *reason;		/* in a few words, for a failure */
	size_t printed[2];	/* bytes of diagnostics: others', failures' */
	unsigned long left_out;	/* lines beyond the bound */
};

void leaf_begin(struct leaf *leaf, const char *suite, const char *name);
void leaf_clear(struct leaf *leaf);
void leaf_reason(struct leaf *leaf, const char *text);
void strings_add(struct strings *s, const char *text);

/* ktap.c */
void ktap_plan(unsigned long suites);
void ktap_subtest(unsigned int level, const char *name, int plan);
void ktap_result(unsigned int level, enum lk_status status, unsigned int nr,
		 const char *name, const char *comment);
void ktap_stats(unsigned int level, const char *name, const struct tally *t);
void ktap_text(struct leaf *leaf, bool failed, const char *text);
void ktap_lines(struct leaf *leaf, bool failed, const char *text);
void ktap_diag(struct leaf *leaf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void ktap_left_out(struct leaf *leaf);

/* output.c */
const char *sanitizer_report(const char *text, char *line, size_t size);
void output_print(struct leaf *leaf, char *text, unsigned long long bytes);

/* json.c */
void json_init(int fd);
FILE *json_file(void);
void json_leaf(const struct leaf *leaf);
void json_note(const char *key, const char *text);
void json_end(int status);

/* splat.c */
struct splats;
void lk_splat_reset(void);
void lk_splat_store_in(struct splats *shared);
size_t lk_splat_store_size(void);
const char *lk_splat_name(enum lk_splat_kind kind);

/* forbid.c */
void forbid_init(void);
const char *forbid_name(uintptr_t addr);

/* symbol.c, memory.c */
void symbol_init(void);
void print_backtrace(int fd, void *pc);
void out_of_memory(size_t size) __attribute__((noreturn));
void finish(int status) __attribute__((noreturn));	/* no atexit, no LSan */

#endif /* LIBKERN_RUN_H */
