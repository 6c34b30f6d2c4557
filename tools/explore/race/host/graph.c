// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock order graph that was seen, for Graphviz: an arrow from what a task held to
 * what it took, or waited for, meanwhile. Kept for each scene by its own process, put
 * together when all have ended, and sorted, so that it does not depend on who was
 * faster.
 *
 * What may form a cycle is a blocking lock or wait: neither a trylock, which is not
 * drawn, nor an RCU read section, which waits for nobody. Several locks of one name
 * nest by a rule of their own (folios by rising index), and the shim looks after that.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../host/numbers.h"
#include "jobs.h"
#include "run.h"

#define NODES	48
#define ARROWS	1024
#define WHO	120

/* One arrow, of all scenes. */
struct arrow {
	struct race_edge	e;
	char			who[WHO];	/* the tasks */
	unsigned int		scene;		/* the first one */
	race_u64		count;
};

/* What arrows lie between. */
struct lock {
	const char	*name;
	unsigned char	nest;
	unsigned char	kind;
};

static struct arrow arrow[ARROWS];
static struct lock lock[NODES];
static bool reach[NODES][NODES];
static unsigned int narrows, nlocks;

static int compare_edges(const struct race_edge *a, const struct race_edge *b)
{
	int order = strcmp(a->from, b->from);

	if (!order)
		order = a->from_nest - b->from_nest;
	if (!order)
		order = strcmp(a->to, b->to);
	if (!order)
		order = a->to_nest - b->to_nest;
	if (!order)
		order = a->kind - b->kind;
	if (!order)
		order = a->from_shared - b->from_shared;
	if (!order)
		order = a->to_shared - b->to_shared;
	return order;
}

/**
 * graph_add() - a task of a job holds one thing and takes another
 * @j: the job
 * @e: what
 * @task: which task
 */
void graph_add(struct job *j, const struct race_edge *e, unsigned int task)
{
	struct job_edge *seen;
	unsigned int i;

	for (i = 0; i < j->nedges; i++) {
		seen = &j->edge[i];
		if (seen->task == task && !compare_edges(&seen->e, e)) {
			seen->count++;
			return;
		}
	}
	if (j->nedges == RACE_EDGES)
		lk_host_died(LK_DEATH_BUG, "too many kinds of locks for the graph");
	j->edge[j->nedges++] = (struct job_edge){ .e = *e, .task = task, .count = 1 };
}

static void add_who(struct arrow *a, const char *name)
{
	const char *found = strstr(a->who, name);
	size_t len = strlen(a->who), size = strlen(name);

	while (found && ((found > a->who && found[-1] != ' ') ||
			 (found[size] && found[size] != ',')))
		found = strstr(found + 1, name);
	if (!found && len + size + 3 < sizeof(a->who))
		sprintf(a->who + len, "%s%s", len ? ", " : "", name);
}

static void gather(void)
{
	unsigned int i, k, n;

	for (i = 0; i < race_scenes(); i++) {
		for (k = 0; k < jobs[i].nedges; k++) {
			const struct job_edge *seen = &jobs[i].edge[k];

			for (n = 0; n < narrows; n++)
				if (!compare_edges(&arrow[n].e, &seen->e))
					break;
			if (n == ARROWS)
				lk_host_died(LK_DEATH_BUG, "too many arrows for the graph");
			if (n == narrows)
				arrow[narrows++] = (struct arrow){
					.e = seen->e, .scene = i };
			arrow[n].count += seen->count;
			add_who(&arrow[n], race_task_name(i, seen->task));
		}
	}
}

static int by_edge(const void *a, const void *b)
{
	return compare_edges(&((const struct arrow *)a)->e, &((const struct arrow *)b)->e);
}

static unsigned int number_of(const char *name, unsigned char nest, unsigned char kind)
{
	unsigned int i;

	for (i = 0; i < nlocks; i++)
		if (!strcmp(lock[i].name, name) && lock[i].nest == nest)
			return i;
	if (nlocks == NODES)
		lk_host_died(LK_DEATH_BUG, "too many kinds of locks for the graph");
	lock[nlocks] = (struct lock){ name, nest, kind };
	return nlocks++;
}

static unsigned int from(const struct arrow *a)
{
	/* only a read section is held and no lock */
	return number_of(a->e.from, a->e.from_nest,
			 a->e.kind == RACE_EDGE_RCU && !a->e.from_at ? RACE_EDGE_RCU :
			 RACE_EDGE_LOCK);
}

