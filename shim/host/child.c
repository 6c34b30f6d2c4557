// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child's side of the runner: its limits, its signal handlers, and what the
 * runtime and the models tell the parent through the ring.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

/* A child's output, and what else it writes to files, is bounded by this. */
#define OUTPUT_LIMIT	(64u << 20)
#define STACK_LIMIT	(16u << 20)
/* A fault this near to the stack pointer is the stack's own. */
#define STACK_NEAR	(64u << 10)

int child_output = -1;

static bool in_child;
static bool in_param;	/* since the case began there was one */
static bool worn;	/* LeakSanitizer would name old leaks again */
static bool no_leaks;	/* LeakSanitizer does not work here */
static struct timespec began;

/* There where the program was built with them. */
#pragma weak __lsan_do_recoverable_leak_check
#pragma weak __asan_init
#pragma weak __tsan_init
#pragma weak __gcov_dump
#pragma weak __gcov_exit
int __lsan_do_recoverable_leak_check(void);
void __asan_init(void);
void __tsan_init(void);
void __gcov_dump(void);
void __gcov_exit(void);

/* Reports end the child, and leaks are asked for by us. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "exitcode=99\n"
	       "abort_on_error=0\n"
	       "allocator_may_return_null=1\n"
	       "print_legend=0\n"
	       "malloc_context_size=8\n"
	       "detect_stack_use_after_return=0\n"
	       "leak_check_at_exit=0\n";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1\n"
	       "halt_on_error=1\n"
	       "exitcode=99\n"
	       "abort_on_error=0\n";
}

bool under_asan(void)
{
	return __asan_init || __tsan_init;
}

/* A coverage build loses what a process has counted and not written. */
static void write_counters(void)
{
	/* The first is linked in only where something else asks for it. */
	if (__gcov_dump)
		__gcov_dump();
	else if (__gcov_exit)
		__gcov_exit();
}

void finish(int status)
{
	fflush(NULL);
	write_counters();
	_exit(status);
}

static void put_text(enum frame_type type, int number, const char *text)
{
	ring_put(type, number, 0, text, strlen(text));
}

static void crashed(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr, pc = 0, sp = 0;
	char name[256], line[400];

#if defined(REG_RIP)
	pc = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
	sp = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP];
#elif defined(REG_EIP)
	pc = ((ucontext_t *)context)->uc_mcontext.gregs[REG_EIP];
	sp = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ESP];
#endif
	if (sig == SIGSEGV && forbid_name(at)) {
		snprintf(line, sizeof(line), "%s is not implemented, read in %s",
			 forbid_name(at),
			 lk_host_symbol((void *)pc, name, sizeof(name)));
		lk_host_died(LK_DEATH_STUB, line);
	}
	if (sig == SIGQUIT)
		snprintf(line, sizeof(line), "hangs\n");
	else if (sig == SIGABRT)
		snprintf(line, sizeof(line), "abort()\n");
	else
		snprintf(line, sizeof(line), "%s at address 0x%lx in %s\n",
			 sig == SIGSEGV && at + STACK_NEAR > sp &&
			 at < sp + STACK_NEAR ? "Stack overflow" : strsignal(sig),
			 (unsigned long)at,
			 lk_host_symbol((void *)pc, name, sizeof(name)));
	if (write(STDERR_FILENO, line, strlen(line)) > 0)
		print_backtrace(STDERR_FILENO, (void *)pc);
	/* Those of the cases before are in there too. */
	write_counters();
	if (sig == SIGQUIT)
		_exit(CHILD_HUNG);
	/* The handler is gone by now: this one kills. */
	raise(sig);
}

static void handle_signals(void)
{
	static char stack[64 * 1024];
	static const int deadly[] = {
		SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS,
	};
	const stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = {
		.sa_sigaction = crashed,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND,
	};
	unsigned int i;

	/* Interrupts are for the parent, which then ends us. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (!under_asan()) {
		sigaltstack(&alt, NULL);
		for (i = 0; i < ARRAY_LEN(deadly); i++)
			sigaction(deadly[i], &sa, NULL);
	}
	sigaction(SIGQUIT, &sa, NULL);
}

static void limit(int what, unsigned long long bytes)
{
	struct rlimit old, new = { .rlim_cur = bytes, .rlim_max = bytes };

	if (getrlimit(what, &old))
		return;
	if (old.rlim_max != RLIM_INFINITY && old.rlim_max < new.rlim_max) {
		new.rlim_max = old.rlim_max;
		new.rlim_cur = old.rlim_max;
	}
	setrlimit(what, &new);
}

void child_run(unsigned int suite, unsigned int first_case,
	       unsigned int first_param)
{
	in_child = true;
	/* No child outlives its parent, not even one that is killed here. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent_pid)
		_exit(CHILD_DIED);
	dup2(child_output, STDOUT_FILENO);
	dup2(child_output, STDERR_FILENO);
	setvbuf(stdout, NULL, _IONBF, 0);
	setvbuf(stderr, NULL, _IONBF, 0);
	handle_signals();
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, OUTPUT_LIMIT);
	limit(RLIMIT_STACK, STACK_LIMIT);
	/*
	 * Not RLIMIT_AS, to which each thread's malloc() arena is 64 MiB.
	 * ASan's shadow is far larger; the parent watches those children.
	 */
	if (options.mem_limit && !under_asan())
		limit(RLIMIT_DATA, (unsigned long long)options.mem_limit << 20);

	lk_kunit_run(suite, first_case, first_param);
	finish(CHILD_OK);
}

