// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree's code in a process apart, which may not end well: what it may use, and
 * what to call its end.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exhaust.h"
#include "run.h"

/* As the suites have it: code that never stops allocating hurts nobody else. */
#define MEM_LIMIT	(512ULL << 20)
#define SANITIZED	99	/* alone.c: a sanitizer's exit status */

/* How a process ends that has drawn a state: as nothing else does. */
#define APART_RIGHT	87
#define APART_WRONG	88
#define APART_UNWRITTEN	89

static bool apart_asan(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#elif defined(__has_feature)
	return __has_feature(address_sanitizer);
#else
	return false;
#endif
}

static void apart_limit(int what, rlim_t value, rlim_t over)
{
	struct rlimit limit = { .rlim_cur = value, .rlim_max = value + over };

	setrlimit(what, &limit);
}

/**
 * apart_limits() - in the process apart: what it may use
 * @parent: it ends with that one
 */
void apart_limits(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_UNTESTED);
	apart_limit(RLIMIT_CORE, 0, 0);
	/* the shadow of a sanitizer is data as well */
	if (!apart_asan())
		apart_limit(RLIMIT_DATA, MEM_LIMIT, 0);
}

/**
 * apart_words() - what a process has died of, by its status alone
 * @status: as of waitpid()
 * @words: where that goes
 * @size: of @words
 */
void apart_words(int status, char *words, size_t size)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGXCPU || sig == SIGALRM)
		snprintf(words, size, "does not end");
	else if (sig)
		snprintf(words, size, "crashed: SIG%s", sigabbrev_np(sig));
	else if (WEXITSTATUS(status) == SANITIZED)
		snprintf(words, size, "a sanitizer has complained");
	else
		snprintf(words, size, "called exit(%d)", WEXITSTATUS(status));
}

static int apart_child(const struct xp_space *space, xp_u64 state, const char *emit)
{
	int good;

	child_begin(NULL);
	good = emit ? xp_emit(space, state, emit) : xp_show(space, state);
	if (fflush(stdout) || ferror(stdout))
		return APART_UNWRITTEN;
	return good ? APART_RIGHT : APART_WRONG;
}

/**
 * apart_state() - draw one state in a process of its own
 * @space: the space
 * @state: its number
 * @emit: print it as a suite of that name instead
 * @seconds: of processor time that it may take
 *
 * What it dies of, where it does, is printed as a violation.
 *
 * Return: EXIT_GOOD if the state is right, EXIT_BAD if not, EXIT_UNTESTED where nobody
 * could be told.
 */
int apart_state(const struct xp_space *space, xp_u64 state, const char *emit,
		double seconds)
{
	rlim_t limit = seconds < 1 ? 1 : seconds;
	pid_t parent = getpid(), pid;
	char words[64];
	int status;

	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		perror("libkern: fork");
		return EXIT_UNTESTED;
	}
	if (!pid) {
		apart_limits(parent);
		apart_limit(RLIMIT_CPU, limit, 1);
		alarm(XP_ASLEEP * limit);
		finish(apart_child(space, state, emit));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_UNTESTED;
	if (WIFEXITED(status)) {
		switch (WEXITSTATUS(status)) {
		case APART_RIGHT:
			return EXIT_GOOD;
		case CHILD_DIED:	/* and has said of what */
		case APART_WRONG:
			return EXIT_BAD;
		case APART_UNWRITTEN:
			return EXIT_UNTESTED;
		}
	}
	/* whoever read this has gone, and will not read that either */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
		raise(SIGPIPE);
	apart_words(status, words, sizeof(words));
	printf("violation: %s\n", words);
	return EXIT_BAD;
}