static unsigned int to(const struct arrow *a)
{
	return number_of(a->e.to, a->e.to_nest,
			 a->e.kind == RACE_EDGE_RCU && a->e.to_at ? RACE_EDGE_LOCK : a->e.kind);
}

static bool may_block(const struct arrow *a)
{
	return a->e.kind != RACE_EDGE_RCU && from(a) != to(a);
}

static void find_ways(void)
{
	unsigned int i, a, b, by;

	for (i = 0; i < narrows; i++)
		if (may_block(&arrow[i]))
			reach[from(&arrow[i])][to(&arrow[i])] = true;
	for (by = 0; by < nlocks; by++)
		for (a = 0; a < nlocks; a++)
			for (b = 0; b < nlocks; b++)
				reach[a][b] |= reach[a][by] && reach[by][b];
}

/* Where something was taken, without what depends on where the tree lies. */
static const char *place(const char *at)
{
	const char *slash = at ? strrchr(at, '/') : NULL;

	return slash ? slash + 1 : at;
}

static void draw_locks(FILE *file)
{
	static const char *const style[] = {
		[RACE_EDGE_LOCK] = "shape=box",
		[RACE_EDGE_WAIT] = "shape=ellipse, style=dashed",
		[RACE_EDGE_RCU] = "shape=box, style=dotted",
	};
	unsigned int i;

	for (i = 0; i < nlocks; i++) {
		fprintf(file, "\tn%u [label=\"%s", i, lock[i].name);
		if (lock[i].nest)
			fprintf(file, " (subclass %u)", lock[i].nest);
		fprintf(file, "\", %s%s];\n", style[lock[i].kind],
			reach[i][i] ? ", color=red" : "");
	}
}

static void draw_arrow(FILE *file, const struct arrow *a)
{
	static const char *const style[] = {
		[RACE_EDGE_LOCK] = "solid",
		[RACE_EDGE_WAIT] = "dashed",
		[RACE_EDGE_RCU] = "dotted",
	};
	bool cycle = may_block(a) && reach[to(a)][from(a)];
	char name[RACE_NAME];

	race_scene_name(a->scene, name, sizeof(name));
	fprintf(file, "\tn%u -> n%u [style=%s%s, label=\"%s%s: %s times\\n", from(a), to(a),
		style[a->e.kind], cycle ? ", color=red, penwidth=2" : "",
		cycle ? "CYCLE " : "", a->who, grouped(a->count));
	if (a->e.from_at)
		fprintf(file, "held%s since %s\\n", a->e.from_shared ? " (shared)" : "",
			place(a->e.from_at));
	if (a->e.to_at)
		fprintf(file, "%s at %s\\n", a->e.to_shared ? "taken (shared)" : "taken",
			place(a->e.to_at));
	else
		fprintf(file, "%s\\n", a->e.kind == RACE_EDGE_WAIT ? "waited for" : "entered");
	fprintf(file, "first in %s\"];\n", name);
}

static unsigned int on_cycles(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < nlocks; i++)
		n += reach[i][i];
	return n;
}

/**
 * graph_write() - draw what all jobs have seen
 * @name: of the file
 * @words: what was gone through
 *
 * Return: false, with a message, where it could not be written.
 */
bool graph_write(const char *name, const char *words)
{
	FILE *file = fopen(name, "w");
	unsigned int i;

	gather();
	qsort(arrow, narrows, sizeof(arrow[0]), by_edge);
	for (i = 0; i < narrows; i++) {
		from(&arrow[i]);
		to(&arrow[i]);
	}
	find_ways();
	if (file) {
		fprintf(file, "digraph locks {\n\tlabel=\"%s\";\n", words);
		fprintf(file, "\tnode [fontname=\"sans-serif\"];\n");
		fprintf(file, "\tedge [fontname=\"sans-serif\", fontsize=9];\n");
		draw_locks(file);
		for (i = 0; i < narrows; i++)
			draw_arrow(file, &arrow[i]);
		fprintf(file, "}\n");
	}
	if (!file || ferror(file) | fclose(file)) {
		fprintf(stderr, "libkern: cannot write %s: %s\n", name, strerror(errno));
		return false;
	}
	printf("lock order: %u arrows between %u locks, waits and read sections, ", narrows,
	       nlocks);
	if (on_cycles())
		printf("%u of them in a CYCLE\n", on_cycles());
	else
		printf("no cycle\n");
	return true;
}
