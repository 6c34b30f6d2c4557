// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parent's side: one child at a time, watched for its time and memory, and
 * what it died of.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

/* How often a child is looked at, in ms. */
#define TICK		20
/* How long it has to say where it hangs, in ms. */
#define LAST_WORDS	1000

volatile sig_atomic_t interrupted;

pid_t parent_pid;

static pid_t child;

enum ending {
	BY_ITSELF,
	BY_TIME,
	BY_MEMORY,
};

static void interrupt(int sig)
{
	interrupted = sig;
}

void parent_init(void)
{
	/* No SA_RESTART: poll() must come back. */
	struct sigaction sa = { .sa_handler = interrupt };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	symbol_init();
	forbid_init();
	leaks_init();
	parent_lane();
}

/**
 * parent_lane() - this process has children of its own to look after
 */
void parent_lane(void)
{
	parent_pid = getpid();
	ring_init();
	child_output = memfd_create("libkern-output", MFD_CLOEXEC);
	if (child_output < 0 ||
	    fcntl(child_output, F_SETFL, O_APPEND) < 0) {
		perror("libkern: memfd");
		finish(EXIT_UNTESTED);
	}
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static void start(struct suite *s, unsigned int suite, unsigned int first_case,
		  unsigned int first_param)
{
	if (pipe2(ring_bell, O_CLOEXEC | O_NONBLOCK)) {
		perror("libkern: pipe");
		finish(EXIT_UNTESTED);
	}
	ring_reset();
	if (ftruncate(child_output, 0))
		perror("libkern: memfd");
	/* What stdio still holds must not be written twice. */
	fflush(NULL);

	child = fork();
	if (child < 0) {
		perror("libkern: fork");
		suite_interrupted(s);
		finish(EXIT_UNTESTED);
	}
	if (!child) {
		close(ring_bell[0]);
		child_run(suite, first_case, first_param);
	}
	close(ring_bell[1]);
}

static void drain(struct suite *s)
{
	struct frame frame;

	while (ring_get(&frame))
		suite_frame(s, &frame);
}

/*
 * Waits for a bell or the child's end. Return: false at its end.
 */
static bool wait_bell(int ms)
{
	struct pollfd pfd = { .fd = ring_bell[0], .events = POLLIN };
	char bells[256];
	ssize_t n;

	if (poll(&pfd, 1, ms) <= 0)
		return true;
	n = read(ring_bell[0], bells, sizeof(bells));
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Resident memory of the child in MiB; only where no limit can be set on it. */
static unsigned long resident(void)
{
	unsigned long size, pages = 0;
	char name[64];
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/statm", (int)child);
	f = fopen(name, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%lu %lu", &size, &pages) != 2)
		pages = 0;
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

/* Asks the child where it hangs and gives it a while to answer. */
static void ask_where(void)
{
	double until = now_ms() + LAST_WORDS;

	kill(child, SIGQUIT);
	while (now_ms() < until && wait_bell(TICK))
		;
}

/* Looks after the child until it has ended or must be ended. */
static enum ending watch(struct suite *s)
{
	unsigned int seen = ring_progress_seen();
	double idle = 0, last = now_ms();

	while (wait_bell(TICK)) {
		double now = now_ms(), step = now - last;

		drain(s);
		if (interrupted)
			return BY_ITSELF;
		last = now;
		/* Time for which we were stopped is not the child's fault. */
		idle += step < 5 * TICK ? step : 5 * TICK;
		if (ring_progress_seen() != seen) {
			seen = ring_progress_seen();
			idle = 0;
		}
		if (options.timeout && idle > options.timeout * 1e3) {
			ask_where();
			return BY_TIME;
		}
		if (options.mem_limit && under_asan() &&
		    resident() > options.mem_limit)
			return BY_MEMORY;
	}
	return BY_ITSELF;
}

static void print_output(struct suite *s, struct death *death)
{
	struct frame frame = { .type = FRAME_OUTPUT };
	off_t size = lseek(child_output, 0, SEEK_END);
	static char text[FRAME_TEXT + 1];
	ssize_t n;

	if (size <= 0)
		return;
	n = pread(child_output, text, FRAME_TEXT, 0);
	if (n <= 0)
		return;
	text[n] = '\0';
	frame.arg = size;
	frame.text = text;
	frame.bytes = n;
	if (sanitizer_report(text, death->text, sizeof(death->text)) &&
	    (!death->kind || !strcmp(death->kind, "exit") ||
	     !strcmp(death->kind, "signal")))
		death->kind = "sanitizer";
	suite_frame(s, &frame);
}

/* What the wait status says; a frame in the ring may know better. */
static void autopsy(int status, enum ending ending, struct death *death)
{
	death->kind = NULL;
	if (ending == BY_TIME) {
		death->kind = "hang";
		snprintf(death->text, sizeof(death->text),
			 "hangs: no end after %g s", options.timeout);
	} else if (ending == BY_MEMORY) {
		death->kind = "memory";
		snprintf(death->text, sizeof(death->text),
			 "runs away with memory: more than %lu MiB",
			 options.mem_limit);
	} else if (WIFSIGNALED(status)) {
		death->kind = "signal";
		snprintf(death->text, sizeof(death->text),
			 "crashed: SIG%s (%s)",
			 sigabbrev_np(WTERMSIG(status)),
			 sigdescr_np(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) != CHILD_WORN) {
		death->kind = "exit";
		snprintf(death->text, sizeof(death->text), "called exit(%d)",
			 WEXITSTATUS(status));
	}
}

static void run_child(struct suite *s, unsigned int suite,
		      unsigned int first_case, unsigned int first_param)
{
	struct death death;
	enum ending ending;
	int status = 0;

	start(s, suite, first_case, first_param);
	ending = watch(s);
	if (ending != BY_ITSELF || interrupted)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	child = 0;
	close(ring_bell[0]);
	drain(s);
	if (interrupted || suite_ended(s))
		return;
	autopsy(status, ending, &death);
	print_output(s, &death);
	suite_died(s, &death);
}

/**
 * parent_run_suite() - run what the filter lets through of a suite
 * @suite: its number
 * @number: under which it is in the plan, from 1
 *
 * Return: 0, or -EINTR.
 */
int parent_run_suite(unsigned int suite, unsigned int number)
{
	struct suite *s = suite_begin(suite, number);
	unsigned int first_case, first_param;

	suite_give_up(s);
	while (!interrupted && suite_next(s, &first_case, &first_param))
		run_child(s, suite, first_case, first_param);
	if (interrupted) {
		suite_interrupted(s);
		return -EINTR;
	}
	suite_end(s);
	return 0;
}
