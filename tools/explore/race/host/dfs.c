// SPDX-License-Identifier: GPL-2.0-only
/*
 * Depth first through all schedules with at most so many preemptions: switches away
 * from a task that could go on. Switches where it cannot are free.
 *
 * What is left out, unless everything is asked for. A task that is preempted before
 * a step, and goes on with it before anybody has touched what that step touches,
 * might as well have made the step first; that costs no more preemptions. So
 *
 * - a preempted task sleeps until a step conflicts with the one it was about to make
 *   (a sleep set, of preempted tasks only: putting the others to sleep as well could
 *   leave out what only another order of equal cost shows);
 * - where in all that follows the step nobody else touches what it touches, there is
 *   no preemption before it at all.
 *
 * Which step touches what is seen when it is made, not guessed.
 *
 * The search can be bound in its switches, too: who makes his step first, before he is
 * preempted, is not switched to or from more often for it. What follows a run that is
 * cut short there is seen all the same.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine.h"
#include "run.h"

/**
 * struct node - one choice of the run that is under way
 * @c: what there was to choose from
 * @cost: preemptions before
 * @switches: before
 * @chosen: who was taken
 * @tried: tasks taken so far, as a mask
 * @asleep: preempted tasks whose step nobody has met yet, as a mask
 * @vague: below it a run was cut short: not all that follows has been seen
 * @lost: the same, for whoever is above: it ended in the middle
 * @seen: @foot is that of an earlier run, and has to be the same
 * @foot: of the step of @chosen
 * @step: of that of each task tried, or asleep
 * @below: what each task touches in all that follows
 */
struct node {
	struct choice	c;
	unsigned int	cost;
	unsigned int	switches;
	unsigned int	chosen;
	unsigned int	tried;
	unsigned int	asleep;
	bool		vague;
	bool		lost;
	bool		seen;
	struct foot	foot;
	struct foot	step[RACE_TASKS];
	struct foot	below[RACE_TASKS];
};

/* What survives a process that its run has spoilt, once dfs_share() was called. */
struct space {
	struct node	node[RACE_STEPS + 1];
	unsigned int	top;
};

static struct space own, *space = &own;
static unsigned int depth, bound, most;
static unsigned int picked;		/* by the last choice */
static bool reduced, pruned, over;

/**
 * dfs_start() - begin a search
 * @preemptions: at most so many
 * @switches: at most so many, of whatever kind, or %DFS_ANY
 * @leave_out: what need not be gone through
 */
void dfs_start(unsigned int preemptions, unsigned int switches, bool leave_out)
{
	bound = preemptions;
	most = switches;
	reduced = leave_out;
	space->top = 0;
}

/**
 * dfs_share() - processes that are forked from now on share one search
 *
 * One at a time.
 */