/* What was written to stdout and stderr since the case before goes to this. */
static bool take_output(void)
{
	char text[FRAME_TEXT + 1], line[512];
	off_t size = lseek(child_output, 0, SEEK_END);
	ssize_t n;

	if (size <= 0)
		return false;
	n = pread(child_output, text, FRAME_TEXT, 0);
	if (n <= 0)
		return false;
	text[n] = '\0';
	ring_put(FRAME_OUTPUT, 0, size, text, n);
	if (ftruncate(child_output, 0) < 0)
		_exit(CHILD_DIED);
	if (!sanitizer_report(text, line, sizeof(line)))
		return false;
	put_text(FRAME_SANITIZER, 0, line);
	return true;
}

static bool put_splats(void)
{
	unsigned int i, n = lk_splat_count();
	char more[64];

	if (!n)
		return false;
	for (i = 0; i < n && i < LK_SPLAT_MAX; i++)
		put_text(FRAME_SPLAT, lk_splat_kind(i), lk_splat_text(i));
	if (n > LK_SPLAT_MAX) {
		snprintf(more, sizeof(more), "and %u more", n - LK_SPLAT_MAX);
		put_text(FRAME_SPLAT, lk_splat_kind(0), more);
	}
	lk_splat_reset();
	return true;
}

/**
 * leaks_init() - find out whether LeakSanitizer works here
 *
 * It ends a process that is traced (gdb, strace) or may not trace (some
 * containers), which would look like a failure of every case.
 */
void leaks_init(void)
{
	int status = 0;
	pid_t pid;

	if (!__lsan_do_recoverable_leak_check)
		return;
	pid = fork();
	if (!pid) {
		dup2(child_output, STDERR_FILENO);
		__lsan_do_recoverable_leak_check();
		_exit(CHILD_OK);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0 && status == CHILD_OK)
		return;
	no_leaks = true;
	fprintf(stderr, "libkern: LeakSanitizer does not work here, and is not asked\n");
}

/*
 * LeakSanitizer stops the world, so it is asked once per case, not per
 * parameter; and it names old leaks again, so after one the parent goes on in
 * a new child.
 */
static void check_leaks(void)
{
	if (!no_leaks && !worn && __lsan_do_recoverable_leak_check &&
	    __lsan_do_recoverable_leak_check())
		worn = true;
}

void lk_run_result(enum lk_status status, const char *comment)
{
	struct timespec now;
	bool splats;
	uint64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ns = (now.tv_sec - began.tv_sec) * 1000000000ull +
	     now.tv_nsec - began.tv_nsec;
	if (!in_param)
		check_leaks();
	splats = put_splats();
	if (take_output() || splats)
		status = LK_FAIL;
	ring_put(FRAME_RESULT, status, ns, comment, strlen(comment));
}

void lk_run_event(enum lk_event event, int number, const char *text)
{
	switch (event) {
	case LK_EV_CASE_DONE:
	case LK_EV_INIT_DONE:
	case LK_EV_DONE:
		if (event == LK_EV_CASE_DONE && in_param)
			check_leaks();
		put_splats();
		take_output();
		break;
	default:
		in_param = event == LK_EV_PARAM;
		lk_splat_reset();
		ring_progress();
		clock_gettime(CLOCK_MONOTONIC, &began);
	}
	ring_put(FRAME_EVENT, event, (uint32_t)number, text ? text : "",
		 text ? strlen(text) : 0);
	if (event == LK_EV_CASE_DONE && worn)
		finish(CHILD_WORN);
}

void lk_run_message(int level, int failed, const char *text)
{
	if (in_child)
		ring_put(FRAME_MESSAGE, level, failed, text, strlen(text));
	else
		fprintf(stderr, "%s\n", text);
}

void lk_host_log(int level, const char *text)
{
	if (in_child)
		put_text(FRAME_LOG, level, text);
	else
		fprintf(stderr, "%s\n", text);
}

void lk_note(const char *key, const char *text)
{
	char note[2048];
	int n;

	n = snprintf(note, sizeof(note), "%s%c%s", key, '\0', text);
	if (n >= (int)sizeof(note))
		n = sizeof(note) - 1;
	if (in_child)
		ring_put(FRAME_NOTE, 0, 0, note, n);
}

void lk_host_died(enum lk_death_kind kind, const char *text)
{
	if (!in_child) {
		fprintf(stderr, "libkern: outside of a suite: %s\n", text);
		abort();
	}
	put_text(FRAME_DEATH, kind, text);
	print_backtrace(STDERR_FILENO, NULL);
	finish(CHILD_DIED);
}

void out_of_memory(size_t size)
{
	char text[128];

	snprintf(text, sizeof(text), "no memory for %zu more bytes", size);
	if (!in_child) {
		fprintf(stderr, "libkern: %s\n", text);
		abort();
	}
	put_text(FRAME_MEMORY, 0, text);
	finish(CHILD_DIED);
}
