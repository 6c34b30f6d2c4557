// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several suites at once: each lane is a process that takes one suite after the
 * other, as the parent does alone, and prints into memory. What is printed comes
 * out in the order of the plan, so that nobody sees in how many lanes they ran.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

/* One suite of the plan. */
struct slot {
	unsigned int suite;
	int printed[2];		/* memfds for stdout and for the results */
	bool begun;
	bool done;
	struct verdict verdict;
};

/* What all lanes see. */
struct plan {
	unsigned int next;	/* slot that nobody has taken */
	unsigned int slots;
	unsigned int hangs;
	struct slot slot[];
};

static struct plan *plan;
static int bell[2];		/* a byte for each suite; its end tells of the lanes' */

static void out_of_order(const char *what)
{
	perror(what);
	finish(EXIT_UNTESTED);
}

static void open_slots(const unsigned int *suites, unsigned int n)
{
	unsigned int i, j;

	plan = mmap(NULL, sizeof(*plan) + n * sizeof(plan->slot[0]),
		    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (plan == MAP_FAILED || pipe2(bell, O_CLOEXEC))
		out_of_order("libkern: shared memory");
	plan->slots = n;
	for (i = 0; i < n; i++) {
		plan->slot[i].suite = suites[i];
		for (j = 0; j < 2; j++) {
			int fd = memfd_create("libkern-suite", MFD_CLOEXEC);

			if (fd < 0)
				out_of_order("libkern: memfd");
			plan->slot[i].printed[j] = fd;
		}
	}
}

/* What is printed from now on belongs to @slot. */
static void print_into(struct slot *slot)
{
	fflush(NULL);
	dup2(slot->printed[0], STDOUT_FILENO);
	if (options.result_fd >= 0)
		dup2(slot->printed[1], options.result_fd);
}

static void __attribute__((noreturn)) lane(pid_t main_pid)
{
	unsigned int nr;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != main_pid)
		finish(EXIT_INTERRUPTED);
	close(bell[0]);
	parent_lane();
	while (!interrupted) {
		struct slot *slot;

		nr = __atomic_fetch_add(&plan->next, 1, __ATOMIC_SEQ_CST);
		if (nr >= plan->slots)
			break;
		slot = &plan->slot[nr];
		slot->begun = true;
		print_into(slot);
		verdict = (struct verdict){
			.hangs = __atomic_load_n(&plan->hangs, __ATOMIC_SEQ_CST),
		};
		parent_run_suite(slot->suite, options.before + nr + 1);
		fflush(NULL);
		__atomic_store_n(&plan->hangs, verdict.hangs, __ATOMIC_SEQ_CST);
		slot->verdict = verdict;
		__atomic_store_n(&slot->done, true, __ATOMIC_SEQ_CST);
		if (write(bell[1], "", 1) < 0)
			break;
	}
	fflush(NULL);
	finish(EXIT_GOOD);
}

static void copy(int from, FILE *to)
{
	char text[16384];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, text, sizeof(text), at)) > 0) {
		fwrite(text, 1, n, to);
		at += n;
	}
}

static void add_up(const struct verdict *v)
{
	verdict.leaves.pass += v->leaves.pass;
	verdict.leaves.fail += v->leaves.fail;
	verdict.leaves.skip += v->leaves.skip;
	verdict.stubs += v->stubs;
	verdict.suites += v->suites;
	verdict.run += v->run;
}

static void print_slot(struct slot *slot)
{
	copy(slot->printed[0], stdout);
	/* whoever reads along wants to see it */
	fflush(stdout);
	if (json_file())
		copy(slot->printed[1], json_file());
	if (slot->done)
		add_up(&slot->verdict);
	close(slot->printed[0]);
	close(slot->printed[1]);
}

/* Waits until @slot is done. Return: false if no lane can do it any more. */
static bool wait_slot(struct slot *slot)
{
	char bells[64];

	while (!__atomic_load_n(&slot->done, __ATOMIC_SEQ_CST)) {
		ssize_t n = read(bell[0], bells, sizeof(bells));

		if (!n || (n < 0 && errno != EINTR) || interrupted)
			return __atomic_load_n(&slot->done, __ATOMIC_SEQ_CST);
	}
	return true;
}

static void end_lanes(const pid_t *lanes, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (interrupted)
			kill(lanes[i], SIGTERM);
	for (i = 0; i < n; i++)
		while (waitpid(lanes[i], NULL, 0) < 0 && errno == EINTR)
			;
}

/**
 * lanes_run() - run suites, several at once
 * @suites: their numbers, in the order of the plan
 * @n: how many
 * @missed: is called for each that did not begin
 *
 * Return: false if a lane was lost.
 */
bool lanes_run(const unsigned int *suites, unsigned int n,
	       void (*missed)(unsigned int suite))
{
	unsigned int lanes = options.jobs < n ? options.jobs : n, i, at = 0;
	pid_t *pids = calloc(lanes, sizeof(*pids)), self = getpid();
	bool whole = true;

	if (!pids)
		out_of_memory(lanes * sizeof(*pids));
	open_slots(suites, n);
	fflush(NULL);
	for (i = 0; i < lanes; i++) {
		pids[i] = fork();
		if (!pids[i])
			lane(self);
		if (pids[i] < 0)
			break;
	}
	if (!i)
		out_of_order("libkern: fork");
	lanes = i;
	close(bell[1]);
	while (at < n && wait_slot(&plan->slot[at]))
		print_slot(&plan->slot[at++]);
	end_lanes(pids, lanes);
	for (; at < n; at++) {
		struct slot *slot = &plan->slot[at];

		whole = whole && slot->done;
		if (slot->begun)
			print_slot(slot);
		else
			missed(slot->suite);
	}
	close(bell[0]);
	free(pids);
	return whole || interrupted;
}