void dfs_share(void)
{
	if (space != &own)
		return;
	space = mmap(NULL, sizeof(*space), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (space == MAP_FAILED) {
		perror("libkern: mmap");
		finish(EXIT_UNTESTED);
	}
}

/**
 * dfs_pruned() - was the last run cut short?
 *
 * It went on to its end all the same, and its verdict counts.
 */
bool dfs_pruned(void)
{
	return pruned;
}

static void begin(void)
{
	depth = 0;
	pruned = false;
	over = false;
}

static bool could_go_on(const struct choice *c)
{
	return c->current >= 0 && !c->forced && c->ready >> c->current & 1;
}

/* Who still sleeps behind the step of @n. */
static void sleep_on(struct node *to, const struct node *n)
{
	unsigned int i;

	for (i = 0; i < n->c.ntasks; i++) {
		if (!(n->asleep >> i & 1) || i == n->chosen ||
		    foot_conflict(&n->step[i], &n->foot))
			continue;
		to->asleep |= 1U << i;
		to->step[i] = n->step[i];
	}
}

/* Nobody is left that does not sleep: what follows is found elsewhere. Or it is @too_many. */
static int cut_short(const struct choice *c, bool too_many)
{
	pruned = true;
	over = too_many;
	if (space->top && !over)
		space->node[space->top - 1].vague = true;
	return pick_plain(c);
}

static unsigned int switches_behind(const struct node *n)
{
	return n->switches + (n->c.current >= 0 &&
			      n->chosen != (unsigned int)n->c.current);
}

static int new_node(const struct choice *c)
{
	struct node *n = &space->node[space->top];
	unsigned int awake;

	memset(n, 0, sizeof(*n));
	n->c = *c;
	if (space->top) {
		const struct node *last = n - 1;

		n->cost = last->cost + (could_go_on(&last->c) &&
					last->chosen != (unsigned int)last->c.current);
		n->switches = switches_behind(last);
		sleep_on(n, last);
	}
	awake = c->ready & ~n->asleep;
	/* where somebody spins until one of those that sleep does something they sleep too long */
	if (!awake || (c->forced && awake == 1U << c->current && c->ready != awake))
		return cut_short(c, false);
	if (n->switches > most)
		return cut_short(c, true);
	if (could_go_on(c))
		n->chosen = c->current;
	else if (c->forced && awake & ~(1U << c->current))
		n->chosen = __builtin_ctz(awake & ~(1U << c->current));
	else
		n->chosen = __builtin_ctz(awake);
	n->tried = 1U << n->chosen;
	space->top++;
	depth++;
	return n->chosen;
}

static bool same_choice(const struct choice *a, const struct choice *b)
{
	return a->ready == b->ready && a->current == b->current && a->forced == b->forced &&
	       !memcmp(a->op, b->op, sizeof(a->op));
}

static int choose(const struct choice *c)
{
	if (pruned)
		return pick_plain(c);
	if (depth == space->top)
		return new_node(c);
	/* every run begins as the last one did: that it does is checked here */
	if (!same_choice(c, &space->node[depth].c)) {
		engine_broken("nondeterminism: a run begins as the last one did, and differs");
		return pick_plain(c);
	}
	return space->node[depth++].chosen;
}

static int pick(const struct choice *c)
{
	picked = choose(c);
	return picked;
}

static void stepped(const struct foot *foot)
{
	struct node *n = &space->node[depth - 1];

	if (!depth)
		return;
	if (over)
		foot_add(&n->below[picked], foot);
	if (pruned)
		return;
	if (n->seen && memcmp(&n->foot, foot, sizeof(*foot)))
		engine_broken("nondeterminism: a step touches something else than before");
	n->seen = true;
	n->foot = *foot;
	n->step[n->chosen] = *foot;
}

/* Does anybody else touch, in all that follows, what the running task's step touches? */
static bool is_met(const struct node *n)
{
	unsigned int i;

	if (n->vague || n->lost)
		return true;
	for (i = 0; i < n->c.ntasks; i++)
		if (i != (unsigned int)n->c.current &&
		    foot_conflict(&n->step[n->c.current], &n->below[i]))
			return true;
	return false;
}

/* Another task for this choice, or -1. */
static int alternative(struct node *n)
{
	unsigned int left = n->c.ready & ~n->asleep & ~n->tried;

	/* whoever has run for so long is not to run on, were it by a free switch */
	if (n->c.forced)
		left &= ~(1U << n->c.current);
	if (!left || (n->switches >= most && n->c.current >= 0))
		return -1;
	if (could_go_on(&n->c)) {
		if (n->cost >= bound || (reduced && !is_met(n)))
			return -1;
		if (reduced)
			n->asleep |= 1U << n->c.current;
	}
	return __builtin_ctz(left);
}

static bool next(void)
{
	while (space->top) {
		struct node *n = &space->node[space->top - 1];
		unsigned int i;
		int other;

		foot_add(&n->below[n->chosen], &n->foot);
		other = alternative(n);
		if (other >= 0) {
			n->chosen = other;
			n->tried |= 1U << other;
			n->seen = false;
			return true;
		}
		if (!--space->top)
			break;
		for (i = 0; i < n->c.ntasks; i++)
			foot_add(&n[-1].below[i], &n->below[i]);
		if (n->vague && n[-1].asleep)
			n[-1].vague = true;
		n[-1].lost |= n->lost;
	}
	return false;
}

/**
 * dfs_resume() - go on where the run of a process was the last one of it
 *
 * Return: whether there is anything left.
 */
bool dfs_resume(void)
{
	if (space->top)
		space->node[space->top - 1].lost = true;
	return next();
}

const struct sched dfs = { begin, pick, stepped, next };
