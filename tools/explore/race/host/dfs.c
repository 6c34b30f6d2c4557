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
 */
#include <string.h>

#include "engine.h"

/**
 * struct node - one choice of the run that is under way
 * @c: what there was to choose from
 * @cost: preemptions before
 * @chosen: who was taken
 * @tried: tasks taken so far, as a mask
 * @asleep: preempted tasks whose step nobody has met yet, as a mask
 * @vague: below it a run was cut short: not all that follows has been seen
 * @foot: of the step of @chosen
 * @step: of that of each task tried, or asleep
 * @below: what each task touches in all that follows
 */
struct node {
	struct choice	c;
	unsigned int	cost;
	unsigned int	chosen;
	unsigned int	tried;
	unsigned int	asleep;
	bool		vague;
	struct foot	foot;
	struct foot	step[RACE_TASKS];
	struct foot	below[RACE_TASKS];
};

static struct node node[RACE_STEPS + 1];
static unsigned int top, depth, bound;
static bool reduced, pruned;

/**
 * dfs_start() - begin a search
 * @preemptions: at most so many
 * @leave_out: what need not be gone through
 */
void dfs_start(unsigned int preemptions, bool leave_out)
{
	bound = preemptions;
	reduced = leave_out;
	top = 0;
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

/* Nobody is left that does not sleep: what follows is found elsewhere. */
static int cut_short(const struct choice *c)
{
	pruned = true;
	if (top)
		node[top - 1].vague = true;
	return pick_plain(c);
}

static int new_node(const struct choice *c)
{
	struct node *n = &node[top];
	unsigned int awake;

	memset(n, 0, sizeof(*n));
	n->c = *c;
	if (top) {
		const struct node *last = n - 1;

		n->cost = last->cost + (could_go_on(&last->c) &&
					last->chosen != (unsigned int)last->c.current);
		sleep_on(n, last);
	}
	awake = c->ready & ~n->asleep;
	if (!awake)
		return cut_short(c);
	if (could_go_on(c))
		n->chosen = c->current;
	else if (c->forced && awake & ~(1U << c->current))
		n->chosen = __builtin_ctz(awake & ~(1U << c->current));
	else
		n->chosen = __builtin_ctz(awake);
	n->tried = 1U << n->chosen;
	top++;
	depth++;
	return n->chosen;
}

static bool same_choice(const struct choice *a, const struct choice *b)
{
	return a->ready == b->ready && a->current == b->current && a->forced == b->forced &&
	       !memcmp(a->op, b->op, sizeof(a->op));
}

static int pick(const struct choice *c)
{
	if (pruned)
		return pick_plain(c);
	if (depth == top)
		return new_node(c);
	/* every run begins as the last one did: that it does is checked here */
	if (!same_choice(c, &node[depth].c)) {
		engine_broken("nondeterminism: a run begins as the last one did, and differs");
		return pick_plain(c);
	}
	return node[depth++].chosen;
}

static void stepped(const struct foot *foot)
{
	struct node *n = &node[depth - 1];

	if (pruned || !depth)
		return;
	n->foot = *foot;
	n->step[n->chosen] = *foot;
}

/* Does anybody else touch, in all that follows, what the running task's step touches? */
static bool is_met(const struct node *n)
{
	unsigned int i;

	if (n->vague)
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

	if (!left)
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
	while (top) {
		struct node *n = &node[top - 1];
		unsigned int i;
		int other;

		foot_add(&n->below[n->chosen], &n->foot);
		other = alternative(n);
		if (other >= 0) {
			n->chosen = other;
			n->tried |= 1U << other;
			return true;
		}
		if (!--top)
			break;
		for (i = 0; i < n->c.ntasks; i++)
			foot_add(&n[-1].below[i], &n->below[i]);
		if (n->vague && n[-1].asleep)
			n[-1].vague = true;
	}
	return false;
}

const struct sched dfs = { begin, pick, stepped, next };
